import Glibc
import HTTPModel

/// Fields with which this proxy does something of its own.
public enum KnownField: UInt8, Sendable {
  case other
  case host, connection, contentLength, transferEncoding, expect, via, date
  case forwardedFor, forwardedProto, forwardedHost, forwarded, requestID, range
  /// `X-Ropeline-…`: what this proxy may tell an upstream one day, and nobody else may.
  case reserved
  /// Any other field of one hop only (RFC 9110 section 7.6.1), with those that old clients send.
  case hop
  /// Any other field in which a peer says where a request came from, or who sent it; only a trusted one may.
  case claim

  /// Fields of one hop.
  @inlinable public var isHop: Bool { self == .hop || self == .connection || self == .transferEncoding }

  /// Fields that the proxy writes itself: those of the client are not believed.
  @inlinable public var isRebuilt: Bool {
    switch self {
    case .forwardedFor, .forwardedProto, .forwardedHost, .forwarded, .requestID, .via, .contentLength, .expect, .reserved: true
    case .other, .host, .connection, .transferEncoding, .date, .range, .hop, .claim: false
    }
  }

  /// Lower case.
  private static let names: [(StaticString, KnownField)] = [
    ("host", .host), ("connection", .connection), ("content-length", .contentLength), ("transfer-encoding", .transferEncoding),
    ("expect", .expect), ("via", .via), ("date", .date), ("x-forwarded-for", .forwardedFor), ("x-forwarded-proto", .forwardedProto),
    ("x-forwarded-host", .forwardedHost), ("forwarded", .forwarded), ("x-request-id", .requestID), ("range", .range), ("if-range", .range),
    ("keep-alive", .hop), ("proxy-connection", .hop), ("te", .hop), ("trailer", .hop), ("upgrade", .hop), ("proxy-authenticate", .hop),
    ("proxy-authorization", .hop), ("http2-settings", .hop),
    // Beside `X-Forwarded-…`, those that proxies and networks of content delivery put a client's address into.
    ("x-real-ip", .claim), ("true-client-ip", .claim), ("cf-connecting-ip", .claim), ("cf-connecting-ipv6", .claim),
    ("cf-pseudo-ipv4", .claim), ("x-client-ip", .claim), ("client-ip", .claim), ("x-cluster-client-ip", .claim),
    ("x-originating-ip", .claim), ("x-remote-ip", .claim), ("x-remote-addr", .claim), ("x-original-forwarded-for", .claim),
    ("x-envoy-external-address", .claim), ("fastly-client-ip", .claim), ("x-azure-clientip", .claim), ("x-appengine-user-ip", .claim),
    ("forwarded-for", .claim), ("x-forwarded", .claim),
    // Those in which proxies that authenticate say who it is.
    ("remote-user", .claim), ("x-remote-user", .claim), ("x-webauth-user", .claim), ("x-authenticated-user", .claim),
    ("x-verified-user", .claim), ("x-auth-request-user", .claim), ("x-auth-request-email", .claim), ("x-ssl-client-verify", .claim),
    ("x-ssl-client-s-dn", .claim), ("x-client-cert", .claim), ("ssl-client-cert", .claim),
  ]

  private static let slotCount = 256

  fileprivate struct Slot {
    var hash: UInt32 = 0
    var name: StaticString = ""
    var field = KnownField.other
  }

  /// What names are looked up in; made once and never freed. Whoever looks up many keeps it, and does not ask for it each time.
  struct Tables: @unchecked Sendable {
    /// Open addressing.
    fileprivate let slots: UnsafeMutablePointer<Slot>
    /// One bit for each length of a name, by its first letter.
    fileprivate let lengths: UnsafeMutablePointer<UInt64>
    /// For each byte of a name what it says of the whole: `notToken`, `underscore`, or nothing.
    let classes: UnsafeMutablePointer<UInt8>

    static let notToken: UInt8 = 1
    static let underscore: UInt8 = 2

    fileprivate init() {
      slots = .allocate(capacity: slotCount)
      slots.initialize(repeating: Slot(), count: slotCount)
      lengths = .allocate(capacity: 26)
      lengths.initialize(repeating: 0, count: 26)
      for (name, field) in names {
        lengths[Int(name.utf8Start[0] - 0x61)] |= 1 << UInt64(name.utf8CodeUnitCount)
        var hash = initialHash
        for index in 0..<name.utf8CodeUnitCount { add(name.utf8Start[index], to: &hash) }
        var slot = Int(hash) & (slotCount - 1)
        while slots[slot].field != .other { slot = (slot + 1) & (slotCount - 1) }
        slots[slot] = Slot(hash: hash, name: name, field: field)
      }
      classes = .allocate(capacity: 256)
      for byte in 0...255 { classes[byte] = ByteClass.isToken(UInt8(byte)) ? 0 : Self.notToken }
      classes[0x5F] = Self.underscore
    }

    /// Whether a name of this beginning and length may be one of ours. Every prefix that counts begins with an x.
    @inline(__always)
    fileprivate func mayBe(_ first: UInt8, count: Int) -> Bool {
      let letter = first | 0x20
      return letter == 0x78 || (letter &- 0x61 < 26 && lengths[Int(letter &- 0x61)] >> UInt64(truncatingIfNeeded: min(count, 63)) & 1 == 1)
    }
  }

  static let tables = Tables()

  // FNV-1a, over names as they are compared: in lower case, and `_` read as `-`.
  static var initialHash: UInt32 { 2_166_136_261 }

  @inline(__always)
  static func add(_ byte: UInt8, to hash: inout UInt32) { hash = (hash ^ UInt32(folded(byte))) &* 16_777_619 }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 { byte == 0x5F ? 0x2D : asciiLowercased(byte) }

  /// The field of this name; `_` counts as `-`, as in CGI (RFC 3875 section 4.1.18), where both become one variable.
  @inline(__always)
  static func of(_ name: UnsafeRawBufferPointer, in tables: Tables) -> KnownField {
    guard let first = name.first, tables.mayBe(first, count: name.count) else { return .other }
    return find(name, in: tables.slots)
  }

  private static func find(_ name: UnsafeRawBufferPointer, in slots: UnsafeMutablePointer<Slot>) -> KnownField {
    var hash = initialHash
    for byte in name { add(byte, to: &hash) }
    var slot = Int(hash) & (slotCount - 1)
    while slots[slot].field != .other {
      if slots[slot].hash == hash, isName(name, slots[slot].name) { return slots[slot].field }
      slot = (slot + 1) & (slotCount - 1)
    }
    if name.count > 10, folded(name[0]) == 0x78, folded(name[1]) == 0x2D { return ofPrefix(name) }
    return .other
  }

  @inline(never)
  private static func ofPrefix(_ name: UnsafeRawBufferPointer) -> KnownField {
    func begins(_ prefix: StaticString) -> Bool {
      name.count > prefix.utf8CodeUnitCount && isName(UnsafeRawBufferPointer(rebasing: name[..<prefix.utf8CodeUnitCount]), prefix)
    }
    if begins("x-forwarded-") || begins("x-request-") { return .claim }
    return begins("x-ropeline-") ? .reserved : .other
  }

  private static func isName(_ bytes: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    guard bytes.count == name.utf8CodeUnitCount else { return false }
    for index in 0..<bytes.count where folded(bytes[index]) != name.utf8Start[index] { return false }
    return true
  }
}
