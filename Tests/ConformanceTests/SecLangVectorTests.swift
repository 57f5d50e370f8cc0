import Foundation
import SecLang
import Testing

@testable import RuleEngine

/// The operator and transformation cases of the SecLang language tests.
@Suite("SecLang vectors")
struct SecLangVectorTests {
  private struct Case {
    var name: String
    var param: String
    var input: [UInt8]
    var output: [UInt8]
    var ret: Int
    var groups: [[UInt8]]?
    var label: String
  }

  @Test func transformationsGiveTheExpectedText() throws {
    guard let folder = ConformanceMaterial.folder("seclang-vectors") else { return }
    let cases = try read(folder.appendingPathComponent("transformations"))
    #expect(cases.count > 100, "an empty folder is no pass")
    var failures: [String] = []
    for test in cases {
      guard let name = TransformationName.allCases.first(where: { $0.rawValue.lowercased() == Self.canonical(test.name) })
      else {
        failures.append("\(test.label): no such transformation")
        continue
      }
      var output: [UInt8] = []
      let result = test.input.withUnsafeBufferPointer {
        transform(name, $0, context: TransformationContext(), into: &output) ? output : test.input
      }
      if result != test.output { failures.append("\(test.label): \(show(test.input)) gave \(show(result)), not \(show(test.output))") }
    }
    let asked = Set(cases.map { Self.canonical($0.name) })
    #expect(asked.count >= 35, "vectors of some transformations are missing: \(asked.sorted())")
    ConformanceMaterial.report("seclang-transformations", passed: cases.count - failures.count, failed: failures.count)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test func operatorsGiveTheExpectedAnswer() throws {
    guard let folder = ConformanceMaterial.folder("seclang-vectors") else { return }
    // geoLookup needs a database that is not part of the vectors.
    let cases = try read(folder.appendingPathComponent("operators")).filter { $0.name != "geoLookup" }
    #expect(cases.count > 100, "an empty folder is no pass")
    var failures: [String] = []
    let scratch = OperatorScratch()
    for test in cases {
      guard let name = OperatorName.allCases.first(where: { $0.rawValue.lowercased() == test.name.lowercased() }) else {
        failures.append("\(test.label): no such operator")
        continue
      }
      var lines: [[UInt8]]?
      if name == .pmFromFile || name == .ipMatchFromFile {
        let file = folder.appendingPathComponent("operators/op").appendingPathComponent((test.param as NSString).lastPathComponent)
        lines = Array(try Data(contentsOf: file)).split(separator: 0x0A).map { Array($0.filter { $0 != 0x0D }) }
      }
      var captures: CaptureList? = CaptureList()
      let matched: Bool
      do {
        let compiled = try CompiledOperator.compile(name, operand: Array(test.param.utf8), dataLines: lines, options: OperatorOptions())
        matched = test.input.withUnsafeBufferPointer { compiled.evaluate($0, scratch: scratch, captures: &captures) } == .match
      } catch {
        // An operand that is refused at load can match nothing.
        matched = false
      }
      if matched != (test.ret == 1) {
        failures.append("\(test.label): @\(test.name) \(test.param) on \(show(test.input)) gave \(matched)")
      } else if let groups = test.groups, let found = captures?.groups.map({ $0 ?? [] }), found.prefix(groups.count) != groups[...] {
        failures.append("\(test.label): captured \(found.map(show)), not \(groups.map(show))")
      }
    }
    let asked = Set(cases.map { $0.name.lowercased() })
    #expect(asked.count >= 28, "vectors of some operators are missing: \(asked.sorted())")
    ConformanceMaterial.report("seclang-operators", passed: cases.count - failures.count, failed: failures.count)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  /// The vectors spell a few names in other ways.
  private static func canonical(_ name: String) -> String {
    name.lowercased().replacing("_", with: "").replacing("normalizepath", with: "normalisepath")
  }

  private func read(_ folder: URL) throws -> [Case] {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    return try files.flatMap { file -> [Case] in
      let items = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [[String: Any]] ?? []
      #expect(!items.isEmpty, "\(file.lastPathComponent) holds no cases")
      return items.map { item in
        Case(
          name: item["name"] as? String ?? "", param: item["param"] as? String ?? "", input: expand(item["input"] as? String ?? ""),
          output: expand(item["output"] as? String ?? ""), ret: item["ret"] as? Int ?? 0,
          groups: (item["re_groups"] as? [String])?.map { Array($0.utf8) },
          label: "\(file.lastPathComponent)#\(item["index"] as? Int ?? -1)")
      }
    }
  }

  /// First every `\xHH`, then every `\uHHHH` that is still there as text, to the low byte.
  private func expand(_ text: String) -> [UInt8] {
    func pass(_ bytes: [UInt8], _ letter: UInt8, _ digits: Int) -> [UInt8] {
      var result: [UInt8] = []
      var index = 0
      while index < bytes.count {
        let end = index + 2 + digits
        if bytes[index] == 0x5C, end <= bytes.count, bytes[index + 1] == letter,
          let value = UInt32(String(decoding: bytes[(index + 2)..<end], as: UTF8.self), radix: 16)
        {
          result.append(UInt8(truncatingIfNeeded: value))
          index = end
        } else {
          result.append(bytes[index])
          index += 1
        }
      }
      return result
    }
    return pass(pass(Array(text.utf8), UInt8(ascii: "x"), 2), UInt8(ascii: "u"), 4)
  }

  private func show(_ bytes: [UInt8]) -> String {
    bytes.prefix(80).map { (0x20..<0x7F).contains($0) && $0 != 0x5C ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }.joined()
  }
}
