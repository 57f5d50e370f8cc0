import Foundation
import Yams

/// One test of a CRS regression suite, in the schema of 3.3 or of 4.x.
struct CRSTestCase {
  var id: String
  /// Sent one after the other; the test holds if all of them do.
  var stages: [Stage]
  /// Why the test cannot be run; such a test has failed.
  var fault: String?

  struct Stage {
    var input: CRSTestInput
    var expectation: Expectation
  }

  struct Expectation {
    var expectedRules: [Int] = []
    var unexpectedRules: [Int] = []
    var patterns: [String] = []
    var unwantedPatterns: [String] = []
    /// Over the whole answer, head included.
    var answerPatterns: [String] = []
    var statuses: [Int] = []
    var expectsError = false
    /// Whether no detection rule but the expected ones may match.
    var isIsolated = false
    /// Whether a second try decides.
    var retriesOnce = false
  }

  /// Reads every enabled test of every `*.yaml` below `folder`, in order of path. A file that cannot be read is a test that failed.
  static func read(folder: URL) throws -> [CRSTestCase] {
    let files = (FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "yaml" || $0.pathExtension == "yml" }.sorted { $0.path < $1.path }
    return files.flatMap { file in
      do { return try read(file: file) } catch {
        return [CRSTestCase(id: file.deletingPathExtension().lastPathComponent, stages: [], fault: "\(file.path): \(error)")]
      }
    }
  }

  static func read(file: URL) throws -> [CRSTestCase] {
    try read(text: String(decoding: try Data(contentsOf: file), as: UTF8.self), name: file.deletingPathExtension().lastPathComponent)
  }

  /// - Parameter name: stands for the rule where the text does not name one.
  static func read(text: String, name: String) throws -> [CRSTestCase] {
    guard let document = try Yams.compose(yaml: text)?.mapping, let tests = document["tests"]?.sequence else { return [] }
    if document["meta"]?.mapping?["enabled"]?.bool == false { return [] }
    let ruleID = document["rule_id"]?.string ?? name
    return tests.compactMap(\.mapping).map { test in
      let id = test["test_title"]?.string ?? "\(ruleID)-\(test["test_id"]?.string ?? "?")"
      let stages = (test["stages"]?.sequence ?? []).compactMap { stage -> Stage? in
        // 3.3 wraps each stage in a key of its own.
        guard let stage = stage.mapping?["stage"]?.mapping ?? stage.mapping, let input = stage["input"]?.mapping else { return nil }
        return Stage(input: CRSTestInput(input), expectation: expectation(from: stage["output"]?.mapping ?? Node.Mapping([])))
      }
      return CRSTestCase(id: id, stages: stages, fault: stages.isEmpty ? "it has no stage" : nil)
    }
  }

  private static func expectation(from output: Node.Mapping) -> Expectation {
    var result = Expectation()
    func add(_ pattern: String, isWanted: Bool) {
      // `id "920100"` means that this rule was logged; anything else is a pattern over the log lines.
      if let match = pattern.wholeMatch(of: /(?:id|\[id|\\\[id) \\?"(\d+)\\?"(?:\]|\\\])?/), let id = Int(match.1) {
        if isWanted { result.expectedRules.append(id) } else { result.unexpectedRules.append(id) }
      } else if isWanted {
        result.patterns.append(pattern)
      } else {
        result.unwantedPatterns.append(pattern)
      }
    }
    func text(_ mapping: Node.Mapping, _ key: String) -> String? { mapping[key].map(\.text).flatMap { $0.isEmpty ? nil : $0 } }
    func numbers(_ node: Node?) -> [Int] { node?.sequence?.compactMap(\.int) ?? [node?.int].compactMap { $0 } }
    for (key, isWanted) in [("log_contains", true), ("no_log_contains", false)] {
      if let pattern = text(output, key) { add(pattern, isWanted: isWanted) }
    }
    if let log = output["log"]?.mapping {
      result.expectedRules += numbers(log["expect_ids"]) + numbers(log["expect_id"])
      result.unexpectedRules += numbers(log["no_expect_ids"]) + numbers(log["no_expect_id"])
      if let pattern = text(log, "match_regex") { add(pattern, isWanted: true) }
      if let pattern = text(log, "no_match_regex") { add(pattern, isWanted: false) }
    }
    for key in ["response_contains", "html_contains"] {
      if let pattern = text(output, key) { result.answerPatterns.append(pattern) }
    }
    result.statuses = numbers(output["status"])
    result.expectsError = output["expect_error"]?.bool ?? false
    result.isIsolated = output["isolated"]?.bool ?? false
    result.retriesOnce = output["retry_once"]?.bool ?? false
    return result
  }
}
