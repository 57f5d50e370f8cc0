import CGramScan
import SecLang

/// Which kinds of bytes occur in a text: enough to know of most transformations that they change nothing.
struct ByteTraits: OptionSet, Sendable {
  let rawValue: UInt32

  static let upper = ByteTraits(rawValue: UInt32(ROPELINE_UPPER))
  static let percent = ByteTraits(rawValue: UInt32(ROPELINE_PERCENT))
  static let plus = ByteTraits(rawValue: UInt32(ROPELINE_PLUS))
  static let ampersand = ByteTraits(rawValue: UInt32(ROPELINE_AMPERSAND))
  static let backslash = ByteTraits(rawValue: UInt32(ROPELINE_BACKSLASH))
  /// 80 and above.
  static let high = ByteTraits(rawValue: UInt32(ROPELINE_HIGH))
  static let null = ByteTraits(rawValue: UInt32(ROPELINE_NULL))
  static let blank = ByteTraits(rawValue: UInt32(ROPELINE_BLANK))
  /// Tab, line feed, vertical tab, form feed, carriage return.
  static let otherSpace = ByteTraits(rawValue: UInt32(ROPELINE_OTHER_SPACE))
  /// Marks of comments: `*`, `#`, `-`, `<`.
  static let commentMark = ByteTraits(rawValue: UInt32(ROPELINE_COMMENT_MARK))
  /// What `cmdLine` drops or joins besides blanks and backslashes: `"`, `'`, `^`, `,`, `;`.
  static let shellMark = ByteTraits(rawValue: UInt32(ROPELINE_SHELL_MARK))
  static let lower = ByteTraits(rawValue: UInt32(ROPELINE_LOWER))
  /// Two blanks in a row.
  static let doubleBlank = ByteTraits(rawValue: UInt32(ROPELINE_DOUBLE_BLANK))
  /// A dot at the beginning or behind a slash, or two slashes in a row.
  static let pathMark = ByteTraits(rawValue: UInt32(ROPELINE_PATH_MARK))
  /// A blank before `/` or `(`.
  static let blankBeforeMark = ByteTraits(rawValue: UInt32(ROPELINE_BLANK_BEFORE_MARK))
  /// Stands for transformations of which nothing is known beforehand: in every text.
  static let any = ByteTraits(rawValue: 1 << 15)

  /// Linear; two passes at most.
  ///
  /// - Parameter plainly: without vector instructions; the answer is the same.
  static func of(_ text: ByteView, plainly: Bool = false) -> ByteTraits {
    guard let start = text.baseAddress else { return .any }
    let found = plainly ? ropeline_byte_traits_plain(start, text.count) : ropeline_byte_traits(start, text.count)
    return ByteTraits(rawValue: found | any.rawValue)
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
