import ArgumentParser
import Detection
import Foundation
import OpenAPIValidation
import SchemaFiles
import SchemaValidation

/// `ropeline schema`: about OpenAPI documents.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Check an OpenAPI document, learn one from traffic, or compare one with traffic.",
    discussion: """
      Example: ropeline schema check Samples/openapi/backstage.yaml
      """,
    subcommands: [SchemaCheckCommand.self, SchemaLearnCommand.self, SchemaDriftCommand.self, SchemaValidateCommand.self])

  /// Reads a document.
  /// - Throws: `ExitCode(2)` after every mistake has been printed with its place.
  static func load(_ path: String, options: OpenAPIOptions = OpenAPIOptions()) throws -> OpenAPIDocument {
    do throws(SchemaErrors) {
      return try SchemaFileLoader(read: FileSystemRuleReader().read).openAPI(at: path, options: options)
    } catch {
      for mistake in error.list { Terminal.error(shown(mistake)) }
      Terminal.error("ropeline: \(error.list.count) \(error.list.count == 1 ? "mistake" : "mistakes") in \(path): nothing was loaded")
      throw ExitCode(2)
    }
  }

  static func shown(_ error: SchemaError) -> String {
    let place = "\(Terminal.shown(Array(error.document.utf8))):\(error.line):\(error.column)"
    return "\(place): error: \(Terminal.shown(Array(error.message.utf8)))"
  }
}

/// `ropeline schema check`.
struct SchemaCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say every mistake of a document, and everything in it that will not be enforced.",
    discussion: """
      Exit codes: 0 usable, 1 usable but --strict and something is not enforced, 2 not usable.

      Example: ropeline schema check Samples/openapi/backstage.yaml
      """)

  @Argument(help: "The document: OpenAPI 3.0 or 3.1, YAML or JSON.")
  var spec: String

  @Flag(help: "End with exit code 1 if anything is not enforced.")
  var strict = false

  @Option(help: "text or json.")
  var format: Format = .text

  @Option(name: .customLong("repeat"), help: "Load the document so many times more and say what one takes, from file to ready.")
  var repetitions: Int?

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func validate() throws {
    if let repetitions, !(1...100_000).contains(repetitions) { throw ValidationError("--repeat is 1 to 100,000.") }
  }

  func run() throws {
    let errors: [SchemaError]
    var document: OpenAPIDocument?
    do throws(SchemaErrors) {
      document = try SchemaFileLoader(read: FileSystemRuleReader().read).openAPI(at: spec)
      errors = []
    } catch {
      errors = error.list
    }
    let notes = (document?.notes ?? []).sorted { ($0.document, $0.line, $0.column) < ($1.document, $1.line, $1.column) }
    switch format {
    case .text: showText(document, errors, notes)
    case .json: try showJSON(document, errors, notes)
    }
    if !errors.isEmpty { throw ExitCode(2) }
    if let repetitions { measure(repetitions) }
    if strict, !notes.isEmpty { throw ExitCode(1) }
  }

  /// The median, since other processes only ever make it longer.
  private func measure(_ repetitions: Int) {
    var times: [Duration] = []
    let clock = ContinuousClock()
    for _ in 0..<repetitions {
      times.append(clock.measure { _ = try? SchemaFileLoader(read: FileSystemRuleReader().read).openAPI(at: spec) })
    }
    times.sort()
    let microseconds = times[repetitions / 2] / .microseconds(1)
    Terminal.error("\(spec): \(Int(microseconds.rounded())) us")
  }

  private func showText(_ document: OpenAPIDocument?, _ errors: [SchemaError], _ notes: [OpenAPINote]) {
    var text = errors.map { SchemaCommand.shown($0) + "\n" }.joined()
    for note in notes {
      text += "\(Terminal.shown(Array(note.document.utf8))):\(note.line):\(note.column): not enforced: "
      text += Terminal.shown(Array(note.message.utf8)) + "\n"
    }
    if let document {
      let version = document.version == .v30 ? "3.0" : "3.1"
      text += "\(spec): OpenAPI \(version), \(document.operations.count) operations, usable; \(notes.count) not enforced\n"
    } else {
      text += "\(spec): not usable, \(errors.count) \(errors.count == 1 ? "mistake" : "mistakes")\n"
    }
    Terminal.output(text)
  }

  private func showJSON(_ document: OpenAPIDocument?, _ errors: [SchemaError], _ notes: [OpenAPINote]) throws {
    struct Entry: Encodable {
      var file: String
      var line: Int
      var column: Int
      var pointer: String
      var message: String
    }
    struct Result: Encodable {
      var version = 1
      var usable: Bool
      var operations: Int
      var errors: [Entry]
      var notEnforced: [Entry]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let data = try encoder.encode(
      Result(
        usable: document != nil, operations: document?.operations.count ?? 0,
        errors: errors.map { Entry(file: $0.document, line: $0.line, column: $0.column, pointer: $0.pointer, message: $0.message) },
        notEnforced: notes.map { Entry(file: $0.document, line: $0.line, column: $0.column, pointer: $0.pointer, message: $0.message) }))
    Terminal.output(String(decoding: data, as: UTF8.self) + "\n")
  }
}
