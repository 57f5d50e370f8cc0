import Foundation
import Testing

@testable import RuleEngine

/// The payloads and harmless lines of libinjection's own test data.
@Suite("libinjection vectors")
struct LibinjectionTests {
  /// Parts of the vectors that must pass today, to be raised with each step: attacks that are found, harmless lines that stay silent.
  private static let floors = (sqli: 0.999, xss: 1.0, benign: 1.0)

  @Test func payloadsAreFoundAndHarmlessLinesAreNot() throws {
    guard let folder = ConformanceMaterial.folder("libinjection") else { return }
    let files = try FileManager.default.contentsOfDirectory(at: folder.appendingPathComponent("data"), includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
    let outliers = readOutliers(folder.appendingPathComponent("outliers.tsv"))
    var counts: [String: (passed: Int, failed: Int)] = [:]
    let isVerbose = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE_VERBOSE"] != nil
    for file in files {
      let name = file.lastPathComponent
      let suite = name.hasPrefix("sqli-") ? "sqli" : name == "false_positives.txt" ? "benign" : "xss"
      for (number, line) in try Data(contentsOf: file).split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        guard let value = decoded(Array(line)) else { continue }
        let isOutlier = outliers.contains("\(name):\(number + 1)")
        let (sqli, xss) = value.withUnsafeBufferPointer { (SQLInjectionDetector.detect($0) != nil, CrossSiteScriptingDetector.detect($0)) }
        let passes: Bool =
          switch suite {
          case "sqli": sqli || isOutlier
          case "xss": xss || isOutlier
          default: !xss && (!sqli || isOutlier)
          }
        if passes {
          counts[suite, default: (0, 0)].passed += 1
        } else {
          counts[suite, default: (0, 0)].failed += 1
          if isVerbose { print("libinjection \(suite) \(name): \(String(decoding: line.prefix(150), as: UTF8.self))") }
        }
      }
    }
    for (suite, floor) in [("sqli", Self.floors.sqli), ("xss", Self.floors.xss), ("benign", Self.floors.benign)] {
      let count = counts[suite, default: (0, 0)]
      ConformanceMaterial.report("libinjection-\(suite)", passed: count.passed, failed: count.failed)
      let all = count.passed + count.failed
      #expect(all > 100 && Double(count.passed) / Double(max(all, 1)) >= floor, "\(suite)")
    }
  }

  /// `file:line` of each line on which libinjection's own answer goes against the name of the file.
  private func readOutliers(_ file: URL) -> Set<String> {
    guard let data = try? Data(contentsOf: file) else { return [] }
    return Set(
      String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { row in
        let columns = row.split(separator: "\t")
        guard columns.count >= 2, !row.hasPrefix("#"), let name = columns[0].split(separator: "/").last else { return nil }
        return "\(name):\(columns[1])"
      })
  }

  private func trimmed(_ line: [UInt8]) -> [UInt8] {
    var line = line
    while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
    return line
  }

  /// Trailing blanks go, comments are skipped, then it is URL-decoded as bytes.
  private func decoded(_ line: [UInt8]) -> [UInt8]? {
    let line = trimmed(line)
    guard !line.isEmpty, line[0] != 0x23 else { return nil }
    var output: [UInt8] = []
    return line.withUnsafeBufferPointer { transform(.urlDecode, $0, context: TransformationContext(), into: &output) } ? output : line
  }
}
