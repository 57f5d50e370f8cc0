/// The second part of the grammar of prose: addresses, notations, lists, questions and words.
let proseNotations =
  #"""
  address
    <number> Union St
    <number> Union Square, Apt. <number>
    <number> <last> Rd #<number>
    <number>/<number> <last> Street
    Flat <number>, <number> <last> Road
    c/o <first> O'<last>, <number> Union Ave.
    <number> rue de l'Union
    Corner of 1st & <number>th
    Suite <number> - <noun>
    P.O. Box <number>; <last>
    Via dell'<last>, <number>/<number>
    Straße <number> <noun>
    http://example.org/<noun>?<noun>=<number>&<noun>=<noun>
    https://example.org/<noun>/<noun>.html#<noun>
    /<noun>/<noun>?q="<noun>"&page=<number>
    /<noun>/<noun>?q=<noun>+<noun>+'<noun>'
    <noun>.<last>@example.org
    "<first> <last>" <lt>anna@example.org>
    C:\<noun>\<noun>
    ../<noun>/<noun>.txt
  code
    <noun>(<noun>)
    <noun>(<noun>, <noun>)
    <noun>[<number>]
    <noun>[0]=<noun>&<noun>[1]=<noun>
    <first>_<number>--
    <first>-<number>-<last>--
    --<noun>
    "<number>--"
    <first>--
    /* <noun> */ <noun> <noun>
    // <noun> <noun>
    <noun>: <noun>; <noun>: <number>px;
    <noun>; <noun>=<number>
    <noun>=<number>; <noun>=<number>.<number>.<number>
    <noun>; <noun>
    <noun>;<noun>;<noun>
    <!-- <noun> -->
    <noun> && <noun>
    <noun> || <noun>
    <noun>||<noun>=||<noun>=<number>
    <number>||<noun>=<noun>||<noun>=<number>
    <number>||<noun>=||<noun>=
    <number>&&<noun>=<noun>&&<noun>=<number>
    <number>&<noun>=<noun>&<noun>=<number>
    <number>|<noun>|<number>
    if (<noun>) then <noun>
    x = <number>
    f(x) = x + <number>
    {{<noun>}}
    {% <noun> %}
    ${<noun>}
    Mozilla/5.0 (X11; <noun> x86_64; rv:<number>.0) <noun>/<number> (KHTML, like <noun>)
    text/html, <noun>/<noun>;q=0.8, */*;q=0.1
    <noun>/<number>.0 (compatible; <noun>/<number>.<number>; +http://example.org/<noun>)
    gzip;q=1.0, *;q=0
    <noun>='<noun>'
    <noun>="<noun>"
    [<noun>] <noun>
    `<noun>` <noun>
    the `<noun>` command
    \<noun>
    <noun>\<noun>
    <noun>^<number>
    ~<number> <noun>
    @<noun>, @<noun>
    :<noun>:
    <3 <noun>
    I <3 <noun>
    >_< <noun>
    <(^_^)>
    ;-) <noun>
    :'( <noun>
    :') <noun>
    ('-') <noun>
    ;_; <noun>
    =) <noun>
    == <noun> ==
    '''<noun>''' <noun>
    *** <noun> ***
    1) <noun> 2) <noun>
    1. <noun> 2. <noun>
    a) <noun>; b) <noun>
    <number>) <noun>
    -) <noun>
    )) <clause>
    ))) <clause>
    )))
    <clause>)))
    <noun>)) <clause>
    )
    ') <noun>
    ") <noun>
    md5 (<noun>)
    MD5 (<noun>.txt) = 0xab12
    md5(<noun>) = <number>
    sleep (<number> hours) <clause>
    sleep (<noun>)
    <clause>, sleep (<number> <noun>)
    hex (<number>)
    benchmark (<noun>)
    benchmark (<number> <noun>) <clause>
    ASCII (<noun>) <clause>
    ascii (<noun> or <noun>)
    sha1 (<noun>), md5 (<noun>)
    soundex (<noun>)
    use substr() and sleep()
    substr() and hex() <clause>
    now() and date()
    true or false
    true and false
    true or false?
    is it true or false
    null or true
    false or <noun>
    0x1F
    0x7fff5fbff8c0: <noun>
    0x00 0x1F 0x80
    0x10 - 0x1F
    0x10-0x1F <noun>
    0x12, 0x34 and 0x56
    0xDEADBEEF (<noun>)
    0xff <noun> <noun>
    0xFF = <number>
    error 0x80070005 in <noun>
    error: 0x80070005; <clause>
    <noun>(0x10, 0x20)
    <noun> at 0x10 or 0x20
    <noun>(), <noun>()
    <noun>() and <noun>()
    <noun>() or <number>
    the <noun>() function
    <noun>()
    <noun>(<noun>());
    <noun>(<noun>, <noun>())
    select <noun>(s)
    select <noun>(s) and <noun>(s)
    select <noun>(s) from the <noun>
    <verb> <noun>(s), <noun>(s)
    <number> <noun>(s)
    <number> - <noun>(s)
    <number> <noun>(s) or <noun>(s)
    '<noun>(s)' and '<noun>(s)'
  list
    <noun>, <noun>, <noun> and <noun>
    <noun>, <noun>, <number>
    (<noun>, <noun>, <noun>)
    <noun>, <noun>)
    <noun> / <noun> / <noun>
    <noun>; <noun>; <noun>
    "<noun>"; "<noun>";
    <noun> | <noun> | <noun>
    - <noun> - <noun>
    * <noun> * <noun>
    <number>. <noun>, <number>. <noun>
    '<noun>' / '<noun>'
    "<noun>", <noun> & <noun>
  question
    Who's <noun> and what's <noun>?
    What is the <noun> of '<noun>'?
    Can't select <noun>?
    <noun> or <noun>?
    Why doesn't "select <noun>" <verb>?
    How do I drop a <noun>?
    I'd like to order <number> <noun>s; is that ok?
    It's <number> or <number> o'clock, isn't it?
    Isn't it <adjective>? I'm <adjective> and you're <adjective>.
    don't stop
    don't stop <verb>
    don't <verb> or I'll <verb>
    rock 'n' roll
    Rock 'n' <noun>
    guns n' <noun>
    'til <number> or <number>
    '<number> or '<number>
    '90s and '80s <noun>
    y'all <verb> <noun>
    'Tis the <noun>, and <noun>
    fish 'n chips and <noun>
    wishin' and hopin'
    the girls' and boys' <noun>
    the boys' = <noun>
  markup
    <lt>p><noun> <noun><lt>/p>
    <lt>b><noun><lt>/b> and <lt>i><noun><lt>/i>
    <lt>a href="/<noun>/"><noun><lt>/a>
    <lt>a href='/<noun>/'><noun><lt>/a> d'<noun>
    <lt>br/><noun>
    <lt>table width="99%" border="0" cellpadding="<number>">
    <lt>table width="99%" border="0"'
    <lt>td align='<noun>' class="<noun>" <noun>=<number>><number><lt>/td>
    style="<noun>:<number>px; <noun>: <number>%;"
    <noun>="<noun>" <noun>='<noun>'
    <lt>img alt="<noun>" width="<number>">
    <lt>span class="<noun>"><noun><lt>/span>
    &quot;<noun>&quot; &amp; <noun>
    <noun>&#39;s <noun>
    <noun>&nbsp;<noun>
  lt
    <
  preposition
    from
    in
    on
    by
    with
    into
    where
    as
    of
    for
  logic
    and
    or
    AND
    OR
    not
    &
    or not
    and not
  adjective
    null
    true
    new
    binary
    right
    left
    blue
    distinct
    20% off
  verb
    select
    drop
    order
    update
    delete
    insert
    create
    alter
    grant
    execute
    declare
    call
    use
    replace
    sleep
    set
    like
    count
    load
    stop
    go
    read
  contraction
    I'm
    don't
    you'll
    can't
    she'd
    we've
    it's
    they're
    won't
  number
    1
    2
    5
    8
    12
    18
    20
    60
    1950
    1.5
    00
    0
  unit
    mm
    cm
    inches
    st
    nd
    px
    kg
  noun
    table
    union
    select
    snake
    manners
    user
    group
    order
    key
    database
    index
    view
    column
    case
    end
    null
    value
    set
    version
    date
    time
    count
    character
    password
    name
    house
    necklace
    iphone 4 case
    cafe
    café
    poster
    shower curtain
    T-shirt
    x
    a
    top
    join
    left
    sum
    union jack
    labor union
    drop
    foo
    bar
    char
    schema
    function
    procedure
    limit
    trigger
  """#
