/// What a word means to a database. The letter stands in a fingerprint.
enum SQLTokenKind: UInt8 {
  case string = 0x73  // s
  case number = 0x31  // 1
  case word = 0x6E  // n
  case variable = 0x76  // v
  case function = 0x66  // f
  case keyword = 0x6B  // k
  case union = 0x55  // U
  case expression = 0x45  // E: select, insert, update, delete
  case statement = 0x54  // T: drop, create, exec and the like
  case grouping = 0x42  // B: order by, group by, having, limit
  case logic = 0x26  // &
  case operation = 0x6F  // o
  case comment = 0x63  // c
  case open = 0x28
  case close = 0x29
  case comma = 0x2C
  case semicolon = 0x3B
  case dot = 0x2E
  case brace = 0x7B
  case backslash = 0x5C
}

/// Words of MySQL, PostgreSQL, SQL Server, Oracle and SQLite that matter to an injection.
enum SQLWords {
  static let longest = 24

  private static let table: [[UInt8]: SQLTokenKind] = {
    var result: [[UInt8]: SQLTokenKind] = [:]
    func add(_ kind: SQLTokenKind, _ words: String) {
      for word in words.split(separator: " ") { result[Array(word.utf8)] = kind }
    }
    add(.union, "union intersect except minus")
    add(.expression, "select insert update delete replace")
    add(
      .statement,
      "drop create alter truncate exec execute declare waitfor shutdown grant revoke merge call load handler rename backup restore use")
    add(.logic, "and or xor && ||")
    add(.operation, "like rlike regexp in between is not div mod sounds similar ilike collate binary escape glob")
    add(.grouping, "having limit offset order group")
    add(
      .keyword,
      "from where into values set join inner outer left right cross natural on as all distinct distinctrow top when then else end case by asc desc table database schema view index procedure outfile dumpfile exists any some using null delay if begin rownum dual fetch next percent key column constraint references trigger"
    )
    add(
      .function,
      "ascii avg benchmark bin cast ceil char char_length character_length chr coalesce concat concat_ws conv convert count current_database current_user database date_add date_sub db_name decode elt encode exp extractvalue field find_in_set floor format_bytes geometrycollection group_concat hex host_name if ifnull instr isnull iif json_keys last_insert_id lcase left length load_file locate log lower ltrim make_set max md5 mid min month name_const nullif nvl object_id object_name octet_length openrowset opendatasource ord pg_sleep pg_read_file pg_ls_dir pi polygon position pow quote rand randomblob raise_error repeat replace reverse right round row_count rpad rtrim schema session_user sha sha1 sign sleep soundex space sqlite_version strcmp substr substring substring_index sum suser_name sys_context sys_eval sys_exec system_user to_base64 to_char to_number trim ucase uid unhex updatexml upper user user_name utl_http utl_inaddr uuid version xmltype xp_cmdshell xp_regread xp_dirtree sp_executesql sp_password dbms_pipe dbms_lock extract generate_series string_agg array_agg row_to_json sqrt tan sin cos abs acos atan stddev variance linestring multipoint multipolygon point multilinestring"
    )
    return result
  }()

  /// Functions that do something, or tell about the server, whoever calls them.
  private static let telling: Set<[UInt8]> = Set(
    ("benchmark sleep pg_sleep load_file extractvalue updatexml xp_cmdshell xp_dirtree xp_regread sys_eval sys_exec utl_http utl_inaddr dbms_pipe dbms_lock "
      + "current_user current_database session_user system_user version database db_name user_name suser_name host_name pg_read_file pg_ls_dir randomblob "
      + "group_concat concat_ws openrowset opendatasource sp_executesql name_const sqlite_version ascii substring substr char_length unhex chr char concat")
      .split(separator: " ").map { Array($0.utf8) })

  static func kind(of lowercased: [UInt8]) -> SQLTokenKind { table[lowercased] ?? .word }
  static func isTelling(_ lowercased: [UInt8]) -> Bool { telling.contains(lowercased) }
}
