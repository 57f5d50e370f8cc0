/// Percent-decoding (RFC 3986 section 2.1) as SecLang's engines do it: once, and never refusing.
///
/// A `%` without two hexadecimal digits stays as text: a server that ignores the error must not see more than the rules did.
/// Linear; one allocation.
public enum URLCoding {
  /// The path with each `%XX` decoded. `+` stays: it means a blank in forms only.
  public static func decodePath(_ path: [UInt8]) -> [UInt8] {
    guard path.contains(UInt8(ascii: "%")) else { return path }
    var decoded: [UInt8] = []
    path.withUnsafeBufferPointer { _ = decode($0, plusIsSpace: false, into: &decoded) }
    return decoded
  }

  /// A part of a form or query with each `%XX` decoded and each `+` made a blank.
  public static func decodeForm(_ text: [UInt8]) -> [UInt8] {
    var decoded: [UInt8] = []
    text.withUnsafeBufferPointer { _ = decode($0, plusIsSpace: true, into: &decoded) }
    return decoded
  }

  /// Appends the decoded text to `output`. Returns whether every `%` began a valid sequence.
  public static func decode(_ text: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool, into output: inout [UInt8]) -> Bool {
    var isValid = true
    // Bytes from here to `index` stand for themselves and are copied in one go.
    var plainStart = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        if index + 2 < text.count, let high = hexadecimalDigit(text[index + 1]), let low = hexadecimalDigit(text[index + 2]) {
          output.append(contentsOf: UnsafeBufferPointer(rebasing: text[plainStart..<index]))
          output.append(high << 4 | low)
          index += 3
          plainStart = index
          continue
        }
        isValid = false
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: text[plainStart..<index]))
        output.append(UInt8(ascii: " "))
        plainStart = index + 1
      }
      index += 1
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: text[plainStart..<text.count]))
    return isValid
  }
}

extension URLCoding {
  /// Decodes into memory of the caller's, which has room for `text.count` bytes.
  ///
  /// - Returns: how many bytes were written, and whether every `%` began a valid sequence.
  public static func decode(
    _ text: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool, to output: UnsafeMutablePointer<UInt8>
  ) -> (count: Int, isValid: Bool) {
    var isValid = true
    var count = 0
    var index = 0
    while index < text.count {
      var byte = text[index]
      index += 1
      if byte == UInt8(ascii: "%") {
        if index + 1 < text.count, let high = hexadecimalDigit(text[index]), let low = hexadecimalDigit(text[index + 1]) {
          byte = high << 4 | low
          index += 2
        } else {
          isValid = false
        }
      } else if byte == UInt8(ascii: "+"), plusIsSpace {
        byte = UInt8(ascii: " ")
      }
      output[count] = byte
      count += 1
    }
    return (count, isValid)
  }
}

/// The value of a hexadecimal digit of either case, or nil.
@inline(__always)
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  let digit = byte &- 0x30
  if digit < 10 { return digit }
  let letter = (byte | 0x20) &- 0x61
  return letter < 6 ? letter + 10 : nil
}
