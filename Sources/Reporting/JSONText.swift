/// Writes JSON from bytes of any kind: what is not UTF-8 becomes U+FFFD, control characters and the line separators that break
/// scripts and terminals are escaped. Nothing that a client sends reaches a record raw.
public struct JSONText: Sendable {
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false

  public init() {}

  public mutating func beginObject() { open(0x7B) }
  public mutating func endObject() { close(0x7D) }
  public mutating func beginArray() { open(0x5B) }
  public mutating func endArray() { close(0x5D) }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(0x2C) }
    needsComma = true
  }

  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(0x22)
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(0x22)
    bytes.append(0x3A)
    needsComma = false
  }

  /// A member's name that comes from outside.
  public mutating func key(_ name: [UInt8]) {
    separate()
    quote(name)
    bytes.append(0x3A)
    needsComma = false
  }

  public mutating func string(_ text: String) {
    separate()
    quote(text.utf8)
  }

  /// - Parameter limit: bytes that are kept; the rest becomes an ellipsis.
  public mutating func string(_ text: [UInt8], limit: Int = 4096) {
    separate()
    if text.count <= limit { quote(text) } else { quote(Array(text[..<limit]) + Array("…".utf8)) }
  }

  public mutating func number(_ value: Int) {
    separate()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Rounded to so many thousandths; infinities and NaN, which JSON lacks, become null.
  public mutating func number(_ value: Double) {
    separate()
    guard value.isFinite else {
      bytes.append(contentsOf: "null".utf8)
      return
    }
    let rounded = (value * 1000).rounded() / 1000
    bytes.append(contentsOf: String(rounded).utf8)
  }

  public mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  public mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  private mutating func quote(_ text: some Sequence<UInt8>) {
    bytes.append(0x22)
    var decoder = UTF8()
    var iterator = text.makeIterator()
    loop: while true {
      switch decoder.decode(&iterator) {
      case .emptyInput: break loop
      case .error: bytes.append(contentsOf: "\u{FFFD}".utf8)
      case .scalarValue(let scalar): append(scalar)
      }
    }
    bytes.append(0x22)
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22, 0x5C:
      bytes.append(0x5C)
      bytes.append(UInt8(scalar.value))
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF:
      bytes.append(contentsOf: "\\u".utf8)
      let digits = String(scalar.value, radix: 16).utf8
      for _ in 0..<(4 - digits.count) { bytes.append(0x30) }
      bytes.append(contentsOf: digits)
    default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}
