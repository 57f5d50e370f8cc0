import ArgumentParser
import CAllocationCount
import Detection
import Foundation
import Reporting
import SchemaValidation

/// `ropeline schema validate`: JSON texts against one JSON Schema.
struct SchemaValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Validate JSON files against a JSON Schema, draft 4 to 2020-12.",
    discussion: """
      Exit codes: 0 all are valid, 1 some are not, 2 the schema or a file cannot be read.

      Example: ropeline schema validate schema.json order.json --output basic
      """)

  @Argument(help: "The schema. Its draft is that of $schema, 2020-12 without one.")
  var schema: String

  @Argument(help: "JSON texts.")
  var files: [String]

  @Option(
    help: ArgumentHelp("A document that the schema may refer to, under its own $id or as URI=FILE; repeatable.", valueName: "file"))
  var reference: [String] = []

  @Flag(help: "Let formats refuse values.")
  var formats = false

  @Option(help: "text, or one of the output formats of the specification: flag or basic.")
  var output: Output = .text

  @Option(name: .customLong("repeat"), help: "Validate each file so many times and say what one validation costs, reading included.")
  var repetitions: Int?

  enum Output: String, ExpressibleByArgument, CaseIterable { case text, flag, basic }

  func validate() throws {
    if let repetitions, !(1...10_000_000).contains(repetitions) { throw ValidationError("--repeat is 1 to 10,000,000.") }
  }

  func run() throws {
    let compiled = try compile()
    let validator = SchemaValidator()
    var areValid = true
    for file in files {
      let bytes = try read(file)
      let report = validator.explain(bytes, compiled)
      if !report.isValid { areValid = false }
      Terminal.output(shown(report, file))
      if let repetitions { measure(bytes, compiled, validator, file, repetitions) }
    }
    if !areValid { throw ExitCode(1) }
  }

  private func compile() throws -> CompiledSchema {
    var documents = SchemaDocuments()
    for text in reference { try add(text, to: &documents) }
    let bytes = try read(schema)
    do throws(SchemaError) {
      return try CompiledSchema(bytes, uri: schema, documents: documents, options: SchemaOptions(assertsFormats: formats))
    } catch {
      Terminal.error(SchemaCommand.shown(error))
      throw ExitCode(2)
    }
  }

  /// `URI=FILE`, or a file that says itself under which URI it is known.
  private func add(_ text: String, to documents: inout SchemaDocuments) throws {
    var problem: SchemaError?
    if let equals = text.firstIndex(of: "="), text[..<equals].contains(":") {
      let bytes = try read(String(text[text.index(after: equals)...]))
      do throws(SchemaError) { try documents.add(bytes, uri: String(text[..<equals])) } catch { problem = error }
    } else {
      let bytes = try read(text)
      do throws(SchemaError) { try documents.add(bytes, identifiedAs: text) } catch { problem = error }
    }
    guard let problem else { return }
    Terminal.error(SchemaCommand.shown(problem))
    throw ExitCode(2)
  }

  private func read(_ file: String) throws -> [UInt8] {
    do { return try FileSystemRuleReader().read(file) } catch {
      Terminal.error("ropeline: \(error)")
      throw ExitCode(2)
    }
  }

  private func shown(_ report: SchemaReport, _ file: String) -> String {
    var json = JSONText()
    switch output {
    case .text:
      var text = "\(file): \(word(report.verdict))\n"
      for issue in report.issues {
        let place = issue.instanceLocation.isEmpty ? "(the whole)" : Terminal.shown(issue.instanceLocation.utf8)
        text += "  \(place): \(Terminal.shown(issue.error.utf8))  [\(Terminal.shown(issue.keywordLocation.utf8))]\n"
      }
      return text
    case .flag:
      json.beginObject()
      json.key("valid")
      json.bool(report.isValid)
      json.endObject()
    case .basic:
      json.beginObject()
      json.key("valid")
      json.bool(report.isValid)
      if !report.isValid {
        json.key("errors")
        json.beginArray()
        for issue in report.issues {
          json.beginObject()
          json.key("keywordLocation")
          json.string(issue.keywordLocation)
          json.key("absoluteKeywordLocation")
          json.string(issue.absoluteKeywordLocation)
          json.key("instanceLocation")
          json.string(issue.instanceLocation)
          json.key("error")
          json.string(issue.error)
          json.endObject()
        }
        json.endArray()
      }
      json.endObject()
    }
    return String(decoding: json.bytes, as: UTF8.self) + "\n"
  }

  private func word(_ verdict: SchemaVerdict) -> String {
    switch verdict {
    case .valid: "valid"
    case .invalid: "not valid"
    case .unreadable(let error): "not read: \(error.message) (byte \(error.offset))"
    case .limitReached: "not decided: a limit was reached"
    }
  }

  /// The median of up to 50 batches, in microseconds of CPU time.
  private func measure(_ bytes: [UInt8], _ schema: CompiledSchema, _ validator: SchemaValidator, _ file: String, _ repetitions: Int) {
    let (median, allocations) = bytes.withUnsafeBufferPointer { text in
      let batches = min(50, repetitions)
      var times: [Double] = []
      for _ in 0..<batches {
        let count = max(repetitions / batches, 1)
        let start = Self.cpuMicroseconds()
        for _ in 0..<count { _ = validator.validate(text, schema) }
        times.append((Self.cpuMicroseconds() - start) / Double(count))
      }
      // Sorted before: what counting and sorting allocate is not the validator's.
      let median = times.sorted()[times.count / 2]
      ropeline_allocations_start()
      _ = validator.validate(text, schema)
      return (median, ropeline_allocations_stop())
    }
    Terminal.error(String(format: "%@: %.2f us, %d allocations, %d bytes", file, median, Int(allocations), bytes.count))
  }

  private static func cpuMicroseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }
}
