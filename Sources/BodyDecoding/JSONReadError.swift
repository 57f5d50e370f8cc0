/// What a JSON text may hold before `JSONTape` stops with an error.
public struct JSONTapeLimits: Sendable, Equatable {
  /// Default 16 MiB; at most 2 GiB, since offsets are 32 bits wide.
  public var maximumBytes = 16 << 20
  /// How deep arrays and objects may nest. Default 512; a scalar at the top has depth 0.
  public var maximumDepth = 512
  /// Values and names together. Default 1,000,000; each takes 16 bytes.
  public var maximumNodes = 1_000_000
  /// Digits, points and signs of one number. Default 4,096: exact arithmetic costs time.
  public var maximumNumberBytes = 4096

  public init() {}
}

/// Why a text is not JSON, and where. The fault of whoever sent the text.
public struct JSONReadError: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    case empty, endsEarly, expectsValue, expectsKey, expectsColon, expectsCommaOrBracket, expectsCommaOrBrace, bytesAfterValue
    case byteOrderMark, controlCharacter, unknownEscape, invalidUTF8, stringNotClosed
    case numberWithoutDigit, leadingZero, fractionWithoutDigit, exponentWithoutDigit
    case tooLong, tooDeep, tooManyNodes, numberTooLong
  }

  public var reason: Reason
  /// Bytes from the start of the text.
  public var offset: Int

  public init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// True if the text may well be JSON and only a limit stopped the reading.
  public var isLimit: Bool {
    switch reason {
    case .tooLong, .tooDeep, .tooManyNodes, .numberTooLong: true
    default: false
    }
  }

  /// One clause, without the offset.
  public var message: String {
    switch reason {
    case .empty: "the text is empty"
    case .endsEarly: "the text ends too early"
    case .expectsValue: "a value is expected"
    case .expectsKey: "a name in double quotes is expected"
    case .expectsColon: "a colon is expected"
    case .expectsCommaOrBracket: "a comma or the end of the array is expected"
    case .expectsCommaOrBrace: "a comma or the end of the object is expected"
    case .bytesAfterValue: "there are bytes after the value"
    case .byteOrderMark: "the text begins with a byte order mark"
    case .controlCharacter: "the string contains a control character"
    case .unknownEscape: "the string contains an unknown escape"
    case .invalidUTF8: "the string is not valid UTF-8"
    case .stringNotClosed: "the string is not closed"
    case .numberWithoutDigit: "the number has no digit"
    case .leadingZero: "the number begins with a zero"
    case .fractionWithoutDigit: "the number has no digit after the point"
    case .exponentWithoutDigit: "the number has no digit in its exponent"
    case .tooLong: "the text is longer than the limit"
    case .tooDeep: "nested deeper than the limit"
    case .tooManyNodes: "more values than the limit"
    case .numberTooLong: "the number is longer than the limit"
    }
  }
}
