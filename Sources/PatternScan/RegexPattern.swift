import CPCRE2

/// How a pattern is compiled. Patterns are bytes; UTF mode is never on.
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
}

/// Why a pattern does not compile; the fault of whoever wrote it.
public struct RegexError: Error, Sendable, Equatable {
  public var message: String
  /// Byte offset in the pattern.
  public var offset: Int
}

/// A compiled regular expression (PCRE2 with JIT). Immutable after `init`, so it is shared by all threads.
public final class RegexPattern: @unchecked Sendable {
  public let source: [UInt8]
  /// Capture groups, the whole match not counted.
  public let captureCount: Int
  /// False only where PCRE2 has no compiler for the machine or the pattern; the interpreter is used then.
  public let isJITCompiled: Bool
  // `@unchecked`: PCRE2 does not change a code block after pcre2_jit_compile.
  let code: OpaquePointer

  /// - Throws: `RegexError` with PCRE2's reason and the offset.
  public init(_ pattern: [UInt8], options: RegexOptions = []) throws(RegexError) {
    var flags: UInt32 = 0
    if options.contains(.caseInsensitive) { flags |= UInt32(PCRE2_CASELESS) }
    if options.contains(.multiline) { flags |= UInt32(PCRE2_MULTILINE) }
    if options.contains(.dollarEndOnly) { flags |= UInt32(PCRE2_DOLLAR_ENDONLY) }
    if options.contains(.dotAll) { flags |= UInt32(PCRE2_DOTALL) }
    var code: Int32 = 0
    var offset = 0
    let compiled = pattern.withUnsafeBufferPointer { buffer in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
        pcre2_compile_8(buffer.baseAddress ?? UnsafePointer(empty.baseAddress), buffer.count, flags, &code, &offset, nil)
      }
    }
    guard let compiled else {
      var text = [UInt8](repeating: 0, count: 256)
      let length = pcre2_get_error_message_8(code, &text, text.count)
      throw RegexError(message: String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self), offset: offset)
    }
    self.code = compiled
    source = pattern
    isJITCompiled = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE)) == 0
    var groups: UInt32 = 0
    _ = pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &groups)
    captureCount = Int(groups)
  }

  deinit { pcre2_code_free_8(code) }
}

/// What a match attempt came to. A limit is an answer of its own: it never reads as "no match".
public enum RegexOutcome: Sendable, Equatable { case match, noMatch, limitReached }

/// Match data, limits and machine stack of one thread; not `Sendable`, reused for every match.
public final class RegexScratch {
  private let context: OpaquePointer
  private let stack: OpaquePointer?
  private var data: OpaquePointer
  private var pairs: Int
  private var groups = 0

  /// Room for the captures of most patterns; grown when one has more.
  private static let initialPairs = 32
  private static let maximumStackBytes = 512 * 1024

  /// - Parameter matchLimit: backtracking steps of one match (`SecPcreMatchLimit`), 100,000 by default.
  public init(matchLimit: UInt32 = 100_000) {
    guard let context = pcre2_match_context_create_8(nil), let data = pcre2_match_data_create_8(UInt32(Self.initialPairs), nil) else {
      fatalError("out of memory while making match data")
    }
    self.context = context
    self.data = data
    pairs = Self.initialPairs
    pcre2_set_match_limit_8(context, max(matchLimit, 1))
    pcre2_set_heap_limit_8(context, 20_000)  // KiB, for the interpreter
    stack = pcre2_jit_stack_create_8(32 * 1024, Self.maximumStackBytes, nil)
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
  }

  deinit {
    pcre2_match_data_free_8(data)
    pcre2_match_context_free_8(context)
    if let stack { pcre2_jit_stack_free_8(stack) }
  }

  /// Searches `text` for the first match at or after `from`.
  public func firstMatch(_ pattern: RegexPattern, in text: UnsafeBufferPointer<UInt8>, from: Int = 0) -> RegexOutcome {
    if pattern.captureCount + 1 > pairs, let larger = pcre2_match_data_create_8(UInt32(pattern.captureCount + 1), nil) {
      pcre2_match_data_free_8(data)
      data = larger
      pairs = pattern.captureCount + 1
    }
    guard from <= text.count else { return .noMatch }
    let result: Int32
    if let base = text.baseAddress {
      result = match(pattern, base, text.count, from)
    } else {
      result = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { empty in
        empty.initialize(repeating: 0)
        return empty.baseAddress.map { match(pattern, UnsafePointer($0), 0, 0) } ?? PCRE2_ERROR_NOMATCH
      }
    }
    if result > 0 {
      groups = Int(result)
      return .match
    }
    groups = 0
    if result == PCRE2_ERROR_NOMATCH { return .noMatch }
    return .limitReached
  }

  private func match(_ pattern: RegexPattern, _ base: UnsafePointer<UInt8>, _ count: Int, _ from: Int) -> Int32 {
    guard pattern.isJITCompiled else { return pcre2_match_8(pattern.code, base, count, from, 0, data, context) }
    let result = pcre2_jit_match_8(pattern.code, base, count, from, 0, data, context)
    // The machine stack was too small, which says nothing about the steps: the interpreter counts those.
    if result == PCRE2_ERROR_JIT_STACKLIMIT {
      return pcre2_match_8(pattern.code, base, count, from, UInt32(PCRE2_NO_JIT), data, context)
    }
    return result
  }

  /// Where a group of the last match lies, nil if it took no part. Group 0 is the whole match.
  public func capture(_ group: Int) -> Range<Int>? {
    guard group >= 0, group < groups, let vector = pcre2_get_ovector_pointer_8(data) else { return nil }
    let start = vector[2 * group]
    let end = vector[2 * group + 1]
    guard start != Int(bitPattern: UInt.max), start <= end else { return nil }
    return start..<end
  }
}
