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

  /// Honest names and titles that look like attacks to a rule.
  static let treacherous = [
    "don't look back", "rock 'n' roll'", "o'malley's daughter", "select few", "union of the lake", "drop table manners", "the script",
    "1=1 (extended mix)", "or 1", "guns & lace", "<3 you", "ac/dc tribute", "insert coin", "delete my number", "where 1 = 2",
    "union select all stars", "sleep(5)", "alert!", "exec the dog", "cat etc", "--", "'; remix", "$100 bill", "system of a clown",
    "../interlude",
    "javascript: the musical", "order by", "having fun", "null", "\"heroines\"", "p!nk elephant", "/bin/dance", "benchmark (live)",
    "and 1 more",
    "union city 'select' ensemble", "don't drop the table", "%", "100% you", "who's who", "a; b; c", "(select) group",
  ]

  static func any(afterDrop: Bool, _ random: inout RandomSource) -> String {
    switch random.weighted([afterDrop ? 4 : 2, 5, 1.2]) {
    case 0: random.pick(drop)
    case 1: random.pick(ordinary)
    default: random.pick(treacherous)
    }
  }
}
