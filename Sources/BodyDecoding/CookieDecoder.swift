/// Splits a `Cookie` field as ModSecurity 3 does: at each `;`, then at the first `=`.
///
/// Nothing is decoded and nothing unquoted: servers disagree about both, and the rules transform by themselves. Blanks before a
/// name are taken off; a pair with an empty name is skipped, a name without `=` has an empty value. Names may repeat.
/// Never fails; linear; at most one cookie for two bytes, so the limit on the field's size limits the cookies too.
public enum CookieDecoder {
  public static func decode(_ headerValue: [UInt8], into cookies: inout [NamedValue]) {
    headerValue.withUnsafeBufferPointer { bytes in
      split(bytes) { name, value in cookies.append(NamedValue(name: Array(name), value: Array(value))) }
    }
  }

  /// The cookies as views into `bytes`.
  @inlinable
  public static func split(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var start = 0
    while start < bytes.count {
      while start < bytes.count, bytes[start] == UInt8(ascii: " ") || bytes[start] == UInt8(ascii: "\t") { start += 1 }
      var equals = -1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: ";") {
        if equals < 0, bytes[end] == UInt8(ascii: "=") { equals = end }
        end += 1
      }
      let nameEnd = equals < 0 ? end : equals
      if nameEnd > start {
        let value = equals < 0 ? end : equals + 1
        body(UnsafeBufferPointer(rebasing: bytes[start..<nameEnd]), UnsafeBufferPointer(rebasing: bytes[value..<end]))
      }
      start = end + 1
    }
  }
}
