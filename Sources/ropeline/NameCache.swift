import ClientSources
import Foundation
import Synchronization

/// What the DNS said of crawlers' addresses, kept for an hour; asked on a thread of its own, one question at a time, so that a flood of
/// claims cannot become a flood of questions.
final class NameCache: Sendable {
  private struct Answer {
    var isConfirmed: Bool?
    var askedAt: Date
  }

  private static let most = 4096
  private static let mostWaiting = 256
  private static let lifetime: TimeInterval = 3600

  private let answers = Mutex<[String: Answer]>([:])
  private let waiting = Mutex(0)
  private let queue = DispatchQueue(label: "ropeline.crawler-names")
  private let waits: Bool

  /// - Parameter waits: whether a question that was never asked is answered at once, however long that takes.
  init(waits: Bool) { self.waits = waits }

  func isConfirmed(_ address: String, in domains: [String]) -> Bool? {
    let key = address + " " + (domains.first ?? "")
    if let known = answers.withLock({ $0[key] }), known.askedAt.timeIntervalSinceNow > -Self.lifetime { return known.isConfirmed }
    if waits {
      let result = NameLookup.isConfirmed(address, in: domains)
      keep(result, key)
      return result
    }
    let isTaken = waiting.withLock { count in
      guard count < Self.mostWaiting else { return false }
      count += 1
      return true
    }
    guard isTaken else { return nil }
    keep(nil, key)
    queue.async {
      self.keep(NameLookup.isConfirmed(address, in: domains), key)
      self.waiting.withLock { $0 -= 1 }
    }
    return nil
  }

  private func keep(_ result: Bool?, _ key: String) {
    answers.withLock {
      if $0.count >= Self.most { $0.removeAll(keepingCapacity: true) }
      $0[key] = Answer(isConfirmed: result, askedAt: Date())
    }
  }
}
