/// `Include` and `IncludeOptional`.
extension RuleSetParser {
  /// The files that the directive names. They are read by the caller, after the directive's own statement.
  mutating func include(_ line: DirectiveLine) -> [Statement.Content] {
    guard let word = arguments(of: line, 1...1, "a path")?.first else { return [] }
    let value = word.value
    guard !value.isEmpty else {
      sink.badArgument(word.outer, expected: "a path")
      return []
    }
    let path = value.string
    let file = value.text.file
    let isPattern = FilePath.isPattern(path)
    let resolved = FilePath.resolve(path, relativeTo: file)
    // A directory's name may hold characters that mean something in a pattern.
    let directory = FilePath.escaped(FilePath.directory(of: file))
    let pattern = !isPattern ? FilePath.escaped(resolved) : path.utf8.first == .slash ? path : directory + path
    let matches = reader.glob(pattern)
    if matches.isEmpty, line.name.value == .include {
      sink.report(
        .includeWithoutMatch, isPattern ? .warning : .error,
        isPattern ? "no file matches \(value.quoted)" : "there is no file \(value.quoted)", at: value.range)
    }
    return [.include(paths: isPattern || matches.isEmpty ? matches : [resolved])]
  }
}
