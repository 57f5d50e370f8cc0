import CPCRE2

/// How a pattern is compiled. Patterns and texts are bytes, unless `unicode` is given.
public struct RegexOptions: OptionSet, Sendable {
  public let rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let caseInsensitive = RegexOptions(rawValue: 1)
  /// `^` and `$` also at line ends.
  public static let multiline = RegexOptions(rawValue: 2)
  /// `$` only at the very end, not before a last newline.
  public static let dollarEndOnly = RegexOptions(rawValue: 4)
  /// A dot matches newlines too.
  public static let dotAll = RegexOptions(rawValue: 8)
  /// Pattern and text are UTF-8, and a character is a Unicode scalar; a group that took no part matches the empty text, as in
  /// ECMA-262. The caller answers for texts being valid UTF-8: it is not checked again.
  public static let unicode = RegexOptions(rawValue: 16)

  fileprivate var flags: UInt32 {
    // `(*UTF)` in a pattern would reject texts that are no UTF-8, which is most attacks: refuse it at load.
    var flags =
      contains(.unicode)
      ? UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_UNSET_BACKREF) | UInt32(PCRE2_NEVER_BACKSLASH_C) : UInt32(PCRE2_NEVER_UTF)
    if contains(.caseInsensitive) { flags |= UInt32(PCRE2_CASELESS) }
    if contains(.multiline) { flags |= UInt32(PCRE2_MULTILINE) }
    if contains(.dollarEndOnly) { flags |= UInt32(PCRE2_DOLLAR_ENDONLY) }
    if contains(.dotAll) { flags |= UInt32(PCRE2_DOTALL) }
    return flags
  }
}

/// Why a pattern does not compile; the fault of whoever wrote it.
public struct RegexError: Error, Sendable, Equatable {
  public var message: String
  /// Byte offset in the pattern.
  public var offset: Int
}

/// A compiled regular expression (PCRE2 with JIT). Immutable after `init`, so all threads share it.
public final class RegexPattern: @unchecked Sendable {
  public let source: [UInt8]
  /// Capture groups, the whole match not counted.
  public let captureCount: Int
  /// False only where PCRE2 has no compiler for the machine or the pattern; the interpreter is used then.
  public let isJITCompiled: Bool
  /// Whether nothing is known of where a match begins, so that every place of a text has to be tried.
  public let startsAnywhere: Bool
  // `@unchecked`: PCRE2 does not change a code block after pcre2_jit_compile (pcre2api, "Multithreading").
  let code: OpaquePointer

  /// - Throws: `RegexError` with PCRE2's reason and the offset.
  public init(_ pattern: [UInt8], options: RegexOptions = []) throws(RegexError) {
    var status: Int32 = 0
    var offset = 0
    // One byte more, so that an empty pattern has an address.
    let compiled = (pattern + [0]).withUnsafeBufferPointer { bytes in
      pcre2_compile_8(bytes.baseAddress, pattern.count, options.flags, &status, &offset, nil)
    }
    guard let compiled else { throw RegexError(message: Self.message(status), offset: min(offset, pattern.count)) }
    code = compiled
    source = pattern
    isJITCompiled = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) == 0
    var groups: UInt32 = 0
    _ = pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    captureCount = Int(groups)
    var kind: UInt32 = 0
    _ = pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_FIRSTCODETYPE), &kind)
    var bitmap: UnsafePointer<UInt8>?
    _ = pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_FIRSTBITMAP), &bitmap)
    var flags: UInt32 = 0
    _ = pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_ALLOPTIONS), &flags)
    // A bitmap of most bytes says nothing either.
    let starts = bitmap.map { bits in (0..<32).reduce(0) { $0 + bits[$1].nonzeroBitCount } } ?? 256
    startsAnywhere = kind == 0 && starts > 96 && flags & UInt32(PCRE2_ANCHORED) == 0
  }

  deinit { pcre2_code_free_8(code) }

  private static func message(_ status: Int32) -> String {
    var text = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(status, &text, text.count)
    return String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self)
  }
}
