import NIOCore
import Synchronization

/// The upstreams, taken in turn; one that could not be reached is left out for a while. Safe from any thread.
final class UpstreamSet: Sendable {
  let all: [Upstream]
  private let state: Mutex<State>

  private struct State {
    var next = 0
    var ejectedUntil: [NIODeadline]
  }

  /// For how long an upstream that could not be reached is left out while others can be.
  private static let ejection = TimeAmount.seconds(5)

  init(_ all: [Upstream]) {
    self.all = all
    state = Mutex(State(ejectedUntil: Array(repeating: .distantPast, count: all.count)))
  }

  /// The next in turn that is not ejected and not in `tried`; an ejected one if there is no other; nil if all were tried.
  func choose(tried: [Int] = []) -> Int? {
    if all.count == 1 { return tried.isEmpty ? 0 : nil }
    let now = NIODeadline.now()
    return state.withLock { state in
      var fallback: Int?
      for offset in all.indices {
        let index = (state.next + offset) % all.count
        if tried.contains(index) { continue }
        if state.ejectedUntil[index] <= now {
          state.next = (index + 1) % all.count
          return index
        }
        fallback = fallback ?? index
      }
      return fallback
    }
  }

  func eject(_ index: Int) {
    guard all.count > 1 else { return }
    state.withLock { $0.ejectedUntil[index] = .now() + Self.ejection }
  }
}
