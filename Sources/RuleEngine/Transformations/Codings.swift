import CCrypto

/// `base64Decode`, `base64DecodeExt`, `base64Encode`.
enum Base64Coding {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// What was decoded before a byte outside the alphabet is kept; the forgiving form skips such bytes.
  static func decode(_ input: UnsafeBufferPointer<UInt8>, isForgiving: Bool, into output: inout [UInt8]) -> Bool {
    output.removeAll(keepingCapacity: true)
    var bits: UInt32 = 0
    var count = 0
    for byte in input {
      if byte == 0x3D || (byte == 0 && !isForgiving) { break }
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
    return output.count != input.count || !output.elementsEqual(input)
  }

  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll(keepingCapacity: true)
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

/// `hexDecode`, `hexEncode`, `sqlHexDecode`.
enum HexCoding {
  /// Pairs of digits; an odd tail is dropped. A byte that is no digit counts by its low bits, as in ModSecurity.
  static func decode(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll(keepingCapacity: true)
    var index = 0
    while index + 1 < input.count {
      output.append(digit(input[index]) &* 16 &+ digit(input[index + 1]))
      index += 2
    }
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt8 { byte >= 0x41 ? (byte & 0xDF) &- 0x41 &+ 10 : byte &- 0x30 }

  static func encode(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll(keepingCapacity: true)
    for byte in input {
      output.append(Bytes.hexDigits[Int(byte >> 4)])
      output.append(Bytes.hexDigits[Int(byte & 15)])
    }
    return true
  }

  /// `0xHH…` runs become bytes.
  static func decodeSQL(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    var isChanged = false
    while index < input.count {
      if input[index] == 0x30, index + 3 < input.count, input[index + 1] | 0x20 == 0x78, Bytes.isHex(input[index + 2]), Bytes.isHex(input[index + 3]) {
        index += 2
        while index + 1 < input.count, Bytes.isHex(input[index]), Bytes.isHex(input[index + 1]) {
          output.append(Bytes.hexValue(input[index]) << 4 | Bytes.hexValue(input[index + 1]))
          index += 2
        }
        isChanged = true
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return isChanged
  }
}

/// `sha1` and `md5`: raw bytes.
enum Digest {
  static func sha1(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool { digest(input, EVP_sha1(), into: &output) }
  static func md5(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool { digest(input, EVP_md5(), into: &output) }

  private static func digest(_ input: UnsafeBufferPointer<UInt8>, _ kind: OpaquePointer?, into output: inout [UInt8]) -> Bool {
    var length: UInt32 = 0
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: repeatElement(0, count: Int(EVP_MAX_MD_SIZE)))
    let isDone = EVP_Digest(input.baseAddress, input.count, &output, &length, kind, nil) == 1
    output.removeLast(output.count - (isDone ? Int(length) : 0))
    return isDone
  }
}

/// `phpArgsNames`: what PHP makes of an argument's name.
enum PHPNames {
  /// Leading blanks go; before the first bracket, blanks and dots become underscores; then closed pairs of brackets follow, and
  /// what stands after the last of them is dropped. A bracket that is never closed becomes an underscore.
  static func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    while index < input.count, input[index] == 0x20 { index += 1 }
    // A name that begins with a bracket is no name.
    if index < input.count, input[index] == 0x5B { return true }
    func appendPlain() {
      output.append(input[index] == 0x20 || input[index] == 0x2E ? 0x5F : input[index])
      index += 1
    }
    while index < input.count, input[index] != 0x5B { appendPlain() }
    var isFirst = true
    while index < input.count, input[index] == 0x5B {
      guard let close = input[index...].firstIndex(of: 0x5D) else {
        guard isFirst else { break }
        output.append(0x5F)
        index += 1
        while index < input.count { appendPlain() }
        break
      }
      var start = index + 1
      while start < close, Bytes.isSpace(input[start]) { start += 1 }
      output.append(0x5B)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start...close]))
      index = close + 1
      isFirst = false
    }
    return output.count != input.count || !output.elementsEqual(input)
  }
}
