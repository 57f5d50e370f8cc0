import HTTPModel

/// What a page loads along, by the ending of its name or the folder where such things lie.
enum AssetKind: Int {
  case style, script, font, image, media

  /// As it stands in the name of its template.
  var label: String {
    switch self {
    case .style: "(styles)"
    case .script: "(scripts)"
    case .font: "(fonts)"
    case .image: "(images)"
    case .media: "(media)"
    }
  }

  private static let endings = table([
    .style: ["css", "map"], .script: ["js", "mjs"], .font: ["woff", "woff2", "ttf", "otf", "eot"],
    .image: ["png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "avif"],
    .media: ["mp4", "mp3", "m4a", "m4s", "ts", "webm", "ogg"],
  ])
  private static let folders = table([
    .image: ["image", "images", "img", "thumbnail", "thumbnails", "thumbs", "avatar", "avatars", "favicon"], .style: ["css"],
    .font: ["fonts"], .script: ["js", "static"],
  ])

  private static func table(_ words: [AssetKind: [String]]) -> [(text: [UInt8], kind: AssetKind)] {
    words.flatMap { kind, texts in texts.map { (text: Array($0.utf8), kind: kind) } }
  }

  static func of(_ path: [UInt8]) -> AssetKind? {
    var start = path.count
    while start > 0, path[start - 1] != 0x2F { start -= 1 }
    if let dot = path[start...].lastIndex(of: 0x2E), path.count - dot <= 6 {
      for ending in endings where matches(path[(dot + 1)...], ending.text) { return ending.kind }
    }
    guard path.first == 0x2F, let end = path.dropFirst().firstIndex(of: 0x2F) else { return nil }
    for folder in folders where matches(path[1..<end], folder.text) { return folder.kind }
    return nil
  }

  private static func matches(_ bytes: ArraySlice<UInt8>, _ word: [UInt8]) -> Bool {
    guard bytes.count == word.count else { return false }
    for index in word.indices where asciiLowercased(bytes[bytes.startIndex + index]) != word[index] { return false }
    return true
  }
}
