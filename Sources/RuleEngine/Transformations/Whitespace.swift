/// `compressWhitespace`, `removeWhitespace`, `trim`, `trimLeft`, `trimRight`.
enum Whitespace {
  /// Runs become one blank. The byte A0 counts as a blank, as it does in MySQL.
  static func compress(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    var index = 0
    var wasSpace = false
    while index < input.count {
      let isSpace = isCompressed(input[index])
      if isSpace, wasSpace || input[index] != 0x20 { break }
      wasSpace = isSpace
      index += 1
    }
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    for byte in input[index...] {
      let isSpace = isCompressed(byte)
      if !isSpace { output.append(byte) } else if !wasSpace { output.append(0x20) }
      wasSpace = isSpace
    }
    return true
  }

  private static func isCompressed(_ byte: UInt8) -> Bool { Bytes.isSpace(byte) || byte == 0xA0 }

  /// Blanks go, and so do the bytes A0 and C2 (a no-break space as Latin-1 and as UTF-8).
  static func remove(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { isRemoved($0) }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] where !isRemoved(byte) { output.append(byte) }
    return true
  }

  private static func isRemoved(_ byte: UInt8) -> Bool { Bytes.isSpace(byte) || byte == 0xA0 || byte == 0xC2 }

  static func trim(_ input: UnsafeBufferPointer<UInt8>, left: Bool, right: Bool, into output: inout OutputBytes) -> Bool {
    var start = 0
    var end = input.count
    if left { while start < end, Bytes.isSpace(input[start]) { start += 1 } }
    if right { while end > start, Bytes.isSpace(input[end - 1]) { end -= 1 } }
    guard start > 0 || end < input.count else { return false }
    output.removeAll()
    output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
    return true
  }
}
