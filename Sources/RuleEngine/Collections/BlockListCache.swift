import HTTPModel
import SecLang
import Synchronization

/// What is known of addresses on DNS block lists, for `@rbl`, in bounded memory. Safe from any task.
///
/// No request waits for a name server: what is not known yet is not listed, and is asked for meanwhile by whoever calls `take`.
public final class BlockListCache: Sendable {
  /// Names that are remembered, and names that may wait to be asked for; beyond it nothing is asked.
  public static let maximumNames = 65_536
  public static let maximumWaiting = 1024
  /// Seconds that an answer holds.
  static let lifetime: Int64 = 600

  private struct Answer {
    var isListed: Bool
    var expires: Int64
  }
  /// Two generations, as in `CollectionStore`.
  private struct State {
    var young: [[UInt8]: Answer] = [:]
    var old: [[UInt8]: Answer] = [:]
    var waiting: [[UInt8]] = []
    var asked: Set<[UInt8]> = []
  }
  private let state = Mutex(State())
  private let wake: @Sendable () -> Void

  /// - Parameter wake: called, from any thread, when there is something to `take`.
  public init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

  /// Whether an address is known to be on the list `zone`.
  func isListed(_ address: [UInt8], zone: [UInt8], at now: Timestamp) -> Bool {
    guard let name = Self.name(of: address, in: zone) else { return false }
    let seconds = now.microseconds.quotientRoundedDown(by: 1_000_000)
    let (answer, isNew) = state.withLock { state -> (Answer?, Bool) in
      let answer = state.young[name] ?? state.old[name]
      if let answer, answer.expires > seconds { return (answer, false) }
      // An answer that is too old holds until there is a new one.
      guard state.waiting.count < Self.maximumWaiting, state.asked.insert(name).inserted else { return (answer, false) }
      state.waiting.append(name)
      return (answer, true)
    }
    if isNew { wake() }
    return answer?.isListed ?? false
  }

  /// The next name to ask for, oldest first; nil if there is none.
  public func take() -> [UInt8]? { state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() } }

  /// What a name server said: listed if the name has an address.
  public func put(_ name: [UInt8], isListed: Bool, at now: Timestamp) {
    let expires = now.microseconds.quotientRoundedDown(by: 1_000_000) + Self.lifetime
    state.withLock { state in
      state.asked.remove(name)
      state.young[name] = Answer(isListed: isListed, expires: expires)
      guard state.young.count >= Self.maximumNames / 2 else { return }
      state.old = state.young
      state.young = [:]
    }
  }

  /// `2.0.0.127.zone` for 127.0.0.2, sixteen times two nibbles for IPv6 (RFC 5782); nil if it is no address.
  static func name(of address: [UInt8], in zone: [UInt8]) -> [UInt8]? {
    guard let parsed = address.withUnsafeBufferPointer({ IPAddress($0) }) else { return nil }
    return Array((parsed.reversedLabels + ".").utf8) + zone
  }
}
