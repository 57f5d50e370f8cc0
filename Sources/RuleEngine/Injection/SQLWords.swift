/// The words of SQL by what they do, all dialects together. The first list that names a word wins.
enum SQLWords {
  static let table = WordTable(lists)

  private static let lists: [(meaning: SQLSymbol, words: String)] = [
    (.union, "union intersect except minus"),
    (.select, "select"),
    (.change, "insert update delete replace merge"),
    (.statement, "drop create alter truncate grant revoke call load handler rename backup restore use kill analyze explain show copy do"),
    (
      .execution,
      "exec execute declare waitfor shutdown outfile dumpfile xp_cmdshell xp_regread xp_regwrite xp_dirtree xp_fileexist xp_servicecontrol "
        + "xp_availablemedia xp_loginconfig xp_enumdsn xp_filelist xp_ntsec_enumdomains xp_terminate_process xp_makecab sp_executesql sp_oacreate "
        + "sp_addextendedproc sp_password sp_help sp_who sp_makewebtask sp_configure openrowset opendatasource openquery reconfigure dbcc bulk"
    ),
    (.from, "from"),
    (.into, "into"),
    (.filter, "where"),
    (.order, "order group"),
    (.by, "by"),
    (.limit, "having limit procedure"),
    (.choice, "case when then else"),
    (
      .keyword,
      "values set join inner outer cross natural on end asc desc table tables database using rownum fetch separator returning over collate"
    ),
    (.alias, "as"),
    (.exists, "exists any some"),
    (.all, "all distinct distinctrow top"),
    (.logic, "and or xor"),
    (.negation, "not"),
    (.wordOperator, "like in is between mod sounds similar match against"),
    (.rareOperator, "rlike regexp div ilike glob isnull notnull regexp_like overlaps"),
    (.binary, "binary"),
    (.constant, "null true false unknown"),
    // Names that are English words count only with their parenthesis right behind them.
    (
      .function,
      "abs avg bin cast ceil ceiling char chr compress concat convert cos cot count database day decode default degrees "
        + "difference encode exp extract field floor format greatest hour if least left len length ln localtime locate log log10 "
        + "log2 lower ltrim max mid min minute month now ord password pi point polygon position pow power quarter quote radians "
        + "rand rank repeat replace reverse right round row row_count schema second sha sign sin space std str stuff sum tan time "
        + "translate trim truncate typeof unicode upper user uuid values variance version week weekday year"
    ),
    (
      .telling,
      "acos aes_decrypt aes_encrypt array_agg array_to_json array_to_string ascii asin atan atan2 benchmark bit_and bit_count "
        + "bit_length bit_or char_length character_length charindex coalesce col_length concat_ws connection_id conv convert_tz "
        + "crc32 ctxsys.drithsx.sn curdate current_database current_date current_schema current_setting current_time "
        + "current_timestamp current_user cursor_to_xml curtime database_to_xml date_add date_format date_sub datediff db_id "
        + "db_name dblink dbms_lock.sleep dbms_pipe.receive_message dbms_xmlgen.getxml des_decrypt des_encrypt elt encrypt "
        + "export_set extractvalue file_name filegroup_name find_in_set format_bytes from_base64 from_days from_unixtime "
        + "generate_series geometrycollection get_lock group_concat has_dbaccess hex host_name ident_current ifnull inet_aton "
        + "inet_ntoa instr is_member is_srvrolemember isdate isnull isnumeric json_agg json_array json_extract json_keys "
        + "json_object last_insert_id last_insert_rowid lcase linestring listagg lo_export lo_get lo_import load_extension "
        + "load_file localtimestamp lpad make_set makedate master_pos_wait md5 multilinestring multipoint multipolygon name_const "
        + "nchar newid nullif nvl nvl2 object_id object_name octet_length old_password patindex period_add pg_backend_pid "
        + "pg_client_encoding pg_current_logfile pg_ls_dir pg_read_binary_file pg_read_file pg_sleep pg_stat_file query_to_xml "
        + "quotename raise_error raiserror randomblob rawtohex regexp_instr regexp_replace regexp_substr release_lock replicate "
        + "row_to_json rpad rtrim schema_name serverproperty session_user sha1 sha2 sleep soundex sql_compile_option "
        + "sqlite_compileoption_get sqlite_version sqrt stddev strcmp string_agg strpos subdate substr substring substring_index "
        + "subtime suser_id suser_name suser_sname sys.fn_get_audit_file sys_context sys_eval sys_exec sysdate system_user "
        + "table_to_xml to_base64 to_char to_date to_days to_number txid_current ucase uid uncompress unhex unix_timestamp "
        + "updatexml user_id user_name utc_date utc_time utc_timestamp utl_http.request utl_inaddr.get_host_address "
        + "iif user_lock.sleep dbms_session.sleep utl_inaddr.get_host_name uuid_short wm_concat xmlagg xmlelement xmltype xpath zeroblob"
    ),
  ]
}
