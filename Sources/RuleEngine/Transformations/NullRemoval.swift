/// `removeNulls`, `replaceNulls`.
enum NullRemoval {
  static func remove(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { $0 == 0 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] where byte != 0 { output.append(byte) }
    return true
  }

  /// Each becomes a blank.
  static func replace(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { $0 == 0 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] { output.append(byte == 0 ? 0x20 : byte) }
    return true
  }
}
