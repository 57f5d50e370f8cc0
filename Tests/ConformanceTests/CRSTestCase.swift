import Foundation
import Yams

/// One test of a CRS regression suite, in the schema of 3.3 or of 4.x.
struct CRSTestCase {
  var id: String
  var request: [UInt8]
  var expectation: Expectation

  struct Expectation {
    var expectedRules: [Int] = []
    var unexpectedRules: [Int] = []
    var patterns: [String] = []
    var unwantedPatterns: [String] = []
    var statuses: [Int] = []
    var expectsError = false
  }

  /// Reads every enabled test of every `*.yaml` below `folder`, in order of path.
  static func read(folder: URL) throws -> [CRSTestCase] {
    let files = (FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
    return try files.flatMap { try read(file: $0) }
  }

  static func read(file: URL) throws -> [CRSTestCase] {
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    guard let document = try Yams.compose(yaml: text)?.mapping else { return [] }
    if document["meta"]?.mapping?["enabled"]?.bool == false { return [] }
    let ruleID = document["rule_id"]?.string ?? file.deletingPathExtension().lastPathComponent
    var cases: [CRSTestCase] = []
    for test in document["tests"]?.sequence ?? [] {
      guard let test = test.mapping else { continue }
      let id = test["test_title"]?.string ?? "\(ruleID)-\(test["test_id"]?.string ?? "?")"
      for stage in test["stages"]?.sequence ?? [] {
        guard let stage = stage.mapping?["stage"]?.mapping ?? stage.mapping, let input = stage["input"]?.mapping else { continue }
        let output = stage["output"]?.mapping ?? Node.Mapping([])
        cases.append(CRSTestCase(id: id, request: request(from: input), expectation: expectation(from: output)))
      }
    }
    return cases
  }

  private static func expectation(from output: Node.Mapping) -> Expectation {
    var result = Expectation()
    func add(_ pattern: String, isWanted: Bool) {
      // `id "920100"` means that this rule was logged; anything else is a pattern over the log lines.
      if let match = pattern.wholeMatch(of: /(?:id|\[id) \\?"(\d+)\\?"\]?/), let id = Int(match.1) {
        if isWanted { result.expectedRules.append(id) } else { result.unexpectedRules.append(id) }
      } else if isWanted {
        result.patterns.append(pattern)
      } else {
        result.unwantedPatterns.append(pattern)
      }
    }
    for (key, isWanted) in [("log_contains", true), ("no_log_contains", false)] {
      if let pattern = output[key]?.string { add(pattern, isWanted: isWanted) }
    }
    if let log = output["log"]?.mapping {
      result.expectedRules += (log["expect_ids"]?.sequence ?? []).compactMap(\.int)
      result.unexpectedRules += (log["no_expect_ids"]?.sequence ?? []).compactMap(\.int)
      if let pattern = log["match_regex"]?.string { add(pattern, isWanted: true) }
      if let pattern = log["no_match_regex"]?.string { add(pattern, isWanted: false) }
    }
    if let status = output["status"] { result.statuses = status.sequence?.compactMap(\.int) ?? [status.int].compactMap { $0 } }
    result.expectsError = output["expect_error"]?.bool ?? false
    return result
  }

  /// The bytes to send, completed as the suites' own runner completes them.
  private static func request(from input: Node.Mapping) -> [UInt8] {
    if let encoded = input["encoded_request"]?.string, !encoded.isEmpty { return Array(Data(base64Encoded: encoded) ?? Data()) }
    if let raw = input["raw_request"]?.string { return Array(raw.utf8) }
    let method = input["method"]?.string ?? "GET"
    let uri = input["uri"]?.string ?? "/"
    let version = input["version"]?.string ?? "HTTP/1.1"
    let isExact = input["stop_magic"]?.bool ?? (input["autocomplete_headers"]?.bool.map { !$0 } ?? false)
    var headers: [(String, String)] = []
    for (name, value) in input["headers"]?.mapping ?? Node.Mapping([]) { headers.append((name.string ?? "", value.string ?? "")) }
    var body: [UInt8] = []
    if let lines = input["data"]?.sequence {
      body = Array(lines.compactMap(\.string).joined(separator: "\r\n").utf8)
    } else if let text = input["data"]?.string {
      body = Array(text.utf8)
    }
    func value(of name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
    if !isExact {
      if !body.isEmpty {
        if value(of: "content-type") == nil { headers.append(("Content-Type", "application/x-www-form-urlencoded")) }
        if value(of: "content-type") == "application/x-www-form-urlencoded" { body = reencoded(body) }
        if value(of: "content-type")?.lowercased().hasPrefix("multipart/") == true { body = withCRLF(body) }
        if value(of: "content-length") == nil { headers.append(("Content-Length", String(body.count))) }
      }
      if value(of: "connection") == nil { headers.append(("Connection", "close")) }
    }
    let head = ([[method, uri, version].filter { !$0.isEmpty }.joined(separator: " ")] + headers.map { "\($0.0): \($0.1)" })
    return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  private static func withCRLF(_ body: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in body {
      if byte == 0x0A, result.last != 0x0D { result.append(0x0D) }
      result.append(byte)
    }
    return result
  }

  /// Form data that holds nothing encoded yet is encoded pair by pair.
  private static func reencoded(_ body: [UInt8]) -> [UInt8] {
    let text = String(decoding: body, as: UTF8.self)
    guard !text.contains("+"), !text.contains(/%[0-9A-Fa-f]{2}/) else { return body }
    let pairs = text.split(separator: "&").compactMap { pair -> String? in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return "\(escaped(parts[0]))=\(escaped(parts[1]))"
    }
    return pairs.isEmpty ? body : Array(pairs.joined(separator: "&").utf8)
  }

  private static func escaped(_ text: Substring) -> String {
    text.utf8.map { byte -> String in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
      case 0x20: "+"
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
