/// What people type into the search field. All names are invented or plain words.
enum SearchTexts {
  /// The evening's own.
  static let drop = [
    "velvet antenna", "velvet antenna new album", "harbor lights", "velvet anten", "harbour lights velvet", "velvet antenna tickets",
  ]

  static let ordinary = [
    "morning rain", "late bus home", "northern line", "paper boats", "the quiet ones", "summer 94", "kitchen radio", "blue hour",
    "lo-fi study",
    "running playlist", "sad songs", "piano covers", "wedding first dance", "jazz for rain", "techno 140 bpm", "gym", "sleep", "focus",
    "caf\u{E9} del norte", "\u{E9}toile filante", "stra\u{DF}e bei nacht", "\u{6771}\u{4EAC} rain", "ma\u{F1}ana", "love \u{2764}",
    "acoustic", "live at the pier",
    "kids songs", "b-sides", "rock", "pop 2026", "remix", "orchestra", "choir", "\u{1F3B8} solo",
  ]

  /// Honest names and titles in which a hasty rule sees an attack.
  static let treacherous = [
    "don't look back", "rock 'n' roll", "o'malley's daughter", "select few", "union of the lake", "drop table manners", "the script",
    "guns & lace", "<3 you", "ac/dc tribute", "insert coin", "delete my number", "union select all stars", "alert!", "cat etc", "'til dawn",
    "$100 bill", "system of a clown", "javascript: the musical", "order by mail", "having fun", "null", "\"heroines\"", "p!nk elephant",
    "union city 'select' ensemble", "don't drop the table", "100% you", "who's who", "a; b; c", "(select) group", "from where we stand",
    "the exec's lament", "y'all or nothin'", "update me", "and 1 more", "love/hate", "#1 crush", "group by 5",
  ]

  /// Titles that nobody would believe, if they were not on somebody's album.
  static let outlandish = [
    "1=1 (extended mix)", "or 1", "where 1 = 2", "sleep(5)", "exec the dog", "--", "'; remix", "../interlude", "%", "/bin/dance",
    "benchmark (live)", "<b>old</b>", "${heart}",
  ]

  static func any(afterDrop: Bool, _ random: inout RandomSource) -> String {
    switch random.weighted([afterDrop ? 4 : 2, 5, 1.2, 0.06]) {
    case 0: random.pick(drop)
    case 1: random.pick(ordinary)
    case 2: random.pick(treacherous)
    default: random.pick(outlandish)
    }
  }
}
