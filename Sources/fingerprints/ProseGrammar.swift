/// What people type that looks like SQL: the words of SQL are English, apostrophes and inch marks are quotes, dashes and numbers are
/// everywhere. Eight languages, because apostrophes stand elsewhere in each.
let proseGrammar = proseSentences + "\n" + proseNotations + "\n" + proseLanguages

private let proseSentences =
  #"""
  start
    <sentence>
    <sentence>
    <sentence>
    <search>
    <search>
    <measure>
    <measure>
    <name>
    <address>
    <code>
    <foreign>
    <foreign>
    <list>
    <question>
    <markup>
  sentence
    <clause>
    <clause><stop>
    <clause>, <clause><stop>
    <clause>; <clause><stop>
    <clause> - <clause><stop>
    <clause> -- <clause><stop>
    <clause> (<clause>)<stop>
    <clause> "<clause>"<stop>
    "<clause>" <clause><stop>
    '<clause>' <clause><stop>
    "<clause>"
    '<clause>'
    "<clause>
    <clause>"
    <clause>: <clause><stop>
    <clause>/<clause>
    <clause> & <clause>
    <clause> + <clause>
    <clause>... <clause>
    <clause>...<clause>...<clause>
    <clause>.<clause>
    <number>; <clause>
    <number>: <clause>
    <number>) <clause>
    <number>, <clause>
    <clause>) <clause>
    <clause>))) <clause>
    <clause> * <clause> *
    #<noun> <clause>
  stop
    .
    !
    ?
    ...
    !!
    . <clause>.
     :)
     ;)
  clause
    <noun>
    <adjective> <noun>
    <verb> the <noun>
    <verb> <noun>
    <verb> <number> <noun>
    <verb> your <noun> <preposition> <noun>
    <verb> a <noun> from the <noun>
    <verb> <noun> from <noun> where <clause>
    <verb> <noun> <logic> <noun>
    <noun> <logic> <noun>
    <noun> <logic> <number> <noun>
    <number> <noun> <logic> <number> <noun>
    <number> <logic> <number> <noun>
    <noun> is not <adjective>
    <noun> is <adjective>
    <noun> like a <noun>
    <noun> like <number> <noun>
    <noun> in <number> <noun>
    <noun> between <number> and <number>
    not <noun>
    <logic> <noun>
    <contraction> <verb> <preposition> <noun>
    <contraction> <verb> <noun>
    <noun>'s <noun>
    <noun>s' <noun> <logic> <noun>
    <noun>'s <number> <noun> <logic> <number> <noun>
    the <noun>'s <logic> the <noun>'s <noun>
    all <noun> <preposition> <noun>
    union of the <noun>
    <noun> of the union
    drop <noun> <noun>
    <verb> into <number> <noun>
    <verb> by <noun>
    order by <noun>
    order by phone or <noun>
    group by <noun> and <noun>
    having <number> <noun>
    having fun <preposition> <noun>
    limit <number> per <noun>
    <noun> as <noun>
    case <number> of the <noun>
    the case when I <verb> it
    the case when <contraction> <adjective> <verb>
    in that case when the <noun> <verb>s then I <verb> it
    not the case if <noun> is <adjective>
    the <noun> I <verb> is in the <noun>
    when I <verb> it, <clause>
    <verb> when <noun> <verb> then <verb>
    select <noun> <preposition> <noun>
    select all <noun>
    insert <noun> into the <noun>
    update <noun> set by <noun>
    delete <noun> from my <noun>
    the union select committee
    the union selected a <noun>
    if <noun> exists then <verb> it
    <number> <noun>
    <number><unit> <noun>
    <verb> <noun> (<noun>)
    <verb> <noun> (<number> <noun>)
    <noun>(s)
    <noun>(<number>)
    <noun> or <noun> or <noun>
    <number> or <number>
    <number> and <number>
    both <noun> and/or <noun>
    <word> <word> <word>
    <word> <word>
    <word> <word> <word> <word> <word>
    <word>, <word> <word>
    <word>'<word> <word>
    <word> '<noun>' <word>
    <word> "<noun>" <word>
    <word> "<word> <word>"
    <word>; <word> <word> <word>
  word
    <noun>
    <noun>
    <adjective>
    <verb>
    <preposition>
    <logic>
    <number>
    select
    union
    from
    where
    order
    group
    by
    having
    limit
    insert
    update
    delete
    drop
    table
    into
    values
    set
    like
    in
    is
    not
    null
    true
    false
    between
    exists
    case
    when
    then
    else
    end
    if
    as
    all
    any
    left
    right
    join
    on
    create
    alter
    grant
    use
    call
    user
    count
    char
    date
    time
    version
    database
    sleep
    execute
    declare
    begin
    binary
    mod
    escape
    cast
    repeat
    replace
    the
    a
  search
    "<noun>" "<noun>"
    "<noun>" <noun>
    <noun> "<noun>"
    "<noun>" -<noun>
    "<noun>" -<noun> -<noun>
    "<noun>" - <noun>
    "<noun>" + "<noun>"
    "<noun>" + <noun>
    +"<noun>" +<noun>
    +"<noun>" -"<noun>"
    "<noun>" <logic> "<noun>"
    "<noun>" <logic> <noun>
    <noun> <logic> "<noun>"
    "<noun>" <logic> "<noun>" <logic> "<noun>"
    "<noun> <logic> <noun>"
    ("<noun>" <logic> "<noun>") <logic> <noun>
    (<noun> <logic> <noun>) <noun>
    (<noun> <logic> <noun>)
    <noun> -<noun> -<noun>
    <noun> -"<noun>"
    <noun> --<noun> -<noun>
    '<noun>' <logic> '<noun>'
    '<noun>' '<noun>'
    '<noun>' <noun>
    "<noun>" near "<noun>"
    "<noun>
    <noun>"
    <noun>'
    "<number> <noun>"
    "<noun>" <number>
    "<noun>", "<noun>"
    "<noun>","<noun>"
    '<noun>','<noun>'
    ["<noun>", "<noun>", <number>]
    {"<noun>":"<noun>","<noun>":<number>}
    {"<noun>": {"<noun>": [<number>, <number>]}}
    '<noun>', '<noun>' and '<noun>'
    <noun>*
    *<noun>*
    <noun>:<noun>
    <noun>:"<noun> <noun>"
    title:"<noun>" AND author:<noun>
    price:[<number> TO <number>] AND <noun>
    @<noun> @<noun>
    @<noun> and @<noun> <verb>
    #<noun> #<noun>
  measure
    <number>" x <number>"
    <number>" X <number>" <noun>
    <number>"x<number>"
    <number>' <number>"
    <number>'<number>"
    <number>' x <number>' <noun>
    <number>" <noun>
    <number>' <noun>
    <number>" <logic> <number>" <noun>
    <noun> <number>" <logic> <number>"
    <noun> <number>' or <number>'
    <number> <number>/<number>" <noun>
    <number> <number>/<number> <noun>
    <number>/<number>" - <noun>
    <number>/<number>"-<number>/<number>" <noun>
    <number>" - <number>" <noun>
    <number>"-<number>" <noun>
    <number>-<number> <noun>
    <number> - <number> <noun>
    <number> x <number> <noun>
    <number>% <noun> and <number>% <noun>
    <number>% off <noun>
    $<number>.99 or <number> for $<number>
    <number>$ - <number>$
    (<number> <noun>) - <number> <noun>
    <number>, <number>, <number>
    <number>;<number>;<number>
    <number>,<number> <noun>
    <number>:<number>
    <number>:<number>:<number> <noun>
    <number>+<number>=<number>
    <number> + <number> = <number>
    <number> < <number>
    <noun> = <number>
    <noun>=<number>
    <noun>=<number>&<noun>=<noun>
    <noun> > <noun>
    <number>'s <noun>
    the <number>'s and <number>'s
    <number>' and <number>'s <noun>'s
    <number>s or <number>s
    +<number> (<number>) <number>-<number>
    (<number>) <number>-<number>
    <number> by <number> <unit>
    <number> AND <number>/<number>" <noun>
    -<number> degrees
    <number>..<number>
    <number>e<number>
    <number>/<number>/<number>
    <number>-<number>-<number>
    <number>-<number>-<number>T<number>:<number>:<number>Z
    <number>.<number>.<number>
    v<number>.<number> - <noun>
    <noun> #<number>
    <noun> #<number> <noun>
    #<number> <noun>
    <number># <noun>
    no. <number> <noun>
  name
    <first> O'<last>
    <first> d'<last>
    <first> D'<last>-<last>
    <first> "<noun>" <last>
    <first> '<noun>' <last>
    <first> (<noun>) <last>
    <first> & <first> <last>
    <first> and <first> <last>
    <first> or <first>
    O'<last>, <first>
    O'<last>'s <noun>
    <last>, <first> A.
    N'<last> <first>
    <first> al-<last>
    <first> O’<last>
    O'<last> & Sons
    O'<last> and O'<last>
    O'<last> UNION <noun>
    O'<last> or <last>
    O'<last> (<noun>)
    <last>'
    '<last>
    Union <last>
    <first> Null
    <first> True
    <first>'; <last>
    <first>-- <last>
    <first> -- <last>
  first
    Anna
    Seán
    Jean
    Drop
    Will
    Mark
    José
    Bill
    Grant
    Alter
    Case
  last
    Connor
    Brien
    Angelo
    Arc
    Union
    Select
    Neill
    Andrea
    Like
    Order
    Table
  """#
