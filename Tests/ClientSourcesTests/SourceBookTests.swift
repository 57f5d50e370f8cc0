import AddressFacts
import Behavior
import DatabaseFixture
import Detection
import Glibc
import HTTPModel
import LogAnalysis
import SecLang
import Testing

@testable import ClientSources

@Suite("Where clients come from")
struct SourceBookTests {
  private static let google = Array("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)".utf8)
  private static let browser = Array("Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0".utf8)

  @Test("networks of both families hold their addresses and no others")
  func networks() {
    var set = NetworkSet()
    for text in ["192.0.2.0/24", "198.51.100.7", "2001:db8:1::/48", "203.0.113.128/25"] {
      let isTaken = set.insert(text)
      #expect(isTaken, "\(text)")
    }
    for text in ["", "192.0.2.0/33", "2001:db8::/129", "300.1.1.1", "192.0.2.0/x", "host"] {
      let isTaken = set.insert(text)
      #expect(!isTaken, "\(text)")
    }
    let rows: [(String, Bool)] = [
      ("192.0.2.0", true), ("192.0.2.255", true), ("192.0.3.0", false), ("198.51.100.7", true), ("198.51.100.8", false),
      ("2001:db8:1:ffff::9", true), ("2001:db8:2::9", false), ("203.0.113.127", false), ("203.0.113.128", true),
      ("::ffff:192.0.2.9", true), ("no address", false),
    ]
    for (address, isIn) in rows { #expect(set.contains(address) == isIn, "\(address)") }
    #expect(rows.count == 11)
  }

  static let rangeFiles: [(text: String, isRead: Bool, why: String)] = [
    (
      #"{"creationTime":"2025-01-01","prefixes":[{"ipv6Prefix":"2001:db8::/32"},{"ipv4Prefix":"192.0.2.0/24"}]}"#, true,
      "as Google publishes"
    ),
    (
      #"{"prefixes":[{"ip_prefix":"192.0.2.0/24","region":"x"}],"ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/32"}]}"#, true, "as Amazon does"
    ),
    (#"["192.0.2.0/24","2001:db8::/32"]"#, true, "a plain list"),
    ("# ours\n192.0.2.0/24 # crawlers\n\n2001:db8::/32\r\n", true, "a network on each line"),
    ("", false, "empty"), ("{}", false, "no network"), (#"{"prefixes":["#, false, "cut off"),
    ("192.0.2.0/24\nhello\n", false, "a line that is none"),
  ]

  @Test("published ranges are read in each form that operators use, or refused with a reason", arguments: rangeFiles)
  func ranges(row: (text: String, isRead: Bool, why: String)) {
    do throws(CrawlerRanges.Mistake) {
      let ranges = try CrawlerRanges(name: "Bot", file: "f", bytes: Array(row.text.utf8))
      #expect(row.isRead && ranges.networks.contains("192.0.2.77") && ranges.networks.contains("2001:db8::1"), "\(row.why)")
    } catch {
      #expect(!row.isRead && error.description.hasPrefix("f"), "\(row.why): \(error)")
    }
    #expect(Self.rangeFiles.count == 8)
  }

  @Test("a crawler is verified by its addresses, never by its name; whoever borrows the name is an impostor")
  func crawlers() throws {
    let ranges = try CrawlerRanges(name: "Googlebot", file: "f", bytes: Array("192.0.2.0/24".utf8))
    let book = SourceBook(crawlers: [ranges])
    #expect(book.standing(of: "192.0.2.9", userAgent: Self.google).isVerifiedCrawler)
    let impostor = book.standing(of: "198.51.100.9", userAgent: Self.google)
    #expect(!impostor.isVerifiedCrawler && impostor.isImpostor)
    #expect(book.standing(of: "192.0.2.9", userAgent: Self.browser) == SourceStanding(), "an address alone is no crawler either")
    #expect(SourceBook().standing(of: "192.0.2.9", userAgent: Self.google) == SourceStanding(), "without ranges a claim stays a claim")
  }

  @Test("names in the DNS: confirmed, refuted, and not yet known")
  func names() {
    let book = SourceBook(names: { address, domains in
      domains.contains("googlebot.com") ? (address == "192.0.2.1" ? true : address == "192.0.2.2" ? false : nil) : nil
    })
    #expect(book.standing(of: "192.0.2.1", userAgent: Self.google).isVerifiedCrawler)
    #expect(book.standing(of: "192.0.2.2", userAgent: Self.google).isImpostor)
    #expect(book.standing(of: "192.0.2.3", userAgent: Self.google) == SourceStanding())
    #expect(CrawlerNames.isName("crawl-1.googlebot.com.", in: ["googlebot.com"]))
    for name in ["googlebot.com.evil.example", "evilgooglebot.com", "googlebot.com"] {
      #expect(!CrawlerNames.isName(name, in: ["googlebot.com"]), "\(name)")
    }
  }

  private struct NoFiles: RuleFileReader {
    struct Missing: Error {}
    func read(_ path: String) throws -> [UInt8] { throw Missing() }
    func glob(_ pattern: String) -> [String] { [] }
  }

  private static func inspector() throws -> Inspector {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: [], path: "test.conf")
    return try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: .block))
  }

  private static func file(_ bytes: [UInt8]) -> String {
    var template = Array("/tmp/ropeline-mmdb-XXXXXX".utf8CString)
    let descriptor = template.withUnsafeMutableBufferPointer { mkstemp($0.baseAddress!) }
    bytes.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  @Test("a database says country, system and whether servers stand there; a broken one is refused with its name")
  func databases() throws {
    let path = Self.file(
      DatabaseFile.bytes([
        (
          [192, 0, 2, 0], 24,
          .map([
            ("country", .map([("iso_code", .text("DE"))])), ("autonomous_system_number", .number(64496)),
            ("autonomous_system_organization", .text("Example Hosting GmbH")),
          ])
        ),
        (
          [198, 51, 100, 0], 24,
          .map([
            ("country", .map([("iso_code", .text("FR"))])), ("autonomous_system_number", .number(64497)),
            ("autonomous_system_organization", .text("Telephone Company")),
          ])
        ),
      ]))
    defer { unlink(path) }
    let book = SourceBook(databases: [try GeoDatabase(path: path)])
    for _ in 0..<2 {
      let server = book.standing(of: "192.0.2.9", userAgent: Self.browser)
      #expect(server.country == "DE" && server.system == 64496 && server.isHosting)
      let line = book.standing(of: "198.51.100.9", userAgent: Self.browser)
      #expect(line.country == "FR" && line.system == 64497 && !line.isHosting)
      #expect(book.standing(of: "203.0.113.9", userAgent: Self.browser) == SourceStanding())
    }
    #expect(
      SourceBook(databases: [try GeoDatabase(path: path)], hostingSystems: [64497]).standing(of: "198.51.100.9", userAgent: []).isHosting)
    let broken = Self.file(Array("no database".utf8))
    defer { unlink(broken) }
    do throws(GeoDatabase.OpenError) {
      _ = try GeoDatabase(path: broken)
      Issue.record("a broken file was opened")
    } catch { #expect(error.description.contains(broken)) }
  }

  @Test("in the analyzer: country and network stand in the report, an allowed address is left alone, an impostor is not")
  func analyzer() throws {
    let path = Self.file(
      DatabaseFile.bytes([
        ([203, 0, 113, 0], 24, .map([("country", .map([("iso_code", .text("SE"))])), ("autonomous_system_number", .number(64500))]))
      ]))
    defer { unlink(path) }
    var allowed = NetworkSet()
    allowed.insert("203.0.113.8")
    var configuration = LogAnalysisConfiguration()
    configuration.sources = SourceBook(
      allowed: allowed, crawlers: [try CrawlerRanges(name: "googlebot", file: "f", bytes: Array("192.0.2.0/24".utf8))],
      databases: [try GeoDatabase(path: path)])
    let analyzer = LogAnalyzer(inspector: try Self.inspector(), configuration: configuration)
    var lines: [[UInt8]] = []
    for number in 0..<40 {
      for (address, agent) in [
        ("203.0.113.7", "curl/8.0"), ("203.0.113.8", "curl/8.0"), ("203.0.113.9", "Googlebot/2.1"), ("192.0.2.9", "Googlebot/2.1"),
      ] {
        lines.append(
          Array(
            "\(address) - - [20/Nov/2026:20:00:\(number < 10 ? "0" : "")\(number) +0000] \"GET /missing/a\(number)x HTTP/1.1\" 404 9 \"-\" \"\(agent)\""
              .utf8))
      }
    }
    analyzer.read(lines: lines.map { $0[...] })
    let report = analyzer.finish()
    let found = Dictionary(uniqueKeysWithValues: report.clients.map { ($0.ip, $0) })
    #expect(found.count == 4)
    #expect(found["203.0.113.7"]?.verdict.kind != .allow && found["203.0.113.7"]?.country == "SE" && found["203.0.113.7"]?.system == 64500)
    #expect(found["203.0.113.8"]?.verdict.kind == .allow)
    #expect(found["203.0.113.9"]?.evidence.contains { $0.signal == "false-crawler" } == true)
    #expect(found["192.0.2.9"]?.verdict.kind == .allow, "a verified crawler that asks for what is gone")
  }
}
