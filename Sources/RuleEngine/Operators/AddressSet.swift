/// The addresses and networks of `@ipMatch` and `@ipMatchFromFile`. A question costs two binary searches, however long the list.
struct AddressSet: Sendable {
  private var v4 = RangeList()
  private var v6 = RangeList()

  /// - Parameter operand: comma-separated addresses and networks (`192.0.2.0/24`); host bits may be set.
  /// - Throws: `OperatorError` with the place of an item that is none.
  init(operand: [UInt8]) throws(OperatorError) {
    var offset = 0
    for item in operand.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      do {
        try insert(item)
      } catch {
        throw OperatorError(message: error.message, offset: offset)
      }
      offset += item.count + 1
    }
    finish()
  }

  /// - Parameter lines: one address or network each.
  init(lines: [[UInt8]]) throws(OperatorError) {
    for line in lines { try insert(line[...]) }
    finish()
  }

  private mutating func insert(_ item: ArraySlice<UInt8>) throws(OperatorError) {
    let text = Self.trimmed(item)
    guard !text.isEmpty else { return }
    let slash = text.firstIndex(of: UInt8(ascii: "/"))
    let name = String(decoding: text, as: UTF8.self)
    guard let address = text[..<(slash ?? text.endIndex)].withUnsafeBufferPointer({ IPAddress($0) }) else {
      throw OperatorError(message: "\(name) is no IP address or network")
    }
    var prefix = address.bitCount
    if let slash {
      guard let length = Self.number(text[(slash + 1)...]), length <= address.bitCount else {
        throw OperatorError(message: "\(name): the prefix of this address is 0 to \(address.bitCount) bits")
      }
      prefix = length
    }
    let free = address.bitCount - prefix
    switch address {
    case .v4(let value):
      let hosts: UInt128 = (1 << UInt128(free)) - 1
      v4.insert(UInt128(value) & ~hosts, UInt128(value) | hosts)
    case .v6(let value):
      let hosts: UInt128 = free == 128 ? .max : (1 << UInt128(free)) - 1
      v6.insert(value & ~hosts, value | hosts)
    }
  }

  private mutating func finish() {
    v4.finish()
    v6.finish()
  }

  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while let first = text.first, Bytes.isSpace(first) { text.removeFirst() }
    while let last = text.last, Bytes.isSpace(last) { text.removeLast() }
    return text
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...3).contains(digits.count) else { return nil }
    var value = 0
    for byte in digits {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int(byte &- 0x30)
    }
    return value
  }

  /// What is no address is in no set. An IPv4-mapped IPv6 address is also looked for as the IPv4 address that it is.
  func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let address = IPAddress(text) else { return false }
    if let mapped = address.mapped, v4.contains(UInt128(mapped)) { return true }
    return switch address {
    case .v4(let value): v4.contains(UInt128(value))
    case .v6(let value): v6.contains(value)
    }
  }
}

/// Ranges of numbers: collected, then sorted and joined once.
private struct RangeList: Sendable {
  private var ranges: [(first: UInt128, last: UInt128)] = []

  mutating func insert(_ first: UInt128, _ last: UInt128) { ranges.append((first, last)) }

  mutating func finish() {
    ranges.sort { $0.first < $1.first }
    var joined: [(first: UInt128, last: UInt128)] = []
    for range in ranges {
      if let previous = joined.last, range.first <= previous.last {
        joined[joined.count - 1].last = max(previous.last, range.last)
      } else {
        joined.append(range)
      }
    }
    ranges = joined
  }

  func contains(_ value: UInt128) -> Bool {
    // The last range that begins at or before the value.
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].first <= value { low = middle + 1 } else { high = middle }
    }
    return low > 0 && value <= ranges[low - 1].last
  }
}
