import ArgumentParser
import BodyDecoding
import Foundation
import HTTPModel
import LogAnalysis
import Reporting
import SchemaLearning

/// Reads logs for `learn` and `drift`.
enum ObservedLog {
  /// - Throws: `ExitCode(2)` if nothing could be read.
  static func read(_ paths: [String], _ add: (ObservedRequest) -> Void) throws {
    var lines = 0
    var parsed = 0
    for path in paths {
      do {
        try LogReader().forEachLine(of: path) { _, line, isCut in
          guard !line.isEmpty else { return }
          lines += 1
          guard !isCut, let logged = LoggedRequest(line: Array(line)) else { return }
          parsed += 1
          add(observed(logged))
        }
      } catch {
        Terminal.error("ropeline: \(error)")
        throw ExitCode(2)
      }
    }
    guard parsed > 0 else {
      Terminal.error("ropeline: none of \(lines) lines could be parsed")
      throw ExitCode(2)
    }
    if parsed < lines { Terminal.error("ropeline: \(lines - parsed) of \(lines) lines could not be parsed and were left out") }
  }

  private static func observed(_ logged: LoggedRequest) -> ObservedRequest {
    let target = logged.request.head.target
    let mark = target.firstIndex(of: UInt8(ascii: "?"))
    let query = mark.map { URLEncodedDecoder.decode(Array(target[($0 + 1)...])).values.map { ($0.name, $0.value) } } ?? []
    return ObservedRequest(
      method: logged.request.head.method, path: Array(target[..<(mark ?? target.count)]), query: query, status: logged.status,
      client: logged.request.client.address)
  }
}

/// `ropeline schema learn`.
struct SchemaLearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Write an OpenAPI 3.1 document of what access logs show.",
    discussion: """
      Methods, paths with their parameters, query parameters with types and limits, statuses, and how sure each is. Only answered
      requests count. Logs hold no bodies: those are to be added by hand.

      Example: ropeline schema learn Samples/logs/release-night.log -o learned.yaml
      """)

  @Argument(help: "Access logs of any format that analyze reads; - is standard input.")
  var logs: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("Write here instead of stdout.", valueName: "file"))
  var output: String?

  @Option(help: "The title of the document.")
  var title = "Learned API"

  func run() throws {
    let learner = SchemaLearner()
    try ObservedLog.read(logs, learner.add)
    let text = learner.document(title: title)
    guard let output else { return Terminal.output(text) }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
    } catch {
      Terminal.error("ropeline: \(output): \(error.localizedDescription)")
      throw ExitCode(2)
    }
  }
}

/// `ropeline schema drift`.
struct SchemaDriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Say where a document and the traffic differ.",
    discussion: """
      What is declared and never seen, seen and never declared, optional and always present.

      Example: ropeline schema drift Samples/openapi/backstage.yaml Samples/logs/release-night.log
      """)

  @Argument(help: "The document: OpenAPI 3.0 or 3.1, YAML or JSON.")
  var spec: String

  @Argument(help: "Access logs of any format that analyze reads; - is standard input.")
  var logs: [String]

  @Option(help: "text or json.")
  var format: Format = .text

  @Flag(name: .customLong("fail-on-drift"), help: "End with exit code 1 if there is any difference.")
  var failsOnDrift = false

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func run() throws {
    let drift = SchemaDrift(try SchemaCommand.load(spec))
    try ObservedLog.read(logs, drift.add)
    let items = drift.items()
    switch format {
    case .text: Terminal.output(text(items, drift.requests))
    case .json: Terminal.output(String(decoding: json(items, drift.requests), as: UTF8.self))
    }
    if failsOnDrift, !items.isEmpty { throw ExitCode(1) }
  }

  private func text(_ items: [SchemaDrift.Item], _ requests: Int) -> String {
    var text = ""
    for kind in SchemaDrift.Item.Kind.allCases {
      let list = items.filter { $0.kind == kind }
      guard !list.isEmpty else { continue }
      text += "\(kind.rawValue) (\(list.count))\n"
      for item in list {
        let parts = [item.endpoint, item.subject, item.detail].filter { !$0.isEmpty }.map { Terminal.shown($0.utf8) }
        text += "  " + parts.joined(separator: "  ") + "\n"
      }
    }
    return text + "\(items.count) \(items.count == 1 ? "difference" : "differences") in \(requests) requests\n"
  }

  private func json(_ items: [SchemaDrift.Item], _ requests: Int) -> [UInt8] {
    var json = JSONText()
    json.beginObject()
    json.key("version")
    json.number(1)
    json.key("requests")
    json.number(requests)
    json.key("drift")
    json.beginArray()
    for item in items {
      json.beginObject()
      json.key("kind")
      json.string(item.kind.rawValue)
      json.key("endpoint")
      json.string(Array(item.endpoint.utf8), limit: 300)
      json.key("subject")
      json.string(Array(item.subject.utf8), limit: 200)
      json.key("requests")
      json.number(item.requests)
      json.key("detail")
      json.string(item.detail)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.bytes + [0x0A]
  }
}
