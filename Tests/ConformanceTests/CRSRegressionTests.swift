import Detection
import Foundation
import Testing

/// The regression tests of the OWASP CRS, sent through the real proxy on loopback.
@Suite("CRS regression")
struct CRSRegressionTests {
  /// Tests that ask a proxy for what it must not do. `docs/conformance.md` gives the reason of each.
  static let exceptions: Set<String> = ["920181-1", "920272-5", "920430-5"]

  @Test func theRulesOf33BehaveAsTheirTestsSay() async throws {
    guard let folder = ConformanceMaterial.folder("crs-3.3") else { return }
    guard FileManager.default.fileExists(atPath: "/usr/share/modsecurity-crs/rules") else {
      print("*** conformance: the OWASP CRS IS NOT INSTALLED (Debian's modsecurity-crs): nothing was run ***")
      return
    }
    let cases = try CRSTestCase.read(folder: folder.appendingPathComponent("tests"))
    #expect(cases.count > 2000, "an empty folder is no pass")
    var options = RulesOptions()
    options.loadsCRS = true
    // 3.3.4 was written for Apache, whose reader halves the backslashes of operands.
    options.halvesBackslashes = true
    let run = try await SuiteRun(cases, rules: options)
    run.show("crs-3.3")
    for (family, failures) in run.failures {
      for failure in failures where !Self.exceptions.contains(failure.id) {
        // What the injection detectors miss is counted against a floor of its own.
        #expect(family == "942", "\(failure.id): \(failure.reason)")
      }
    }
    #expect(run.failures["942", default: []].count <= 5)
  }

  /// The prefilter and the caches change what a request costs, never what is found in it.
  @Test func theAnswersAreTheSameWithoutThePlan() async throws {
    guard let folder = ConformanceMaterial.folder("crs-3.3") else { return }
    guard FileManager.default.fileExists(atPath: "/usr/share/modsecurity-crs/rules") else { return }
    // Every third test: a run without the plan takes its time.
    let all = try CRSTestCase.read(folder: folder.appendingPathComponent("tests"))
    let cases = all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    #expect(cases.count > 700)
    var options = RulesOptions()
    options.loadsCRS = true
    options.halvesBackslashes = true
    let run = try await SuiteRun(cases, rules: options, usesPlan: false)
    run.show("crs-3.3-without-plan")
    for failure in run.failures.values.flatMap({ $0 }) where !Self.exceptions.contains(failure.id) {
      Issue.record("\(failure.id): \(failure.reason)")
    }
  }

  /// What the CRS 4.x uses and 3.3 does not, in rules and tests of our own in its layout and schema.
  @Test func rulesInTheStyleOf4BehaveAsTheirTestsSay() async throws {
    let folder = ConformanceMaterial.packageRoot.appendingPathComponent("Tests/Fixtures/crs4-style")
    let cases = try CRSTestCase.read(folder: folder.appendingPathComponent("tests"))
    #expect(cases.count == 211)
    var options = RulesOptions()
    options.crsDirectory = folder.path
    let run = try await SuiteRun(cases, rules: options)
    for failure in run.failures.values.flatMap({ $0 }) { Issue.record("\(failure.id): \(failure.reason)") }
  }

  /// `make conformance SUITE=… CRS=…`: a user's own checkout of a CRS and its tests.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ROPELINE_SUITE"] != nil))
  func aSuiteOfTheUsersChoice() async throws {
    let environment = ProcessInfo.processInfo.environment
    let folder = URL(fileURLWithPath: environment["ROPELINE_SUITE"] ?? "")
    let cases = try CRSTestCase.read(folder: folder)
    try #require(!cases.isEmpty, "there is no test in \(folder.path)")
    var options = RulesOptions()
    options.loadsCRS = true
    options.crsDirectory = environment["ROPELINE_SUITE_CRS"]
    options.halvesBackslashes = environment["ROPELINE_SUITE_BACKSLASH"] == "modsecurity2"
    let run = try await SuiteRun(cases, rules: options)
    run.show("suite")
    #expect(run.failed == 0)
  }
}
