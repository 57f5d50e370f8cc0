/// Collects what is wrong, up to a limit, so that a hostile file cannot fill memory with complaints.
struct DiagnosticSink {
  private(set) var diagnostics: [Diagnostic] = []
  /// Errors so far: a caller compares before and after to learn whether a part of a directive failed. A refused feature is
  /// understood, so it does not count.
  private(set) var errorCount = 0
  /// Names that differ from the canonical ones in case alone.
  private(set) var spellings: [Spelling] = []
  var isFull: Bool { diagnostics.count > RuleSetParser.maximumDiagnostics }

  mutating func report(
    _ kind: Diagnostic.Kind, _ message: String, at range: SourceRange, suggestion: String? = nil, related: SourceRange? = nil
  ) {
    report(kind, .error, message, at: range, suggestion: suggestion, related: related)
  }

  mutating func report(
    _ kind: Diagnostic.Kind, _ severity: Diagnostic.Severity, _ message: String, at range: SourceRange,
    suggestion: String? = nil, related: SourceRange? = nil
  ) {
    if severity == .error, kind != .refusedFeature { errorCount += 1 }
    guard !isFull else { return }
    if diagnostics.count == RuleSetParser.maximumDiagnostics {
      diagnostics.append(
        Diagnostic(.limitExceeded, .error, "more than \(RuleSetParser.maximumDiagnostics) diagnostics: reading stops here", at: range))
      return
    }
    diagnostics.append(Diagnostic(kind, severity, message, at: range, suggestion: suggestion, related: related))
  }

  /// Notes a name that was found, if it is written in another case than its canonical form.
  mutating func found(_ slice: TextSlice, as canonical: String) {
    guard spellings.count < RuleSetParser.maximumDiagnostics else { return }
    let written = slice.bytes
    // Another spelling is an alias, and as good.
    guard written.count == canonical.utf8.count, !written.elementsEqual(canonical.utf8),
      zip(written, canonical.utf8).allSatisfy({ $0.lowercased == $1.lowercased })
    else { return }
    spellings.append(Spelling(written: slice.string, canonical: canonical, range: slice.range))
  }

  mutating func badArgument(_ slice: TextSlice, expected: String) {
    report(.badArgument, "expected \(expected), found \(slice.isEmpty ? "nothing" : slice.quoted)", at: slice.range)
  }

  mutating func unknown<Name>(_ kind: Diagnostic.Kind, _ what: String, _ slice: TextSlice, in table: NameTable<Name>) {
    let suggestion = table.nearest(slice.bytes)
    let hint = suggestion.map { ", did you mean \($0)?" } ?? ""
    report(kind, "unknown \(what) \(slice.quoted)\(hint)", at: slice.range, suggestion: suggestion)
  }
}
