import BodyDecoding

/// From where a crawler asks, as its operator publishes it.
public struct CrawlerRanges: Sendable {
  /// As it stands in user agents, lower case: `googlebot`.
  public let name: String
  public private(set) var networks = NetworkSet()

  /// Why a file holds no ranges; the operator's to mend.
  public struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// Reads the JSON that operators publish (`{"prefixes":[{"ipv4Prefix":"…"},{"ipv6Prefix":"…"}]}` and its like: every text that is a
  /// network is taken), or a network on each line, with comments from `#` on.
  ///
  /// - Throws: `Mistake` for JSON that cannot be read, a line that is no network, and for a file without any.
  public init(name: String, file: String, bytes: [UInt8]) throws(Mistake) {
    self.name = name.lowercased()
    if bytes.first(where: { !Self.isBlank($0) }).map({ $0 == 0x7B || $0 == 0x5B }) ?? false {
      let decoded = JSONFlattener.flatten(bytes)
      if let error = decoded.error { throw Mistake(description: "\(file): \(error.message)") }
      for value in decoded.values where value.value.contains(0x2F) { networks.insert(String(decoding: value.value, as: UTF8.self)) }
    } else {
      for (number, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        let text = String(decoding: line.prefix { $0 != 0x23 }.filter { !Self.isBlank($0) }, as: UTF8.self)
        guard text.isEmpty || networks.insert(text) else {
          throw Mistake(description: "\(file):\(number + 1): \(text.prefix(80)) is no network such as 192.0.2.0/24")
        }
      }
    }
    guard !networks.isEmpty else { throw Mistake(description: "\(file): no network in it") }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
}

/// Crawlers whose operators say under which names their addresses stand in the DNS, and how that is checked: the address's name must
/// lie in the operator's domain, and that name must lead back to the address.
public enum CrawlerNames {
  public static let all: [(name: String, domains: [String])] = [
    ("googlebot", ["googlebot.com", "google.com", "googleusercontent.com"]), ("adsbot-google", ["googlebot.com", "google.com"]),
    ("bingbot", ["search.msn.com"]), ("applebot", ["applebot.apple.com"]), ("yandex", ["yandex.ru", "yandex.net", "yandex.com"]),
    ("baiduspider", ["baidu.com", "baidu.jp"]), ("seznambot", ["seznam.cz"]), ("petalbot", ["petalsearch.com"]),
    ("yahoo! slurp", ["crawl.yahoo.net"]), ("pinterestbot", ["pinterest.com"]),
  ]

  /// Whether a host name lies in one of the domains.
  public static func isName(_ name: String, in domains: [String]) -> Bool {
    var host = name.lowercased()
    if host.hasSuffix(".") { host.removeLast() }
    return domains.contains { host.hasSuffix("." + $0) }
  }
}
