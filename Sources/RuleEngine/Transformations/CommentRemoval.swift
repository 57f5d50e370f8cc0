/// `replaceComments`, `removeComments`, `removeCommentsChar`.
enum CommentRemoval {
  /// What stands at a place of the text, the longer mark before a shorter one that it begins with.
  private enum Mark {
    case open, close, markupOpen, markupClose, dashes, hash

    var length: Int {
      switch self {
      case .open, .close, .dashes: 2
      case .markupOpen: 4
      case .markupClose: 3
      case .hash: 1
      }
    }
  }

  @inline(__always)
  private static func mark(_ input: UnsafeBufferPointer<UInt8>, at index: Int) -> Mark? {
    func follows(_ offset: Int, _ byte: UInt8) -> Bool { index + offset < input.count && input[index + offset] == byte }
    switch input[index] {
    case UInt8(ascii: "/"): return follows(1, UInt8(ascii: "*")) ? .open : nil
    case UInt8(ascii: "*"): return follows(1, UInt8(ascii: "/")) ? .close : nil
    case UInt8(ascii: "<"):
      return follows(1, UInt8(ascii: "!")) && follows(2, UInt8(ascii: "-")) && follows(3, UInt8(ascii: "-")) ? .markupOpen : nil
    case UInt8(ascii: "-"):
      guard follows(1, UInt8(ascii: "-")) else { return nil }
      return follows(2, UInt8(ascii: ">")) ? .markupClose : .dashes
    case UInt8(ascii: "#"): return .hash
    default: return nil
    }
  }

  /// `/* … */` becomes one blank, an unclosed one too; a lone `*/` stays.
  static func replace(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    var index = 0
    while index < input.count, mark(input, at: index) != .open { index += 1 }
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      if mark(input, at: index) == .open {
        index += 2
        while index < input.count, mark(input, at: index) != .close { index += 1 }
        index = min(index + 2, input.count)
        output.append(0x20)
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return true
  }

  /// `/* */` and `<!-- -->` vanish, an unclosed one leaves a blank; `--` and `#` cut off the rest.
  ///
  /// As in ModSecurity, either end closes either comment, the byte after a comment is taken as it is, and at the very end that
  /// byte is its NUL.
  static func remove(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    func ends(_ mark: Mark?) -> Bool { mark == .close || mark == .markupClose }
    func begins(_ mark: Mark?) -> Bool { mark != nil && mark != .close }
    var index = 0
    while index < input.count, !begins(mark(input, at: index)) { index += 1 }
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      switch mark(input, at: index) {
      case .open?, .markupOpen?:
        index += input[index] == UInt8(ascii: "/") ? 2 : 4
        while index < input.count, !ends(mark(input, at: index)) { index += 1 }
        guard index < input.count else {
          output.append(0x20)
          return true
        }
        index += input[index] == UInt8(ascii: "*") ? 2 : 3
        output.append(index < input.count ? input[index] : 0)
        index += 1
      case .dashes?, .markupClose?, .hash?: return true
      case .close?, nil:
        output.append(input[index])
        index += 1
      }
    }
    return true
  }

  /// Only the marks vanish.
  static func removeMarks(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    var index = 0
    while index < input.count, mark(input, at: index) == nil { index += 1 }
    guard index < input.count else { return false }
    Bytes.begin(&output, with: input, upTo: index)
    while index < input.count {
      if let found = mark(input, at: index) {
        index += found.length
      } else {
        output.append(input[index])
        index += 1
      }
    }
    return true
  }
}
