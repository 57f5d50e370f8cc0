/// How the parser gets at files. The shell implements it; the core does no IO.
public protocol RuleFileReader {
  /// The bytes of a file. Any error means that it cannot be read; its description goes into the diagnostic.
  func read(_ path: String) throws -> [UInt8]
  /// The paths that a pattern stands for, sorted; empty if there is none. A backslash escapes a character of the pattern.
  func glob(_ pattern: String) -> [String]
}

/// Choices in which SecLang's engines differ.
public struct ParserOptions: Sendable {
  /// Whether `\\` in operands becomes one backslash, as Apache's reader does for ModSecurity 2. Default: no.
  public var halvesBackslashes = false

  public init() {}
}

/// Reads rule files into a `RuleSet`, in the order in which they are given.
///
/// Mistakes become diagnostics and reading goes on at the next directive. No input makes it trap, and time is linear in the
/// input. Not thread-safe; the result is a value.
public struct RuleSetParser {
  /// Bytes of one directive with its continuation lines: 1 MiB.
  public static let maximumLineLength = 1 << 20
  /// Statements of a rule set: 100 000.
  public static let maximumStatements = 100_000
  /// Diagnostics of a rule set: 10 000. Reading stops there.
  public static let maximumDiagnostics = 10_000
  /// How deep files may include one another: 32.
  public static let maximumIncludeDepth = 32

  /// What the rule before the current one asks of it.
  enum ChainState {
    case closed
    /// The rule before was chained. `first` is the index of the chain's head in the statement list; nil if the chain was dropped.
    case open(first: Int?, action: SourceRange)
    /// What stood before could not be read: the next rule without an id may well be a link.
    case uncertain
  }

  let reader: any RuleFileReader
  let options: ParserOptions
  var sink = DiagnosticSink()
  var files: [SourceFile] = []
  var statements: [Statement] = []
  var chain = ChainState.closed
  var firstIDs: [Int: SourceRange] = [:]
  var includeStack: [String] = []
  var readPaths: Set<String> = []
  /// Entries of data files by path: many rules may name one file.
  var dataLists: [String: [[UInt8]]] = [:]
  /// Entries of `SecDataset` by name.
  var datasets: [String: [[UInt8]]] = [:]
  /// What `SecUnicodeCodePage` said, for a `SecUnicodeMapFile` without a code page.
  var codePage: Int?
  var isStopped = false

  public init(reader: any RuleFileReader, options: ParserOptions = .init()) {
    self.reader = reader
    self.options = options
  }

  /// Reads a rule file and what it includes. A file that cannot be read becomes an `unreadableFile` error.
  public mutating func parse(path: String) {
    let place = SourcePosition(file: path, line: 1, column: 1)
    readFile(path, from: SourceRange(start: place, end: place))
  }

  /// Reads text as if it stood in the file `path`, to whose directory relative paths refer.
  public mutating func parse(text: [UInt8], path: String) {
    files.append(SourceFile(path: path, bytes: text))
    includeStack.append(FilePath.normalized(path))
    defer { includeStack.removeLast() }
    var lines = LineReader(file: path, bytes: text)
    while !isStopped, let line = lines.next() {
      parseLine(line)
      if sink.isFull { isStopped = true }
    }
    closeChain(because: "the file ends")
    chain = .closed
  }

  /// Everything that was read. Diagnostics are in the order in which they were found.
  public consuming func finish() -> RuleSet {
    var set = RuleSet()
    set.files = files
    set.statements = statements
    set.diagnostics = sink.diagnostics
    set.spellings = sink.spellings
    return set
  }

  mutating func append(_ statement: Statement) {
    guard statements.count < Self.maximumStatements else {
      sink.report(.limitExceeded, "more than \(Self.maximumStatements) statements: reading stops here", at: statement.range)
      isStopped = true
      return
    }
    statements.append(statement)
  }

  mutating func readFile(_ path: String, from range: SourceRange) {
    guard !isStopped else { return }
    let key = FilePath.normalized(path)
    if includeStack.contains(key) {
      sink.report(.duplicateInclude, "\(path) includes itself", at: range)
      return
    }
    if includeStack.count >= Self.maximumIncludeDepth {
      sink.report(.limitExceeded, "files include one another more than \(Self.maximumIncludeDepth) deep", at: range)
      return
    }
    if readPaths.contains(key) {
      sink.report(.duplicateInclude, .warning, "\(path) was read before and is not read again", at: range)
      return
    }
    do {
      let bytes = try reader.read(path)
      readPaths.insert(key)
      parse(text: bytes, path: path)
    } catch {
      sink.report(.unreadableFile, FileFault.message("cannot read \(path)", path, error), at: range)
    }
  }
}

/// The words for a file that cannot be read.
enum FileFault {
  /// A reader's error may name the path itself; once is enough.
  static func message(_ beginning: String, _ path: String, _ error: any Error) -> String {
    let reason = "\(error)"
    return beginning + ": " + (reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.count + 2)) : reason)
  }
}

/// Paths as text; nothing here asks the file system.
enum FilePath {
  /// A path as seen from the file that names it.
  static func resolve(_ path: String, relativeTo file: String) -> String {
    if path.utf8.first == .slash { return path }
    return directory(of: file) + path
  }

  /// With the slash at its end; empty for a bare file name.
  static func directory(of file: String) -> String {
    guard let slash = file.utf8.lastIndex(of: .slash) else { return "" }
    return String(file[...slash])
  }

  static func isPattern(_ path: String) -> Bool { path.utf8.contains { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b } }

  /// The path as a pattern that stands for itself alone.
  static func escaped(_ path: String) -> String {
    path.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// Without `.` and empty parts, and `..` taken back where it can be.
  static func normalized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
    }
    return (path.utf8.first == .slash ? "/" : "") + parts.joined(separator: "/")
  }
}
