import ArgumentParser
import Foundation
import Settings

/// `--config`, and the values that the file and the environment give.
struct ConfigurationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration file (YAML); $ROPELINE_CONFIG if not given. Flags beat the environment, which beats the file.", valueName: "file"))
  var config: String?

  /// - Throws: `ExitCode(2)` after every mistake has been printed with its place.
  func values() throws -> SettingValues {
    let environment = ProcessInfo.processInfo.environment
    var values = SettingValues()
    do throws(SettingProblems) {
      if let path = config ?? environment["ROPELINE_CONFIG"] {
        guard let data = FileManager.default.contents(atPath: path) else {
          throw SettingProblems(list: [SettingProblem(source: path, message: "the configuration file cannot be read")])
        }
        guard let text = String(data: data, encoding: .utf8) else {
          throw SettingProblems(list: [SettingProblem(source: path, message: "the configuration file is not UTF-8")])
        }
        try SettingsFile.read(text, path: path, into: &values)
      }
      try SettingsEnvironment.read(
        environment, contents: { FileManager.default.contents(atPath: $0).flatMap { String(data: $0, encoding: .utf8) } }, into: &values)
    } catch {
      for problem in error.list { Terminal.error("ropeline: \(problem)") }
      throw ExitCode(2)
    }
    for warning in values.warnings { Terminal.error("ropeline: warning: \(warning)") }
    return values
  }
}
