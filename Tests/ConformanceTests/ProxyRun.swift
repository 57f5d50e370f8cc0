import Detection
import Foundation
import Glibc
import NIOPosix
import ReverseProxy
import Synchronization
import Telemetry

/// A proxy with given rules in front of a sample origin, both on loopback, and the records of what passed through.
final class ProxyRun: Sendable {
  private let group: MultiThreadedEventLoopGroup
  private let origin: SampleOrigin
  private let proxy: ProxyServer
  private let records: Records

  private final class Records: Sendable {
    let list = Mutex<[ExchangeRecord]>([])
  }

  /// - Parameter usesPlan: false to ask every rule of every value, without prefilter and caches.
  init(rules options: RulesOptions, mode: EnforcementMode, usesPlan: Bool = true) async throws {
    var inspection = InspectorConfiguration(mode: mode)
    inspection.usesPlan = usesPlan
    let inspector = try Inspector(ruleSet: try RulesLoader(options: options).load(), configuration: inspection)
    let records = Records()
    group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    origin = try await SampleOrigin(group: group)
    var configuration = ProxyConfiguration(upstreams: [Upstream(host: "127.0.0.1", port: origin.port)])
    configuration.listenPort = 0
    configuration.onExchange = { record in records.list.withLock { $0.append(record) } }
    proxy = try await ProxyServer.start(configuration: configuration, inspector: inspector)
    self.records = records
  }

  /// Sends bytes, reads the answer, and gives the records that were made meanwhile.
  func send(_ request: [UInt8]) -> (answer: RawClient.Answer, records: [ExchangeRecord]) {
    records.list.withLock { $0.removeAll() }
    let answer = RawClient.exchange(request, port: proxy.port)
    // A connection that breaks off is written down when it is closed, which the client may see first.
    for _ in 0..<500 where records.list.withLock({ $0.isEmpty }) { usleep(10_000) }
    return (answer, records.list.withLock { $0 })
  }

  func stop() async throws {
    try await proxy.drain()
    try await origin.stop()
    try await group.shutdownGracefully()
  }
}

extension CRSTestCase {
  /// Nil if the expectation holds, else why not.
  func failure(answer: RawClient.Answer, records: [ExchangeRecord]) -> String? {
    guard let reason = mismatch(answer: answer.bytes, records: records) else { return nil }
    // What an exchange on a busy machine came to must not look like an answer of the rules.
    return records.isEmpty ? "\(reason); there is no record, and \(answer.bytes.count) bytes of an answer, then: \(answer.end)" : reason
  }

  private func mismatch(answer: [UInt8], records: [ExchangeRecord]) -> String? {
    let rules = records.flatMap(\.outcome.evidence.rules).filter(\.isLogged)
    let ids = Set(rules.map(\.id))
    let status = RawClient.status(of: answer)
    if !expectation.statuses.isEmpty {
      guard let status, expectation.statuses.contains(status) else {
        return "status \(status.map(String.init) ?? "none"), not \(expectation.statuses)"
      }
    }
    if expectation.expectsError { return status == nil || status == 400 ? nil : "expected no answer, got \(status ?? 0)" }
    for id in expectation.expectedRules where !ids.contains(id) { return "\(id) did not match; \(ids.sorted()) did" }
    for id in expectation.unexpectedRules where ids.contains(id) { return "\(id) matched" }
    let lines = rules.map { rule in
      let tags = rule.tags.map { "[tag \"\(String(decoding: $0, as: UTF8.self))\"]" }.joined(separator: " ")
      return
        "[id \"\(rule.id)\"] [msg \"\(String(decoding: rule.message, as: UTF8.self))\"] [data \"\(String(decoding: rule.data, as: UTF8.self))\"] \(tags)"
    }
    for pattern in expectation.patterns {
      guard let regex = try? Regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if !lines.contains(where: { $0.contains(regex) }) { return "no line has \(pattern)" }
    }
    for pattern in expectation.unwantedPatterns {
      guard let regex = try? Regex(pattern) else { return "cannot read the pattern \(pattern)" }
      if lines.contains(where: { $0.contains(regex) }) { return "a line has \(pattern)" }
    }
    return nil
  }
}
