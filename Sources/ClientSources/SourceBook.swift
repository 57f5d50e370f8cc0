import AddressFacts
import Behavior
import Synchronization

/// What is known of an address beside what it does: whether the operator lets it do what it likes, whether it is the crawler that it
/// says it is, and in whose network it stands. Safe from any thread; answers are kept for the addresses asked about last.
public final class SourceBook: Sendable {
  /// What is asked of the DNS: nil as long as the answer is not there.
  public typealias NameCheck = @Sendable (_ address: String, _ domains: [String]) -> Bool?

  private let allowed: NetworkSet
  private let crawlers: [CrawlerRanges]
  private let names: NameCheck?
  private let databases: [GeoDatabase]
  private let hostingSystems: Set<Int>
  private let cache = Mutex(Cache())
  private static let places = 8192

  private struct Cache: Sendable {
    var facts = [(address: String, facts: AddressFacts)?](repeating: nil, count: places)
  }

  /// - Parameters:
  ///   - databases: of countries and networks; none is a normal state.
  ///   - hostingSystems: autonomous systems in which servers stand, beside those that a database or their name says it of.
  public init(
    allowed: NetworkSet = NetworkSet(), crawlers: [CrawlerRanges] = [], names: NameCheck? = nil, databases: [GeoDatabase] = [],
    hostingSystems: Set<Int> = []
  ) {
    self.allowed = allowed
    self.crawlers = crawlers
    self.names = names
    self.databases = databases
    self.hostingSystems = hostingSystems
  }

  /// Whether there is anything to know.
  public var isEmpty: Bool { allowed.isEmpty && crawlers.isEmpty && names == nil && databases.isEmpty }

  public func standing(of address: String, userAgent: [UInt8]) -> SourceStanding {
    var standing = SourceStanding()
    guard !isEmpty else { return standing }
    let number = IPAddress(address)
    if let number, allowed.contains(number) { standing.isAllowed = true }
    judgeCrawler(address, number, userAgent, &standing)
    guard !databases.isEmpty else { return standing }
    let facts = facts(of: address)
    standing.country = facts.countryCode
    standing.system = facts.systemNumber
    standing.isHosting =
      facts.isHosting ?? false || facts.systemNumber.map(hostingSystems.contains) ?? false
      || facts.systemName.map(Self.soundsLikeHosting) ?? false
    return standing
  }

  /// A claim that can be held against what its operator published is held against it; a claim that cannot stays one.
  private func judgeCrawler(_ address: String, _ number: IPAddress?, _ userAgent: [UInt8], _ standing: inout SourceStanding) {
    guard !crawlers.isEmpty || names != nil else { return }
    let claim = userAgent.prefix(512).map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    var isRefuted = false
    for crawler in crawlers where Self.contains(claim, crawler.name) {
      if let number, crawler.networks.contains(number) {
        standing.isVerifiedCrawler = true
        return
      }
      isRefuted = true
    }
    if let names {
      for crawler in CrawlerNames.all where Self.contains(claim, crawler.name) {
        switch names(address, crawler.domains) {
        case true?:
          standing.isVerifiedCrawler = true
          return
        case false?: isRefuted = true
        case nil: break
        }
      }
    }
    standing.isImpostor = isRefuted
  }

  private func facts(of address: String) -> AddressFacts {
    let place = Self.hash(address) & (Self.places - 1)
    if let known = cache.withLock({ $0.facts[place] }), known.address == address { return known.facts }
    var facts = AddressFacts()
    for database in databases {
      guard let more = database.facts(of: address) else { continue }
      facts.countryCode = facts.countryCode ?? more.countryCode
      facts.systemNumber = facts.systemNumber ?? more.systemNumber
      facts.systemName = facts.systemName ?? more.systemName
      facts.isHosting = facts.isHosting ?? more.isHosting
    }
    cache.withLock { $0.facts[place] = (address, facts) }
    return facts
  }

  /// Words in the names of companies that rent out servers.
  private static let hostingWords = [
    "hosting", "cloud", "datacenter", "data center", "server", "amazon", "digitalocean", "ovh", "hetzner", "linode", "akamai connected",
    "vultr", "choopa", "leaseweb", "contabo", "scaleway", "oracle", "alibaba", "tencent", "m247", "colo",
  ]

  static func soundsLikeHosting(_ name: String) -> Bool {
    let lower = name.lowercased()
    return hostingWords.contains { lower.contains($0) }
  }

  private static func contains(_ text: [UInt8], _ word: String) -> Bool {
    let word = Array(word.utf8)
    guard let first = word.first, text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) where text[start] == first && text[start..<(start + word.count)].elementsEqual(word) {
      return true
    }
    return false
  }

  private static func hash(_ text: String) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 20 & 0x7FFF_FFFF)
  }
}
