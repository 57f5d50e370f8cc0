import HTTPModel
import HTTPWire

/// Where a request came from by what trusted peers say: the addresses that they tell, the client's own on the left.
///
/// Which field they tell it in is the operator's to say. Left open, the first of these that is there counts: `X-Forwarded-For`,
/// `Forwarded` (RFC 7239), then those of networks of content delivery. A peer that passes on a field which it does not write itself can be
/// lied to through it; naming the field shuts that out.
enum ForwardedChain {
  /// Fields with one address, in which networks of content delivery and balancers name the client.
  static let deliveryFields = [
    "cf-connecting-ip", "true-client-ip", "fastly-client-ip", "x-azure-clientip", "x-appengine-user-ip", "x-envoy-external-address",
    "x-real-ip", "x-client-ip", "x-cluster-client-ip",
  ]

  static func addresses(of head: HeadBytes, field: String?) -> [String] {
    let fields = head.spans.map { (name: String(decoding: head.bytes[$0.name].map(asciiLowercased), as: UTF8.self), value: $0.value) }
    func values(_ name: String) -> [[UInt8]] { fields.filter { $0.name == name }.map { Array(head.bytes[$0.value]) } }
    func addresses(_ name: String) -> [String] {
      values(name).flatMap { name == "forwarded" ? forwarded($0) : list($0) }
    }
    if let field { return addresses(field) }
    for name in ["x-forwarded-for", "forwarded"] + deliveryFields {
      let found = addresses(name)
      if !found.isEmpty { return found }
    }
    return []
  }

  /// The client's own address: walking from the right, the first that is not trusted, or the last before what is no address. Nil if
  /// there is none at all.
  static func origin(_ chain: [String], trusting peers: AddressRanges) -> String? {
    var last: String?
    for address in chain.reversed() {
      guard AddressRanges.isAddress(address) else { return last }
      last = AddressRanges.canonical(address)
      if !peers.contains(address) { return last }
    }
    return last
  }

  /// Addresses between commas; some write a port behind them.
  private static func list(_ value: [UInt8]) -> [String] {
    value.split(separator: 0x2C, omittingEmptySubsequences: false).map { bare($0.filter { $0 != 0x20 && $0 != 0x09 }) }
  }

  /// RFC 7239 section 4: elements between commas, pairs between semicolons; of each element what `for` says. An element without one,
  /// and an obfuscated identifier or `unknown` (section 6.3), ends the walk from the right.
  static func forwarded(_ value: [UInt8]) -> [String] {
    split(value, at: 0x2C).map { element in
      for pair in split(element, at: 0x3B) {
        guard let equals = pair.firstIndex(of: 0x3D) else { continue }
        let name = pair[..<equals].filter { $0 != 0x20 && $0 != 0x09 }.map(asciiLowercased)
        guard name.elementsEqual("for".utf8) else { continue }
        var text = Array(pair[(equals + 1)...].drop { $0 == 0x20 || $0 == 0x09 })
        while text.last == 0x20 || text.last == 0x09 { text.removeLast() }
        if text.count >= 2, text.first == 0x22, text.last == 0x22 { text = Array(text.dropFirst().dropLast()).filter { $0 != 0x5C } }
        return bare(text)
      }
      return ""
    }
  }

  /// Without the brackets of IPv6 and without a port.
  private static func bare(_ text: [UInt8]) -> String {
    if text.first == 0x5B, let end = text.firstIndex(of: 0x5D) { return String(decoding: text[1..<end], as: UTF8.self) }
    if let colon = text.lastIndex(of: 0x3A), text.firstIndex(of: 0x3A) == colon { return String(decoding: text[..<colon], as: UTF8.self) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Parts between separators that stand outside of quotes.
  private static func split(_ value: [UInt8], at separator: UInt8) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    var isQuoted = false
    var isEscaped = false
    for byte in value {
      if byte == separator, !isQuoted {
        parts.append([])
        continue
      }
      if byte == 0x22, !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && byte == 0x5C && !isEscaped
      parts[parts.count - 1].append(byte)
    }
    return parts
  }
}
