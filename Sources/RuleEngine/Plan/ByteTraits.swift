import CGramScan
import SecLang

/// Which kinds of bytes occur in a text: enough to know of most transformations that they change nothing.
struct ByteTraits: OptionSet, Sendable {
  let rawValue: UInt32

  static let upper = ByteTraits(rawValue: 1 << 0)
  static let percent = ByteTraits(rawValue: 1 << 1)
  static let plus = ByteTraits(rawValue: 1 << 2)
  static let ampersand = ByteTraits(rawValue: 1 << 3)
  static let backslash = ByteTraits(rawValue: 1 << 4)
  /// 80 and above.
  static let high = ByteTraits(rawValue: 1 << 5)
  static let null = ByteTraits(rawValue: 1 << 6)
  static let blank = ByteTraits(rawValue: 1 << 7)
  /// Tab, line feed, vertical tab, form feed, carriage return.
  static let otherSpace = ByteTraits(rawValue: 1 << 8)
  /// Marks of comments: `*`, `#`, `-`, `<`.
  static let commentMark = ByteTraits(rawValue: 1 << 9)
  /// What `cmdLine` drops or joins besides blanks and backslashes: `"`, `'`, `^`, `,`, `;`.
  static let shellMark = ByteTraits(rawValue: 1 << 10)
  static let lower = ByteTraits(rawValue: 1 << 11)
  /// Two blanks in a row.
  static let doubleBlank = ByteTraits(rawValue: 1 << 12)
  /// A dot at the beginning or behind a slash, or two slashes in a row.
  static let pathMark = ByteTraits(rawValue: 1 << 13)
  /// A blank before `/` or `(`.
  static let blankBeforeMark = ByteTraits(rawValue: 1 << 14)
  /// Stands for transformations of which nothing is known beforehand: in every text.
  static let any = ByteTraits(rawValue: 1 << 15)

  /// A dot, a slash or an opening parenthesis: only with one of them do neighbors matter. Not a trait of its own.
  private static let neighborMark: UInt32 = 1 << 31

  /// By byte. Never freed.
  nonisolated(unsafe) private static let table: UnsafeMutablePointer<UInt32> = {
    let table = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
    for byte in 0..<256 { table[byte] = traits(of: UInt8(byte)) }
    return table
  }()

  private static func traits(of byte: UInt8) -> UInt32 {
    switch byte {
    case 0x41...0x5A: upper.rawValue
    case 0x61...0x7A: lower.rawValue
    case UInt8(ascii: "%"): percent.rawValue
    case UInt8(ascii: "+"): plus.rawValue
    case UInt8(ascii: "&"): ampersand.rawValue
    case UInt8(ascii: "\\"): backslash.rawValue
    case 0x80...0xFF: high.rawValue
    case 0: null.rawValue
    case 0x20: blank.rawValue | neighborMark
    case 0x09...0x0D: otherSpace.rawValue
    case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "<"): commentMark.rawValue
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "^"), UInt8(ascii: ","), UInt8(ascii: ";"): shellMark.rawValue
    case UInt8(ascii: "."), UInt8(ascii: "/"): neighborMark
    default: 0
    }
  }

  /// One pass over the text, and a second one if it holds blanks, dots or slashes.
  static func of(_ text: ByteView) -> ByteTraits {
    guard let start = text.baseAddress else { return .any }
    let found = ropeline_join_classes(table, start, text.count)
    guard found & neighborMark != 0 else { return ByteTraits(rawValue: found | any.rawValue) }
    return ByteTraits(rawValue: found & ~neighborMark | any.rawValue | neighbors(start, text.count))
  }

  private static func neighbors(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    var found: UInt32 = text[0] == UInt8(ascii: ".") ? pathMark.rawValue : 0
    var previous = text[0]
    for index in stride(from: 1, to: count, by: 1) {
      let byte = text[index]
      if previous == 0x20 {
        if byte == 0x20 { found |= doubleBlank.rawValue }
        if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "(") { found |= blankBeforeMark.rawValue }
      } else if previous == UInt8(ascii: "/"), byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") {
        found |= pathMark.rawValue
      }
      previous = byte
    }
    return found
  }
}

extension TransformationName {
  /// The traits without which it leaves a text as it is.
  var changingTraits: ByteTraits {
    switch self {
    case .none: []
    case .lowercase: .upper
    case .uppercase: .lower
    case .urlDecodeUni, .urlDecode: [.percent, .plus]
    case .htmlEntityDecode: .ampersand
    case .jsDecode, .cssDecode, .escapeSeqDecode: .backslash
    case .utf8toUnicode: .high
    case .removeNulls, .replaceNulls: .null
    case .compressWhitespace: [.doubleBlank, .otherSpace, .high]
    case .removeWhitespace: [.blank, .otherSpace, .high]
    case .trim, .trimLeft, .trimRight: [.blank, .otherSpace]
    case .replaceComments, .removeComments, .removeCommentsChar: .commentMark
    case .cmdLine: [.upper, .backslash, .shellMark, .otherSpace, .doubleBlank, .blankBeforeMark]
    case .normalisePath: .pathMark
    case .normalisePathWin: [.pathMark, .backslash]
    case .base64Decode, .base64DecodeExt, .base64Encode, .hexDecode, .hexEncode, .sqlHexDecode, .sha1, .md5, .length, .urlEncode,
      .parityEven7bit, .parityOdd7bit, .parityZero7bit, .phpArgsNames:
      .any
    }
  }
}
