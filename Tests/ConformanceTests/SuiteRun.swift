import Detection
import Foundation

/// A rule set's own regression tests, sent through the real proxy on loopback, and what came of them by family.
struct SuiteRun {
  var counts: [String: Int] = [:]
  var failures: [String: [(id: String, reason: String)]] = [:]

  var total: Int { counts.values.reduce(0, +) }
  var failed: Int { failures.values.reduce(0) { $0 + $1.count } }

  /// What the suites' own runners set up before the rules, for 3.3 and for 4.x.
  static let setup = """
    SecAction "id:900005,phase:1,nolog,pass,ctl:ruleEngine=DetectionOnly,ctl:ruleRemoveById=910000,\
    setvar:tx.paranoia_level=4,setvar:tx.blocking_paranoia_level=4,setvar:tx.crs_validate_utf8_encoding=1,\
    setvar:tx.arg_name_length=100,setvar:tx.arg_length=400,setvar:tx.total_arg_length=64000,setvar:tx.max_num_args=255,\
    setvar:tx.max_file_size=64100,setvar:tx.combined_file_sizes=65535"
    SecRule REQUEST_HEADERS:X-CRS-Test "@rx ^.*$" "id:999998,phase:1,pass,t:none,log,\
    msg:'X-CRS-Test %{MATCHED_VAR}',ctl:ruleRemoveById=1-999997"
    SecResponseBodyAccess On
    SecResponseBodyMimeType text/plain text/html text/xml application/json
    """

  /// - Parameter usesPlan: false to ask every rule of every value, without prefilter and caches.
  init(_ cases: [CRSTestCase], rules: RulesOptions, usesPlan: Bool = true) async throws {
    let setupFile = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-suite-\(UUID().uuidString).conf")
    try Self.setup.write(to: setupFile, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: setupFile) }
    var options = rules
    options.before = [setupFile.path] + options.before
    let run = try await ProxyRun(rules: options, mode: .block, usesPlan: usesPlan)
    for test in cases {
      let family = String(test.id.prefix(3))
      counts[family, default: 0] += 1
      if let reason = run.failure(of: test) { failures[family, default: []].append((test.id, reason)) }
    }
    try await run.stop()
  }

  /// One line a family, and every failure with its reason if asked for.
  func show(_ name: String) {
    let isVerbose = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE_VERBOSE"] != nil
    for family in counts.keys.sorted() {
      let failed = failures[family, default: []]
      if isVerbose { for failure in failed { print("\(name) \(failure.id): \(failure.reason)") } }
      let count = counts[family, default: 0]
      print(
        "\(name) family \(family): \(count - failed.count) of \(count)"
          + (failed.isEmpty ? "" : ", not \(failed.map(\.id).joined(separator: " "))"))
    }
    ConformanceMaterial.report(name, passed: total - failed, failed: failed)
  }
}
