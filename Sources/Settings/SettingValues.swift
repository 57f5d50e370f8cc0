/// The values of a configuration: what the environment says, over what the file says. Flags are laid over them by the commands.
public struct SettingValues: Sendable, Equatable {
  private var values: [String: [String]] = [:]
  /// What a user should know though it stops nothing, such as an unknown environment name.
  public internal(set) var warnings: [SettingProblem] = []

  public init() {}

  mutating func set(_ key: SettingKey, to texts: [String]) { values[key.path] = texts }

  /// The value of a text, path or choice; nil if it is not set.
  public func text(_ path: String) -> String? {
    precondition(!SettingKey.named(path).isList, "\(path) is a list")
    return values[path]?.first
  }

  /// The value of a number, seconds or bytes, in its unit.
  public func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

  public func isOn(_ path: String) -> Bool? { text(path).map { $0 == "true" } }

  /// The values of a list; empty if it is not set.
  public func list(_ path: String) -> [String] {
    precondition(SettingKey.named(path).isList, "\(path) is no list")
    return values[path] ?? []
  }
}

/// Something wrong with the configuration, and where.
public struct SettingProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, or the name of the environment variable.
  public var source: String
  /// From 1; nil where a place has no meaning.
  public var line: Int?
  public var column: Int?
  public var message: String

  public init(source: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.source = source
    self.line = line
    self.column = column
    self.message = message
  }

  public var description: String {
    guard let line, let column else { return "\(source): \(message)" }
    return "\(source):\(line):\(column): \(message)"
  }
}

/// Everything that is wrong with the configuration; the operator's to mend, trying again cannot help.
public struct SettingProblems: Error, Sendable, CustomStringConvertible {
  public var list: [SettingProblem]

  public init(list: [SettingProblem]) { self.list = list }

  public var description: String { list.map(\.description).joined(separator: "\n") }
}
