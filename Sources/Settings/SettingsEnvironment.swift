import SecLang

/// Reads `ROPELINE_SECTION__KEY` variables; lists are separated by commas. `…_FILE` names a file that holds the value.
public struct SettingsEnvironment {
  /// Names that mean something else.
  public static let reserved = ["ROPELINE_CRS", "ROPELINE_CONFORMANCE", "ROPELINE_CONFORMANCE_VERBOSE", "ROPELINE_CONFIG"]

  /// - Parameters:
  ///   - environment: all variables of the process.
  ///   - contents: reads the file of a `…_FILE` variable; nil if it cannot be read.
  /// - Throws: `SettingProblems` for values of the wrong kind. An unknown `ROPELINE_` name is only a warning.
  public static func read(
    _ environment: [String: String], contents: (String) -> String?, into values: inout SettingValues
  ) throws(SettingProblems) {
    var problems: [SettingProblem] = []
    let keys = Dictionary(uniqueKeysWithValues: SettingKey.all.map { ($0.environmentName, $0) })
    // Sorted, so that messages come in the same order each time.
    for (name, given) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("ROPELINE_") && !reserved.contains(name) {
      var text = given
      var key = keys[name]
      if key == nil, name.hasSuffix("_FILE"), let target = keys[String(name.dropLast("_FILE".count))] {
        guard let read = contents(given) else {
          problems.append(SettingProblem(source: name, message: "\(given) cannot be read"))
          continue
        }
        key = target
        text = read.last == "\n" ? String(read.dropLast()) : read
      }
      guard let key else {
        var message = "names no setting"
        if let near = nearestName(to: name, among: Array(keys.keys.sorted())) { message += "; did you mean \(near)?" }
        values.warnings.append(SettingProblem(source: name, message: message))
        continue
      }
      let parts = key.isList ? text.split(separator: ",").map { $0.trimmed } : [text]
      var normal: [String] = []
      for part in parts {
        switch key.kind.normalize(part) {
        case .success(let value): normal.append(value)
        case .failure(let expected):
          problems.append(SettingProblem(source: name, message: "\(key.path) is \(expected.text), not \"\(part)\""))
        }
      }
      values.set(key, to: normal)
    }
    guard problems.isEmpty else { throw SettingProblems(list: problems) }
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
