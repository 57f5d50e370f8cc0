import Foundation
import HTTPModel
import RuleEngine

/// Asks the system's resolver for the names that `@rbl` wants to know of, on one thread of its own: a slow name server delays
/// answers about others, and never a request.
final class BlockListResolver: Sendable {
  static let shared = BlockListResolver()

  let cache: BlockListCache

  private init() {
    let signal = DispatchSemaphore(value: 0)
    let cache = BlockListCache { signal.signal() }
    self.cache = cache
    let thread = Thread {
      while true {
        signal.wait()
        guard let name = cache.take() else { continue }
        let isListed = Self.isListed(String(decoding: name, as: UTF8.self))
        cache.put(name, isListed: isListed, at: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)))
      }
    }
    thread.name = "block lists"
    thread.start()
  }

  /// RFC 5782: listed is what has an address within 127.0.0.0/8; anything else is a name server that answers to everything.
  private static func isListed(_ name: String) -> Bool {
    var hints = addrinfo()
    hints.ai_family = AF_INET
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(name, nil, &hints, &list) == 0, let first = list else { return false }
    defer { freeaddrinfo(first) }
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        let isLoopback = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          UInt32(bigEndian: $0.pointee.sin_addr.s_addr) >> 24 == 127
        }
        if isLoopback { return true }
      }
      next = entry.pointee.ai_next
    }
    return false
  }
}
