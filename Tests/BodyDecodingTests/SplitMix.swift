/// A small reproducible source of random numbers (splitmix64), so that a failing input can be made again from its seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Up to `maximum` bytes; most of them out of `alphabet`, so that a parser gets past its first byte.
  mutating func bytes(upTo maximum: Int, alphabet: [UInt8]) -> [UInt8] {
    (0..<Int.random(in: 0...maximum, using: &self)).map { _ in
      UInt8.random(in: 0...7, using: &self) == 0
        ? UInt8.random(in: 0...255, using: &self) : alphabet[Int.random(in: 0..<alphabet.count, using: &self)]
    }
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

extension Array where Element == UInt8 {
  var text: String { String(decoding: self, as: UTF8.self) }
}
