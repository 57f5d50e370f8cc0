/// `base64Decode`, `base64DecodeExt`, `base64Encode`.
enum Base64Coding {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// What was decoded before a byte outside the alphabet, padding included, is kept; line ends are skipped. The forgiving form
  /// skips all such bytes, as PHP does.
  static func decode(_ input: UnsafeBufferPointer<UInt8>, isForgiving: Bool, into output: inout OutputBytes) -> Bool {
    guard !input.isEmpty else { return false }
    Bytes.begin(&output, with: input, upTo: 0)
    var bits: UInt32 = 0
    var count = 0
    for byte in input {
      let value = values[Int(byte)]
      if value == 255 {
        if isForgiving || byte == 0x0A || byte == 0x0D { continue }
        break
      }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return true
  }

  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll()
    var index = 0
    while index < input.count {
      let a = input[index]
      let b = index + 1 < input.count ? input[index + 1] : 0
      let c = index + 2 < input.count ? input[index + 2] : 0
      output.append(alphabet[Int(a >> 2)])
      output.append(alphabet[Int((a & 3) << 4 | b >> 4)])
      output.append(index + 1 < input.count ? alphabet[Int((b & 15) << 2 | c >> 6)] : 0x3D)
      output.append(index + 2 < input.count ? alphabet[Int(c & 63)] : 0x3D)
      index += 3
    }
    return true
  }
}
