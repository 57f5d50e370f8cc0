import Glibc
import HTTPModel

/// The wall clock: read here, in the shell, and nowhere in the core.
enum Clock {
  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}

/// What in a request names its sender beyond the address.
enum Identity {
  /// The session that an answer gives out; nil for none, and for one that is taken back.
  static func issuedSession(_ fields: [Field], cookie name: String) -> [UInt8]? {
    for field in fields where field.isNamed("set-cookie") {
      let pair = field.value.prefix { $0 != 0x3B }
      guard let equals = pair.firstIndex(of: 0x3D), pair[..<equals].map(asciiLowercased).elementsEqual(name.utf8) else { continue }
      let value = Array(pair[(equals + 1)...])
      return value.isEmpty ? nil : value
    }
    return nil
  }

  /// The value of the session cookie.
  static func session(_ fields: [Field], cookie name: String) -> [UInt8]? {
    for field in fields where field.isNamed("cookie") {
      for pair in field.value.split(separator: 0x3B) {
        let trimmed = pair.drop { $0 == 0x20 }
        guard let equals = trimmed.firstIndex(of: 0x3D) else { continue }
        if trimmed[..<equals].map(asciiLowercased).elementsEqual(name.utf8), equals + 1 < trimmed.endIndex {
          return Array(trimmed[(equals + 1)...])
        }
      }
    }
    return nil
  }
}
