/// A regular expression as far as it matters for what a text must hold to match: case, captures and assertions are left out.
indirect enum RegexNode: Sendable, Equatable {
  /// Matches without taking a byte: anchors, look-arounds, `\b`, the empty pattern.
  case empty
  /// One byte of a set. Upper case is folded into lower case.
  case bytes(ByteSet)
  case sequence([RegexNode])
  case choice([RegexNode])
  /// At least `minimum` times; `maximum` nil for any number.
  case repetition(RegexNode, minimum: Int, maximum: Int?)
  /// Something about which nothing is known, such as a back-reference.
  case anything
}

/// A set of bytes, folded to lower case.
struct ByteSet: Sendable, Equatable {
  private(set) var words: SIMD4<UInt64> = .zero

  init() {}

  init(_ byte: UInt8) { insert(byte) }

  static let all: ByteSet = {
    var set = ByteSet()
    for byte in 0...255 { set.insert(UInt8(byte)) }
    return set
  }()

  mutating func insert(_ byte: UInt8) {
    let folded = Self.fold(byte)
    words[Int(folded >> 6)] |= 1 << UInt64(folded & 63)
  }

  mutating func insert(_ range: ClosedRange<UInt8>) { for byte in range { insert(byte) } }
  mutating func formUnion(_ other: ByteSet) { words |= other.words }

  func contains(_ byte: UInt8) -> Bool { words[Int(Self.fold(byte) >> 6)] & (1 << UInt64(Self.fold(byte) & 63)) != 0 }

  var members: [UInt8] {
    var result: [UInt8] = []
    for index in 0..<4 {
      var word = words[index]
      while word != 0 {
        result.append(UInt8(index * 64 + word.trailingZeroBitCount))
        word &= word - 1
      }
    }
    return result
  }
  var count: Int { (0..<4).reduce(0) { $0 + words[$1].nonzeroBitCount } }

  @inline(__always)
  static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
