/// The eight languages of the grammar of prose, English aside: where an apostrophe may stand, and words that SQL knows too.
let proseLanguages =
  #"""
  foreign
    <german>
    <french>
    <italian>
    <spanish>
    <portuguese>
    <dutch>
    <polish>
    <turkish>
  german
    Wir haben <number> oder <number> Karten für <last>'s Konzert
    Das ist 'ne gute Idee, oder?
    Wie geht's? Und dir geht's gut
    „Tisch“ und Stühle (<number> Stück)
    Größe <number> - <number>, Farbe: blau
    Mit oder ohne <noun>? Ab <number> €
    So ist's recht; komm' mit
    Hans' und <first>' Haus
  french
    L'union fait la force
    l'<noun> et l'<noun>
    J'ai <number> ans et je n'ai pas d'argent
    Aujourd'hui, l'ordre n'est pas important
    C'est l'<noun> d'<last> (<number>)
    qu'est-ce que c'est ?
    N'oubliez pas : l'entrée est à <number>h
    d'<noun> ou d'<noun>
    s'il vous plaît, <number> billets
    l'arrivée & l'départ
    Entrez l'<noun>, puis l'<noun>.
  italian
    L'unione fa la forza
    dell'<noun> e dell'<noun>
    un po' di <noun>
    un po' e un po'
    C'è <number> o <number>
    Nell'anno <number> l'<noun> era <adjective>
    da' un'occhiata all'<noun>
    all'<number>% e all'<number>%
  spanish
    ¿Dónde está el <noun>? ¡Aquí!
    uno o dos <noun>, "tres" no
    más de <number> y menos de <number>
    El 'select' de <noun>
  portuguese
    d'água e d'ouro
    copo d'água (<number> ml)
    São <number> ou <number> <noun>
    pão-de-ló "fresco"
  dutch
    's-Hertogenbosch en 's-Gravenhage
    zo'n <number> foto's en auto's
    't is mooi of niet
    <number> à <number> euro's
    m'n <noun> is z'n <noun>
    in '<number> en '<number>
  polish
    Zażółć gęślą jaźń (<number> szt.)
    <number> lub <number> biletów
    „union” and "select"
    Chopin'a i <last>'a
  turkish
    İstanbul'da <number> veya <number>
    Ankara'nın <noun>'ı
    Türkiye'de and Ankara'da
    saat <number>'de <noun>'e
  """#
