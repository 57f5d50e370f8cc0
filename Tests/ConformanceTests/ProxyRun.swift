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
  ///
  /// - Parameter expectsError: the client waits for an answer as the suites' own runner does, and gives up after a second.
  func send(_ request: [UInt8], expectsError: Bool = false) -> (answer: RawClient.Answer, records: [ExchangeRecord]) {
    records.list.withLock { $0.removeAll() }
    let answer = RawClient.exchange(request, port: proxy.port, timeout: expectsError ? 1 : 60, endsInput: !expectsError)
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

extension ProxyRun {
  /// Sends a test's stages; nil if all of them came to what the test expects, else why not.
  func failure(of test: CRSTestCase) -> String? {
    if let fault = test.fault { return fault }
    var location: String?
    for (number, stage) in test.stages.enumerated() {
      let name = test.stages.count > 1 ? "stage \(number + 1): " : ""
      let request: [UInt8]
      do { request = try stage.input.request(location: stage.input.followsRedirect ? location : nil) } catch { return "\(name)\(error)" }
      var result = send(request, expectsError: stage.expectation.expectsError)
      var reason = stage.expectation.failure(answer: result.answer, records: result.records)
      if reason != nil, stage.expectation.retriesOnce {
        result = send(request, expectsError: stage.expectation.expectsError)
        reason = stage.expectation.failure(answer: result.answer, records: result.records)
      }
      if let reason { return name + reason }
      location = RawClient.field("location", of: result.answer.bytes)
    }
    return nil
  }
}
