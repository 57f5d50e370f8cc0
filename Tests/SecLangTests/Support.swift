import Glibc

@testable import SecLang

/// Files in memory. A pattern may hold `*`.
struct MemoryReader: RuleFileReader {
  struct NoSuchFile: Error, CustomStringConvertible { var description: String { "no such file" } }
  var files: [String: String] = [:]

  func read(_ path: String) throws -> [UInt8] {
    guard let text = files[path] else { throw NoSuchFile() }
    return Array(text.utf8)
  }

  func glob(_ pattern: String) -> [String] { files.keys.filter { fnmatch(pattern, $0, FNM_PATHNAME) == 0 }.sorted() }
}

/// Files on disk, for rule sets that are installed.
struct DiskReader: RuleFileReader {
  struct CannotRead: Error {}

  func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "r") else { throw CannotRead() }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  func glob(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard Glibc.glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }.sorted()
  }
}

func parsed(_ text: String, files: [String: String] = [:], path: String = "test.conf", options: ParserOptions = .init()) -> RuleSet {
  var parser = RuleSetParser(reader: MemoryReader(files: files), options: options)
  parser.parse(text: Array(text.utf8), path: path)
  return parser.finish()
}

/// Whether every statement, printed and read again, means the same.
func comesBackSame(_ set: RuleSet, files: [String: String] = [:]) -> Bool {
  let again = parsed(text(RuleSetPrinter().text(set)), files: files)
  return again.statements.map(meaning) == set.statements.map(meaning)
}

/// `kind line:column-line:column` of every diagnostic.
func summary(_ set: RuleSet) -> [String] {
  set.diagnostics.map { "\($0.kind.rawValue) \(span($0.range))" }
}

/// `line:column-column`, with the line of the end if it is another.
func span(_ range: SourceRange) -> String {
  let end = range.end.line == range.start.line ? "\(range.end.column)" : "\(range.end.line):\(range.end.column)"
  return "\(range.start.line):\(range.start.column)-\(end)"
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension RuleSet {
  var rules: [Rule] { statements.compactMap { if case .rule(let rule) = $0.content { rule } else { nil } } }
}

/// What a statement means, without places.
func meaning(_ statement: Statement) -> String {
  func targets(_ list: [Target]) -> String {
    list.map { "\($0.mode) \($0.variable.value) \(String(describing: $0.selector?.value))" }.joined(separator: "|")
  }
  func actions(_ list: ActionList) -> String { list.items.map { "\($0.value)" }.joined(separator: "\n") }
  let name = statement.directive.value.rawValue
  switch statement.content {
  case .rule(let rule):
    let condition = rule.condition.map { "\($0.isNegated) \($0.name.value) \($0.operand.value) \($0.dataLines?.hashValue ?? 0)" }
    return "\(name) \(targets(rule.targets)) \(condition ?? "") \(rule.isChained) \(rule.isLink) \(actions(rule.actions))"
  case .marker(let marker): return "\(name) \(marker.value)"
  case .defaultAction(let list): return "\(name) \(actions(list))"
  case .removal(let selector): return "\(name) \(selector)"
  case .targetUpdate(let selector, let list): return "\(name) \(selector) \(targets(list))"
  case .actionUpdate(let selector, let list): return "\(name) \(selector) \(actions(list))"
  case .setting(let setting): return "\(name) \(setting)"
  case .include(let paths): return "\(name) \(paths)"
  }
}
