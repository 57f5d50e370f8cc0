import SecLang
import Yams

/// Reads `ropeline.yaml`: sections of keys, every key known, every value of its kind.
///
/// All problems are found in one reading, each with line and column. What is read is never partly applied: there is either a value or
/// an error.
public struct SettingsFile {
  /// Bytes of a configuration file; a longer one is an error. 1 MiB.
  public static let maximumBytes = 1 << 20

  /// - Parameters:
  ///   - text: the file's contents.
  ///   - path: the file's name, for messages; relative paths in the file start at its directory.
  /// - Throws: `SettingProblems`, with every problem of the file.
  public static func read(_ text: String, path: String, into values: inout SettingValues) throws(SettingProblems) {
    var file = SettingsFile(path: path)
    let root: Node?
    do {
      guard text.utf8.count <= maximumBytes else {
        throw SettingProblem(source: path, message: "the file is longer than \(maximumBytes) bytes")
      }
      root = try Yams.compose(yaml: text)
    } catch let problem as SettingProblem {
      throw SettingProblems(list: [problem])
    } catch {
      throw SettingProblems(list: [file.problem(of: error)])
    }
    var read: [(SettingKey, [String])] = []
    // An empty file is a configuration in which nothing is set.
    if let root { read = file.sections(of: root) }
    guard file.problems.isEmpty else { throw SettingProblems(list: file.problems) }
    for (key, texts) in read { values.set(key, to: texts) }
  }

  private let path: String
  private let directory: String
  private var problems: [SettingProblem] = []

  private init(path: String) {
    self.path = path
    directory = path.contains("/") ? String(path[...path.lastIndex(of: "/")!]) : ""
  }

  private mutating func sections(of root: Node) -> [(SettingKey, [String])] {
    if case .scalar(let scalar) = root, scalar.string.isEmpty { return [] }
    guard case .mapping(let mapping) = root else {
      report(root, "a configuration is made of sections such as \"proxy:\"")
      return []
    }
    let known = SettingKey.all.reduce(into: [String]()) { if $0.last != $1.section { $0.append($1.section) } }
    var result: [(SettingKey, [String])] = []
    for (name, content) in mapping {
      let section = name.string ?? ""
      guard known.contains(section) else {
        report(name, unknown(section, what: "section", among: known))
        continue
      }
      // `proxy:` with nothing below it is a section in which nothing is set.
      if case .scalar(let scalar) = content, scalar.string.isEmpty { continue }
      guard case .mapping(let keys) = content else {
        report(content, "\(section) is a section: keys are expected below it")
        continue
      }
      for (keyName, value) in keys { result += setting(section, keyName, value) }
    }
    return result
  }

  private mutating func setting(_ section: String, _ name: Node, _ value: Node) -> [(SettingKey, [String])] {
    let text = name.string ?? ""
    guard let key = SettingKey.all.first(where: { $0.section == section && $0.name == text }) else {
      let siblings = SettingKey.all.filter { $0.section == section }.map(\.name)
      var message = unknown(text, what: "key of \(section)", among: siblings)
      if !message.contains("did you mean"), let other = SettingKey.all.first(where: { $0.name == text }) {
        message += "; there is \(other.path)"
      }
      report(name, message)
      return []
    }
    let nodes: [Node]
    switch value {
    case .sequence(let sequence):
      guard key.isList else {
        report(value, "\(key.path) takes one value, not a list")
        return []
      }
      nodes = Array(sequence)
    case .scalar(let scalar):
      // `key:` without a value leaves the standard in force.
      if scalar.string.isEmpty, scalar.style == .any || scalar.style == .plain { return [] }
      nodes = [value]
    default:
      report(value, "\(key.path) takes \(key.isList ? "a list of values" : "one value")")
      return []
    }
    var texts: [String] = []
    for node in nodes {
      guard case .scalar(let scalar) = node else {
        report(node, "\(key.path) takes plain values")
        continue
      }
      switch key.kind.normalize(scalar.string) {
      case .success(let normal): texts.append(key.kind == .path ? resolved(normal) : normal)
      case .failure(let expected): report(node, "\(key.path) is \(expected.text), not \"\(scalar.string)\"")
      }
    }
    return [(key, texts)]
  }

  private func resolved(_ text: String) -> String {
    text.hasPrefix("/") || text == "-" ? text : directory + text
  }

  private func unknown(_ word: String, what: String, among names: [String]) -> String {
    var message = "\"\(word)\" is no \(what)"
    if let name = nearestName(to: word, among: names) { message += "; did you mean \(name)?" }
    return message
  }

  private mutating func report(_ node: Node, _ message: String) {
    problems.append(SettingProblem(source: path, line: node.mark?.line, column: node.mark?.column, message: message))
  }

  private func problem(of error: any Error) -> SettingProblem {
    guard let error = error as? YamlError else { return SettingProblem(source: path, message: "\(error)") }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return SettingProblem(source: path, line: mark.line, column: mark.column, message: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return SettingProblem(
        source: path, line: context.mark.line, column: context.mark.column,
        message: "set twice: \(duplicates.map { "\($0)" }.joined(separator: ", "))")
    default: return SettingProblem(source: path, message: "not YAML: \(error)")
    }
  }
}
