import EvidenceModel

/// How bits become a verdict.
///
/// A sequential test in the manner of Wald: a client is flagged when the evidence reaches the threshold of the configuration, which by
/// his bound an honest one does with a chance of at most 2^-threshold if the evidence is a likelihood ratio.
enum Judgement {
  /// Bits at which a client counts as suspicious for others at its address and of its shape.
  static let suspicion: Float = 5
  /// Bits of its own from which on a client's neighbors are looked at.
  static let neighborly: Float = 1
  /// Bits of its own that a client must have before what others did is held against it.
  static let kinship: Float = 3
  /// Sessions of one address and user agent from which on it is asked whether they are used.
  static let minted: UInt16 = 32
  /// Bits at most for what others did.
  static let mostInherited: Float = 14
  /// Failed log-ins after a visit from which on a client is held to be one of many that do so; a person who is still there may yet get
  /// in, one that has gone has given up.
  static let loginsOfMany: UInt8 = 3
  static let loginsOfManyInTheEnd: UInt8 = 2
  /// Requests in which an odd step is as good as any.
  static let campaignVisit: Float = 16
}

/// What a user agent says it is. A claim, nothing more.
public enum DeclaredClient {
  private static let crawlers = words([
    "bot/", "bot;", "bot)", "bot ", "crawler", "spider", "slurp", "feed", "facebookexternalhit", "archive.org", "preview", "whatsapp/",
    "+http", "embed", "validator",
    "googlebot", "bingbot", "twitterbot", "apple-pubsub", "rss",
  ])
  private static let monitors = words([
    "uptime", "pingdom", "statuscake", "site24x7", "nagios", "monitor", "health", "probe", "check", "ping",
  ])
  private static let tools = words([
    "curl/", "wget/", "python", "go-http-client", "java/", "libwww", "scrapy", "httpie", "aiohttp", "axios", "node-fetch", "undici",
    "guzzle", "httpclient", "headless",
    "phantomjs", "puppeteer", "playwright", "selenium", "ruby", "perl", "lua-", "postman", "insomnia", "httpx", "colly", "mechanize",
    "winhttp", "powershell",
  ])

  static func flags(_ userAgent: [UInt8]) -> ClientFlags {
    let lower = userAgent.prefix(512).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    if lower.isEmpty || lower == [0x2D] || contains(lower, tools) { return .tool }
    if contains(lower, monitors) || isCrawler(lower) { return .declared }
    return lower.starts(with: "mozilla/".utf8) || lower.starts(with: "opera/".utf8) ? .browser : .app
  }

  public static func label(_ userAgent: [UInt8]) -> ClientClass? {
    let lower = userAgent.prefix(512).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    if contains(lower, tools) { return nil }
    return contains(lower, monitors) ? .monitor : isCrawler(lower) ? .crawler : nil
  }

  /// A crawler's word, an address to write to, or `compatible` with something that is no browser: only old Internet Explorers say so
  /// too.
  private static func isCrawler(_ lower: [UInt8]) -> Bool {
    contains(lower, crawlers) || lower.contains(0x40)
      || contains(lower, compatible) && !contains(lower, oldBrowsers)
  }

  private static let compatible = words(["(compatible;"])
  private static let oldBrowsers = words(["msie", "trident", "konqueror"])

  private static func words(_ texts: [String]) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  private static func contains(_ text: [UInt8], _ words: [[UInt8]]) -> Bool { words.contains { contains(text, $0) } }

  private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) where text[start] == word[0] && text[start..<(start + word.count)].elementsEqual(word) {
      return true
    }
    return false
  }
}
