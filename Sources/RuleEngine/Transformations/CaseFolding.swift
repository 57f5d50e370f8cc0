/// `lowercase` and `uppercase`: ASCII only.
enum CaseFolding {
  static func fold(_ input: UnsafeBufferPointer<UInt8>, from: UInt8, to: UInt8, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { $0 &- from < 26 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] { output.append(byte &- from < 26 ? byte &- from &+ to : byte) }
    return true
  }
}
