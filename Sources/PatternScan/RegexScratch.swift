import CPCRE2

/// What a match attempt came to. A limit is an answer of its own: it never reads as "no match".
public enum RegexOutcome: Sendable, Equatable { case match, noMatch, limitReached }

/// Match data, limits and machine stack of one thread; not `Sendable`, reused for every match.
public final class RegexScratch {
  private let context: OpaquePointer
  private let stack: OpaquePointer?
  private var data: OpaquePointer
  private var pairs: Int
  /// Groups of the last match that can have taken part, the whole match included; 0 without a match.
  private var groups = 0

  /// Room for the captures of most patterns; grown when one has more.
  private static let initialPairs = 32
  private static let initialStackBytes = 32 * 1024
  private static let maximumStackBytes = 512 * 1024
  /// For the interpreter, which keeps its backtracking points on the heap.
  private static let heapKibibytes: UInt32 = 20_000
  /// Where an empty text begins that has no address of its own.
  private static let emptyText: StaticString = ""

  /// - Parameter matchLimit: backtracking steps of one match (`SecPcreMatchLimit`), 100,000 by default, at least 1.
  public init(matchLimit: UInt32 = 100_000) {
    guard let context = pcre2_match_context_create_8(nil), let data = pcre2_match_data_create_8(UInt32(Self.initialPairs), nil) else {
      fatalError("out of memory while making match data")
    }
    self.context = context
    self.data = data
    pairs = Self.initialPairs
    pcre2_set_match_limit_8(context, max(matchLimit, 1))
    pcre2_set_heap_limit_8(context, Self.heapKibibytes)
    stack = pcre2_jit_stack_create_8(Self.initialStackBytes, Self.maximumStackBytes, nil)
    if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
  }

  deinit {
    pcre2_match_data_free_8(data)
    pcre2_match_context_free_8(context)
    if let stack { pcre2_jit_stack_free_8(stack) }
  }

  /// Searches `text` for the first match that begins at or after `from`; outside of the text there is none.
  public func firstMatch(_ pattern: RegexPattern, in text: UnsafeBufferPointer<UInt8>, from: Int = 0) -> RegexOutcome {
    groups = 0
    guard from >= 0, from <= text.count else { return .noMatch }
    makeRoom(for: pattern.captureCount + 1)
    let result = match(pattern, text.baseAddress ?? Self.emptyText.utf8Start, text.count, from)
    // 0 is a match with more groups than there is room for, if memory ran out.
    if result >= 0 {
      groups = result == 0 ? pairs : Int(result)
      return .match
    }
    return result == PCRE2_ERROR_NOMATCH ? .noMatch : .limitReached
  }

  /// Where a group of the last match lies, nil if it took no part. Group 0 is the whole match.
  public func capture(_ group: Int) -> Range<Int>? {
    guard group >= 0, group < groups, let vector = pcre2_get_ovector_pointer_8(data) else { return nil }
    // A group that took no part has -1 on both sides (`size_t` is read as Int). In PCRE2
    // before 10.38, `\K` in an assertion can put the end before the start.
    let start = vector[2 * group]
    let end = vector[2 * group + 1]
    return start >= 0 && start <= end ? start..<end : nil
  }

  private func makeRoom(for needed: Int) {
    guard needed > pairs, let larger = pcre2_match_data_create_8(UInt32(clamping: needed), nil) else { return }
    pcre2_match_data_free_8(data)
    data = larger
    pairs = needed
  }

  private func match(_ pattern: RegexPattern, _ base: UnsafePointer<UInt8>, _ count: Int, _ from: Int) -> Int32 {
    guard pattern.isJITCompiled else { return pcre2_match_8(pattern.code, base, count, from, 0, data, context) }
    let result = pcre2_jit_match_8(pattern.code, base, count, from, 0, data, context)
    // The machine stack was too small, which says nothing about the steps: the interpreter counts those.
    guard result == PCRE2_ERROR_JIT_STACKLIMIT else { return result }
    return pcre2_match_8(pattern.code, base, count, from, UInt32(PCRE2_NO_JIT), data, context)
  }
}
