import Detection
import ReverseProxy
import SecLang
import Synchronization
import Telemetry

private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

/// What a test's origins and the proxy noted, from any thread.
final class Log: Sendable {
  let records = Mutex<[ExchangeRecord]>([])
  let seen = Mutex<[String]>([])

  func note(_ text: String) { seen.withLock { $0.append(text) } }
}

/// A proxy in front of scripted origins, and the talk that most of them keep to.
enum Harness {
  static func inspector(_ rules: String, _ mode: EnforcementMode = .block) throws -> Inspector {
    var parser = RuleSetParser(reader: NoFiles())
    parser.parse(text: Array(rules.utf8), path: "test.conf")
    return try Inspector(ruleSet: parser.finish(), configuration: InspectorConfiguration(mode: mode))
  }

  static func withProxy(
    rules: String = "", mode: EnforcementMode = .block, origins: [ScriptedOrigin], log: Log = Log(),
    configure: (inout ProxyConfiguration) -> Void = { _ in }, _ body: @Sendable (ProxyServer, Log) async throws -> Void
  ) async throws {
    var configuration = ProxyConfiguration(upstreams: origins.map { Upstream(host: "127.0.0.1", port: $0.port) })
    configuration.listenPort = 0
    configuration.onExchange = { record in log.records.withLock { $0.append(record) } }
    configuration.drainTimeout = .seconds(20)
    configuration.drainGrace = .milliseconds(20)
    configure(&configuration)
    let inspector = try inspector(rules, mode)
    try await withTaskExecutorPreference(WaitingThreads.shared) { [configuration] in
      let server = try await ProxyServer.start(configuration: configuration, inspector: inspector)
      try await body(server, log)
      try await server.drain()
    }
    for origin in origins { origin.stop() }
  }

  /// Reads one request with its body and gives it as text.
  static func readRequest(_ connection: LoopbackSocket) -> String? {
    var text = connection.receive(until: "\r\n\r\n")
    guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
    if text.contains("Transfer-Encoding: chunked") {
      if !text.hasSuffix("0\r\n\r\n") { text += connection.receive(until: "0\r\n\r\n") }
      return text
    }
    guard let match = text.firstMatch(of: /\r\nContent-Length: (\d+)/), let length = Int(match.1) else { return text }
    var body = Array(text[end.upperBound...].utf8)
    while body.count < length {
      let more = connection.receive()
      if more.isEmpty { return nil }
      body += more
    }
    return text[..<end.upperBound] + String(decoding: body, as: UTF8.self)
  }

  /// Answers every request on a connection with `ok`.
  static func polite(_ log: Log) -> ScriptedOrigin {
    ScriptedOrigin { connection, _ in
      while let request = readRequest(connection) {
        log.note(request)
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
    }
  }

  static func post(_ body: String, fields: String = "") -> String {
    "POST /p HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }
}
