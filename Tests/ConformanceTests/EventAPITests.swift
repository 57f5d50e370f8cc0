import Detection
import Foundation
import SecLang
import Testing

/// The tests of our own ruleset, through the real proxy on loopback.
@Suite("EventAPI ruleset")
struct EventAPITests {
  private static let folder = ConformanceMaterial.packageRoot.appendingPathComponent("Rulesets/event-api")

  private func options(withCRS: Bool = false) -> RulesOptions {
    var options = RulesOptions()
    options.paths = [Self.folder.path]
    options.loadsCRS = withCRS
    return options
  }

  @Test func eachRuleMatchesWhatItsTestsSay() async throws {
    let cases = try CRSTestCase.read(folder: Self.folder.appendingPathComponent("tests"))
    #expect(cases.count == 136, "34 rules with four requests each")
    let run = try await ProxyRun(rules: options(), mode: .detect)
    for test in cases {
      if let reason = run.failure(of: test) { Issue.record("\(test.id): \(reason)") }
    }
    try await run.stop()
  }

  @Test func everyDetectionRuleHasATest() throws {
    let ruleSet = try RulesLoader(options: options()).load()
    let ids = ruleSet.statements.compactMap { statement -> Int? in
      if case .rule(let rule) = statement.content { rule.id } else { nil }
    }.filter { (8_000_100..<8_000_900).contains($0) }
    #expect(ids.count == 34)
    for id in ids {
      #expect(FileManager.default.fileExists(atPath: Self.folder.appendingPathComponent("tests/\(id).yaml").path), "\(id)")
    }
  }

  @Test func theRulesDenyAloneAndDoNotCountTwice() async throws {
    let run = try await ProxyRun(rules: options(), mode: .block)
    func status(_ target: String) -> Int? {
      RawClient.status(of: run.send(Array("GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)).answer.bytes)
    }
    #expect(status("/.git/config") == 403, "a critical rule reaches the threshold by itself")
    #expect(status("/swagger.json") == 200, "a warning does not")
    #expect(status("/v1/tracks/1042") == 200)
    try await run.stop()
  }
}
