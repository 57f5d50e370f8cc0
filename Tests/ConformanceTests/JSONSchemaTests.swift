import BodyDecoding
import Foundation
import SchemaValidation
import Testing

/// The public JSON Schema test suite, as far as it is at hand.
@Suite("JSON Schema test suite")
struct JSONSchemaTests {
  /// Folder, name of the line, edition, whether formats are asserted, and how many tests of the part at hand must pass.
  static let suites: [(folder: String, name: String, draft: SchemaDraft, assertsFormats: Bool, floor: Int)] = [
    ("draft2020-12", "json-schema-2020-12", .draft202012, false, 428),
    ("draft2020-12/optional", "json-schema-2020-12-optional", .draft202012, false, 101),
    ("draft2020-12/optional/format", "json-schema-2020-12-format", .draft202012, true, 425),
    ("draft4", "json-schema-draft4", .draft4, false, 210),
    ("draft4/optional", "json-schema-draft4-optional", .draft4, false, 90),
    ("draft4/optional/format", "json-schema-draft4-format", .draft4, true, 87),
  ]

  @Test(arguments: suites)
  func suite(_ suite: (folder: String, name: String, draft: SchemaDraft, assertsFormats: Bool, floor: Int)) throws {
    guard let root = ConformanceMaterial.folder("json-schema") else { return }
    let folder = root.appendingPathComponent("tests/" + suite.folder)
    let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
    guard !files.isEmpty else {
      print("*** conformance: \(suite.name) IS NOT HERE; nothing was run ***")
      return
    }
    let documents = try remotes(root.appendingPathComponent("remotes"))
    let options = SchemaOptions(defaultDraft: suite.draft, assertsFormats: suite.assertsFormats)
    let validator = SchemaValidator()
    let isVerbose = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE_VERBOSE"] != nil
    var passed = 0
    var failed = 0
    for file in files.sorted(by: { $0.path < $1.path }) where file.pathExtension == "json" {
      for test in try SchemaSuiteFile(file).tests {
        let outcome: String
        do {
          let schema = try CompiledSchema(test.schema, documents: documents, options: options)
          let verdict = validator.validate(test.data, schema)
          outcome = verdict == (test.isValid ? .valid : .invalid) ? "" : "\(verdict)"
          // Both ways of running must agree.
          #expect(validator.explain(test.data, schema).verdict == verdict, "\(test.name)")
        } catch {
          outcome = "\(error)"
        }
        if outcome.isEmpty { passed += 1 } else { failed += 1 }
        if !outcome.isEmpty, isVerbose { print("\(suite.folder)/\(file.lastPathComponent): \(test.name): \(outcome)") }
      }
    }
    ConformanceMaterial.report(suite.name, passed: passed, failed: failed)
    #expect(passed + failed >= suite.floor, "fewer tests than the part of the suite has")
    // All of the required tests; of the others, 98 in 100.
    let isRequired = !suite.folder.contains("optional")
    #expect(isRequired ? failed == 0 : passed * 100 >= (passed + failed) * 98)
  }

  private func remotes(_ folder: URL) throws -> SchemaDocuments {
    var documents = SchemaDocuments()
    var count = 0
    let base = folder.standardizedFileURL.path
    for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) ?? .init()
    where file.pathExtension == "json" {
      let path = file.standardizedFileURL.path.dropFirst(base.count)
      try documents.add(Array(try Data(contentsOf: file)), uri: "http://localhost:1234\(path)")
      count += 1
    }
    #expect(count >= 31)
    return documents
  }
}

/// A file of the suite, cut into its tests with our own reader.
struct SchemaSuiteFile {
  var tests: [(name: String, schema: [UInt8], data: [UInt8], isValid: Bool)] = []

  init(_ file: URL) throws {
    let bytes = Array(try Data(contentsOf: file))
    try bytes.withUnsafeBufferPointer { text in
      let tape = JSONTape()
      if let error = tape.read(text) { throw error }
      let view = tape.view
      for group in Self.elements(view, 0) {
        guard let schema = Self.member("schema", view, group), let tests = Self.member("tests", view, group) else { continue }
        for test in Self.elements(view, tests) {
          guard let data = Self.member("data", view, test), let valid = Self.member("valid", view, test) else { continue }
          let names = [group, test].compactMap { Self.member("description", view, $0) }.map {
            String(decoding: view.text($0), as: UTF8.self)
          }
          self.tests.append(
            (names.joined(separator: ": "), Self.source(view, schema), Self.source(view, data), view.kind(valid) == .true))
        }
      }
    }
  }

  private static func elements(_ view: JSONView, _ array: Int) -> [Int] {
    var list: [Int] = []
    var item = array + 1
    while item < view.next(array) {
      list.append(item)
      item = view.next(item)
    }
    return list
  }

  private static func member(_ name: String, _ view: JSONView, _ object: Int) -> Int? {
    Array(name.utf8).withUnsafeBufferPointer { view.member($0, hash: JSONHash.hash($0), of: object) }
  }

  /// A value as text again.
  private static func source(_ view: JSONView, _ node: Int) -> [UInt8] {
    var output: [UInt8] = []
    write(view, node, &output)
    return output
  }

  private static func write(_ view: JSONView, _ node: Int, _ output: inout [UInt8]) {
    switch view.kind(node) {
    case .null: output += Array("null".utf8)
    case .true: output += Array("true".utf8)
    case .false: output += Array("false".utf8)
    case .integer, .decimal: output += view.numberText(node)
    case .string, .key:
      output.append(UInt8(ascii: "\""))
      for byte in view.text(node) {
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          output += Array("\\u00".utf8) + [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 0x30 : $0 + 0x57 }
        } else {
          output.append(byte)
        }
      }
      output.append(UInt8(ascii: "\""))
    case .array, .object:
      let isObject = view.kind(node) == .object
      output.append(UInt8(ascii: isObject ? "{" : "["))
      var child = node + 1
      while child < view.next(node) {
        if child > node + 1 { output.append(UInt8(ascii: ",")) }
        if isObject {
          write(view, child, &output)
          output.append(UInt8(ascii: ":"))
          child += 1
        }
        write(view, child, &output)
        child = view.next(child)
      }
      output.append(UInt8(ascii: isObject ? "}" : "]"))
    }
  }
}
