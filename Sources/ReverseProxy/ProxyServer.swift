import Detection
import Glibc
import NIOCore
import NIOPosix

/// The inline reverse proxy: listens, forwards, drains. Safe from any task.
public final class ProxyServer: Sendable {
  private let shared: ProxyShared
  private let group: MultiThreadedEventLoopGroup
  private let loops: [LoopState]
  private let listener: any Channel
  private let admin: (any Channel)?

  /// Binds the data port and the admin port, and serves from then on.
  ///
  /// - Throws: if a port cannot be bound; the operator's configuration is at fault.
  public static func start(configuration: ProxyConfiguration, inspector: Inspector) async throws -> ProxyServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, configuration.threads))
    do {
      let shared = ProxyShared(configuration: configuration, inspector: inspector)
      let loops = group.makeIterator().map { LoopState(eventLoop: $0, shared: shared) }
      let listener = try await bind(configuration, group: group, loops: loops)
      var admin: (any Channel)?
      if let port = configuration.adminPort {
        admin = try await AdminHandler.bind(host: configuration.adminHost, port: port, group: group, shared: shared)
      }
      return ProxyServer(shared: shared, group: group, loops: loops, listener: listener, admin: admin)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private init(shared: ProxyShared, group: MultiThreadedEventLoopGroup, loops: [LoopState], listener: any Channel, admin: (any Channel)?) {
    self.shared = shared
    self.group = group
    self.loops = loops
    self.listener = listener
    self.admin = admin
  }

  private static func bind(
    _ configuration: ProxyConfiguration, group: MultiThreadedEventLoopGroup, loops: [LoopState]
  ) async throws -> any Channel {
    try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: UInt(ListenerHandler.maximumAccepts))
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(ListenerHandler()) }
      }
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = loops.first(where: { $0.eventLoop === channel.eventLoop }) else { throw ChannelError.operationUnsupported }
          try channel.pipeline.syncOperations.addHandler(ClientHandler(loop: loop))
        }
      }
      .bindOrExplain(host: configuration.listenHost, port: configuration.listenPort)
  }

  /// The port that is listened on.
  public var port: Int { listener.localAddress?.port ?? 0 }
  public var adminPort: Int? { admin?.localAddress?.port }

  /// Takes a new generation of rules; requests in flight end with theirs.
  public func replaceRules(with inspector: Inspector) { shared.replace(inspector) }

  /// Ends without breaking a request, in steps; a second call does nothing.
  ///
  /// 1. `/readyz` says 503, and every answer closes its connection. For `drainGrace` all else goes on.
  /// 2. New handshakes are dropped, and the listener closes when nobody stands in its queue. Idle connections are closed; those that have not carried a request
  ///    yet have `drainGrace` to bring one.
  /// 3. When no connection is left, or `drainTimeout` after the beginning, the rest is closed.
  public func drain() async throws {
    guard !shared.isDraining.exchange(true, ordering: .relaxed) else { return }
    let deadline = ContinuousClock.now + shared.configuration.drainTimeout
    try await sleep(min(shared.configuration.drainGrace, shared.configuration.drainTimeout))
    let settling = min(shared.configuration.drainGrace, .milliseconds(500))
    listener.pipeline.fireUserInboundEventTriggered(ListenerHandler.Stop(settling: TimeAmount(settling)))
    try? await listener.closeFuture.get()
    for loop in loops { loop.eventLoop.execute { loop.drain() } }
    // Twice: a connection that was accepted last may be on its way between two loops.
    var emptyCount = 0
    while emptyCount < 2, ContinuousClock.now < deadline {
      var count = 0
      for loop in loops { count += try await loop.eventLoop.submit { loop.clientCount }.get() }
      emptyCount = count == 0 ? emptyCount + 1 : 0
      try await sleep(.milliseconds(5))
    }
    for loop in loops { loop.eventLoop.execute { loop.closeAll() } }
    try? await admin?.close().get()
    try await group.shutdownGracefully()
  }

  /// By the clock of an event loop: the tasks' threads may all be busy.
  private func sleep(_ duration: Duration) async throws {
    try await group.next().scheduleTask(in: TimeAmount(duration)) {}.futureResult.get()
  }
}

/// Why the proxy could not start; the operator's configuration is at fault.
public struct ProxyStartError: Error, Sendable, CustomStringConvertible {
  public var description: String
}

extension ServerBootstrap {
  /// Binds, and names the address in the error.
  func bindOrExplain(host: String, port: Int) async throws -> any Channel {
    do {
      return try await bind(host: host, port: port).get()
    } catch let error as IOError {
      throw ProxyStartError(description: "cannot listen on \(host):\(port): \(String(cString: strerror(error.errnoCode)))")
    } catch {
      throw ProxyStartError(description: "cannot listen on \(host):\(port): \(error)")
    }
  }
}
