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

  private static let table: [UInt32] = (0...255).map { byte in
    var traits: ByteTraits = []
    switch UInt8(byte) {
    case 0x41...0x5A: traits = .upper
    case 0x61...0x7A: traits = .lower
    case UInt8(ascii: "%"): traits = .percent
    case UInt8(ascii: "+"): traits = .plus
    case UInt8(ascii: "&"): traits = .ampersand
    case UInt8(ascii: "\\"): traits = .backslash
    case 0x80...0xFF: traits = .high
    case 0: traits = .null
    case 0x20: traits = .blank
    case 0x09...0x0D: traits = .otherSpace
    case UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "<"): traits = .commentMark
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "^"), UInt8(ascii: ","), UInt8(ascii: ";"): traits = .shellMark
    default: break
    }
    return traits.rawValue
  }

  /// One pass over the text.
  static func of(_ text: ByteView) -> ByteTraits {
    table.withUnsafeBufferPointer { table in
      var found = ByteTraits.any.rawValue
      var previous: UInt8 = UInt8(ascii: "/")
      var isFirst = true
      for byte in text {
        found |= table[Int(byte)]
        switch byte {
        case UInt8(ascii: "."): if previous == UInt8(ascii: "/") { found |= pathMark.rawValue }
        case UInt8(ascii: "/"):
          if previous == UInt8(ascii: "/"), !isFirst { found |= pathMark.rawValue }
          if previous == 0x20 { found |= blankBeforeMark.rawValue }
        case UInt8(ascii: "("): if previous == 0x20 { found |= blankBeforeMark.rawValue }
        case 0x20: if previous == 0x20 { found |= doubleBlank.rawValue }
        default: break
        }
        previous = byte
        isFirst = false
      }
      return ByteTraits(rawValue: found)
    }
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
