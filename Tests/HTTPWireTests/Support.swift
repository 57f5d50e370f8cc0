import HTTPModel
import HTTPWire

/// One whole head in one piece.
func parse(_ text: String) -> ParsedRequestHead? { parse(Array(text.utf8)) }

func parse(_ bytes: [UInt8]) -> ParsedRequestHead? {
  guard case .head(let head, _) = bytes.withUnsafeBytes({ RequestHeadParser().parse($0) }) else { return nil }
  return head
}

/// The status with which a request is refused because of its head or its body's framing, or nil.
func refusal(of bytes: [UInt8]) -> Int? {
  guard case .head(let head, let consumed) = bytes.withUnsafeBytes({ RequestHeadParser().parse($0) }) else { return nil }
  if let fault = head.fault ?? head.ambiguity { return fault.status }
  guard case .chunked = head.framing else { return nil }
  var decoder = ChunkedDecoder()
  var output: [UInt8] = []
  let step = bytes.withUnsafeBytes { decoder.decode(UnsafeRawBufferPointer(rebasing: $0[consumed...]), into: &output) }
  if case .broken(let fault) = step { return fault.status }
  return nil
}

/// A small deterministic source of numbers (SplitMix64), so that a failure can be had again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
