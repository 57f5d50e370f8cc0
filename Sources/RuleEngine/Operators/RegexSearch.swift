import PatternScan

/// `@rx`, `@rxGlobal` and the `@verify…` operators: a pattern, and what is asked of its matches.
struct RegexSearch: BitwiseCopyable, @unchecked Sendable {
  // Unchecked for the reference, which the keeper holds.
  let pattern: Unmanaged<RegexPattern>

  /// Captures beyond these are not kept: rules can name ten, and a long text could match everywhere.
  private static let maximumCaptures = 100
  /// Bytes of matches that a checksum is tried on, for one value; a pattern that matches all of a long text ends here.
  private static let maximumCandidateBytes = 1024 * 1024

  /// A dot matches everything, `$` only at the very end, as in ModSecurity 2.
  ///
  /// - Throws: `OperatorError` with PCRE2's reason and the offset.
  init(_ source: [UInt8], keptBy bytes: RuleBytes) throws(OperatorError) {
    do {
      pattern = bytes.keep(try RegexPattern(source, options: [.dotAll, .dollarEndOnly]))
    } catch {
      throw OperatorError(message: error.message, offset: error.offset)
    }
  }

  func first(in value: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch, _ captures: inout CaptureList?) -> OperatorResult {
    switch match(value, scratch) {
    case .noMatch: return .noMatch
    case .limitReached: return .limitReached
    case .match:
      captures?.removeAll()
      keep(value, scratch, &captures)
      return .match
    }
  }

  /// All matches, their groups numbered on.
  func all(in value: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch, _ captures: inout CaptureList?) -> OperatorResult {
    captures?.removeAll()
    var offset = 0
    var isFound = false
    while offset <= value.count {
      switch match(value, scratch, from: offset) {
      case .noMatch: return isFound ? .match : .noMatch
      case .limitReached: return isFound ? .match : .limitReached
      case .match: break
      }
      let range = scratch.capture(0)
      // Empty matches after the first are where a match ended, not finds.
      if !isFound || range?.isEmpty == false { keep(value, scratch, &captures) }
      isFound = true
      guard let captures, captures.groups.count < Self.maximumCaptures else { return .match }
      let end = range?.upperBound ?? value.count
      offset = end > offset ? end : offset + 1
    }
    return isFound ? .match : .noMatch
  }

  /// The first match that the checksum confirms.
  func first(
    confirmedBy checksum: Checksum, in value: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch, _ captures: inout CaptureList?
  ) -> OperatorResult {
    var offset = 0
    var candidateBytes = 0
    while offset <= value.count {
      switch match(value, scratch, from: offset) {
      case .noMatch: return .noMatch
      case .limitReached: return .limitReached
      case .match: break
      }
      guard let range = scratch.capture(0) else { return .noMatch }
      if checksum.holds(UnsafeBufferPointer(rebasing: value[range])) {
        captures?.removeAll()
        captures?.append(Array(value[range]))
        return .match
      }
      candidateBytes += range.count
      if candidateBytes > Self.maximumCandidateBytes { return .limitReached }
      // A number may begin inside of what was no number as a whole.
      offset = max(offset, range.lowerBound) + 1
    }
    return .noMatch
  }

  @inline(__always)
  func match(_ value: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch, from offset: Int = 0) -> RegexOutcome {
    pattern._withUnsafeGuaranteedRef { scratch.firstMatch($0, in: value, from: offset) }
  }

  private func keep(_ value: UnsafeBufferPointer<UInt8>, _ scratch: RegexScratch, _ captures: inout CaptureList?) {
    guard captures != nil else { return }
    for group in 0...pattern._withUnsafeGuaranteedRef({ $0.captureCount }) {
      captures?.append(scratch.capture(group).map { Array(UnsafeBufferPointer(rebasing: value[$0])) })
    }
  }
}
