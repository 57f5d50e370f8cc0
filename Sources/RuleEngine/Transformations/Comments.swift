/// `replaceComments`, `removeComments`, `removeCommentsChar`.
enum CommentRemoval {
  private static let slash = UInt8(ascii: "/")
  private static let star = UInt8(ascii: "*")

  private static func starts(_ input: UnsafeBufferPointer<UInt8>, _ index: Int, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= input.count else { return false }
    for offset in 0..<count where input[index + offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// `/* … */` becomes one blank, an unclosed one too; a lone `*/` stays.
  static func replace(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    var isChanged = false
    while index < input.count {
      if starts(input, index, "/*") {
        isChanged = true
        index += 2
        while index < input.count, !starts(input, index, "*/") { index += 1 }
        index = min(index + 2, input.count)
        output.append(0x20)
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return isChanged
  }

  /// `/* */` and `<!-- -->` vanish, an unclosed one leaves a blank; `--` and `#` cut off the rest.
  ///
  /// As in ModSecurity, the byte after a comment is taken as it is, and at the very end that byte is its NUL.
  static func remove(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    while index < input.count {
      if starts(input, index, "/*") || starts(input, index, "<!--") {
        index += input[index] == slash ? 2 : 4
        while index < input.count, !starts(input, index, "*/"), !starts(input, index, "-->") { index += 1 }
        guard index < input.count else {
          output.append(0x20)
          break
        }
        index += input[index] == star ? 2 : 3
        output.append(index < input.count ? input[index] : 0)
        index += 1
      } else if starts(input, index, "--") || input[index] == UInt8(ascii: "#") {
        break
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return output.count != input.count || !output.elementsEqual(input)
  }

  /// Only the marks vanish.
  static func removeMarks(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    while index < input.count {
      if starts(input, index, "/*") || starts(input, index, "*/") {
        index += 2
      } else if starts(input, index, "<!--") {
        index += 4
      } else if starts(input, index, "-->") {
        index += 3
      } else if starts(input, index, "--") {
        index += 2
      } else if input[index] == UInt8(ascii: "#") {
        index += 1
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return output.count != input.count
  }
}

/// `cmdLine`.
enum CommandLineNormalization {
  static func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool {
    Bytes.begin(&output, with: input, upTo: 0)
    var hasBlank = false
    for byte in input {
      switch byte {
      case 0x22, 0x27, 0x5C, 0x5E: continue
      case 0x20, 0x2C, 0x3B, 0x09, 0x0D, 0x0A:
        if !hasBlank {
          output.append(0x20)
          hasBlank = true
        }
      case 0x2F, 0x28:
        if hasBlank { output.removeLast() }
        hasBlank = false
        output.append(byte)
      default:
        output.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        hasBlank = false
      }
    }
    return output.count != input.count || !output.elementsEqual(input)
  }
}

/// `normalisePath`, `normalisePathWin`.
enum PathNormalization {
  static func apply(_ input: UnsafeBufferPointer<UInt8>, windows: Bool, into output: inout [UInt8]) -> Bool {
    guard !input.isEmpty else { return false }
    Bytes.begin(&output, with: input, upTo: 0)
    func byte(_ index: Int) -> UInt8 { windows && input[index] == 0x5C ? 0x2F : input[index] }
    let isAbsolute = byte(0) == 0x2F
    let endsInSlash = byte(input.count - 1) == 0x2F
    // Where each kept segment begins in the output, so that `..` drops the last one; -1 marks a `..` that stays.
    var starts: [Int] = []
    if isAbsolute { output.append(0x2F) }
    var index = 0
    var endsInDot = false
    while index < input.count {
      if byte(index) == 0x2F {
        index += 1
        continue
      }
      var end = index
      while end < input.count, byte(end) != 0x2F { end += 1 }
      let length = end - index
      endsInDot = false
      if length == 1, input[index] == 0x2E {
        endsInDot = end == input.count
      } else if length == 2, input[index] == 0x2E, input[index + 1] == 0x2E, let last = starts.last, last >= 0 {
        starts.removeLast()
        output.removeSubrange(last...)
        endsInDot = end == input.count
      } else if length == 2, input[index] == 0x2E, input[index + 1] == 0x2E, isAbsolute {
        endsInDot = end == input.count
      } else {
        let isParent = length == 2 && input[index] == 0x2E && input[index + 1] == 0x2E
        if !output.isEmpty, output.last != 0x2F { output.append(0x2F) }
        starts.append(isParent ? -1 : output.count)
        for offset in index..<end { output.append(byte(offset)) }
      }
      index = end
    }
    _ = endsInDot
    if endsInSlash {
      if !output.isEmpty, output.last != 0x2F { output.append(0x2F) }
    } else if output.count > 1, output.last == 0x2F {
      output.removeLast()
    }
    return output.count != input.count || !output.elementsEqual(input)
  }
}
