import Foundation
import Testing

@testable import Settings

@Suite("ropeline.yaml")
struct SettingsFileTests {
  private func read(_ text: String) throws -> SettingValues {
    var values = SettingValues()
    try SettingsFile.read(text, path: "conf/ropeline.yaml", into: &values)
    return values
  }

  @Test func valuesOfEveryKindAreRead() throws {
    let values = try read(
      """
      proxy:
        listen: 0.0.0.0:80
        upstreams: [http://10.0.0.1:3000, http://10.0.0.2:3000]
        mode: block
        threads: 4
      timeouts: {head: 2m}
      limits: {field: 8KiB}
      rules:
        crs: true
        paths: [ours, /etc/rules]
      logs: {audit: "-"}
      """)
    #expect(values.text("proxy.listen") == "0.0.0.0:80")
    #expect(values.list("proxy.upstreams") == ["http://10.0.0.1:3000", "http://10.0.0.2:3000"])
    #expect(values.number("proxy.threads") == 4)
    #expect(values.number("timeouts.head") == 120)
    #expect(values.number("limits.field") == 8192)
    #expect(values.isOn("rules.crs") == true)
    #expect(values.list("rules.paths") == ["conf/ours", "/etc/rules"], "relative paths start at the file")
    #expect(values.text("logs.audit") == "-")
    #expect(values.text("proxy.admin") == nil)
  }

  @Test(
    "An empty file or section sets nothing",
    arguments: ["", "# nothing\n", "proxy:\n", "proxy:\n  listen:\n", "---\n"])
  func nothingIsSet(_ text: String) throws {
    #expect(try read(text) == SettingValues())
  }

  /// (file, the whole message)
  private static let mistakes: [(String, String)] = [
    ("proxy:\n  listn: a:1\n", "conf/ropeline.yaml:2:3: \"listn\" is no key of proxy; did you mean listen?"),
    ("prxy:\n  listen: a:1\n", "conf/ropeline.yaml:1:1: \"prxy\" is no section; did you mean proxy?"),
    ("proxy:\n  paranoia: 1\n", "conf/ropeline.yaml:2:3: \"paranoia\" is no key of proxy; there is rules.paranoia"),
    ("rules: {paranoia: 5}\n", "conf/ropeline.yaml:1:19: rules.paranoia is a whole number from 1 to 4, not \"5\""),
    ("proxy: {mode: blok}\n", "conf/ropeline.yaml:1:15: proxy.mode is detect or block, not \"blok\""),
    ("proxy: {listen: [a, b]}\n", "conf/ropeline.yaml:1:17: proxy.listen takes one value, not a list"),
    ("proxy: {listen: {a: b}}\n", "conf/ropeline.yaml:1:17: proxy.listen takes one value"),
    ("rules: {crs: maybe}\n", "conf/ropeline.yaml:1:14: rules.crs is true or false, not \"maybe\""),
    (
      "timeouts: {head: 10d}\n",
      "conf/ropeline.yaml:1:18: timeouts.head is seconds, a whole number from 1 to 3600, such as 10s or 2m, not \"10d\""
    ),
    (
      "limits: {field: 99999999999999999999g}\n",
      "conf/ropeline.yaml:1:17: limits.field is bytes, a whole number from 64 to 1048576, such as 65536 or 64KiB, not \"99999999999999999999g\""
    ),
    ("- a\n- b\n", "conf/ropeline.yaml:1:1: a configuration is made of sections such as \"proxy:\""),
    ("proxy: 3\n", "conf/ropeline.yaml:1:8: proxy is a section: keys are expected below it"),
  ]

  @Test func mistakesSayWhereAndWhat() {
    for (text, expected) in Self.mistakes {
      var values = SettingValues()
      do {
        try SettingsFile.read(text, path: "conf/ropeline.yaml", into: &values)
        Issue.record("no error for \(text)")
      } catch {
        #expect(error.description == expected)
        #expect(values == SettingValues(), "nothing of a bad file is applied")
      }
    }
    #expect(Self.mistakes.count == 12)
  }

  @Test func allMistakesAreFoundAtOnce() {
    var values = SettingValues()
    do {
      try SettingsFile.read("proxy: {mode: x, threads: 0, lisen: a}\nrulez: {}\n", path: "f", into: &values)
      Issue.record("no error")
    } catch {
      #expect(error.list.count == 4)
    }
  }

  @Test(
    "What is not YAML is said with its place",
    arguments: ["a: [b\n", "proxy:\n  listen: a\n listen: b\n", "a: b: c\n", "\"", "proxy: {mode: block}\nproxy: {mode: block}\n"])
  func notYAML(_ text: String) {
    var values = SettingValues()
    do {
      try SettingsFile.read(text, path: "f", into: &values)
      Issue.record("no error")
    } catch {
      #expect(error.list.count == 1 && error.list[0].line != nil)
    }
  }
}

@Suite("The environment")
struct SettingsEnvironmentTests {
  private func read(_ environment: [String: String], files: [String: String] = [:]) throws -> SettingValues {
    var values = SettingValues()
    try SettingsFile.read("proxy: {mode: detect, listen: 'a:1'}", path: "f", into: &values)
    try SettingsEnvironment.read(environment, contents: { files[$0] }, into: &values)
    return values
  }

  @Test func beatsTheFile() throws {
    let values = try read(["ROPELINE_PROXY__MODE": "block", "ROPELINE_RULES__CRS_DIR": "x", "PATH": "/bin"])
    #expect(values.text("proxy.mode") == "block")
    #expect(values.text("proxy.listen") == "a:1")
    #expect(values.text("rules.crs-dir") == "x", "a path of the environment stays as it is")
    #expect(values.warnings.isEmpty)
  }

  @Test func listsAreSeparatedByCommas() throws {
    #expect(try read(["ROPELINE_PROXY__TRUST": "10.0.0.0/8, ::1"]).list("proxy.trust") == ["10.0.0.0/8", "::1"])
  }

  @Test func fileHoldsTheValue() throws {
    #expect(try read(["ROPELINE_PROXY__LISTEN_FILE": "/s"], files: ["/s": "b:2\n"]).text("proxy.listen") == "b:2")
    #expect(throws: SettingProblems.self) { try read(["ROPELINE_PROXY__LISTEN_FILE": "/none"]) }
  }

  @Test func unknownNamesAreWarnings() throws {
    let values = try read(["ROPELINE_PROXY__LISTN": "x", "ROPELINE_CRS": "y"])
    #expect(values.warnings.map(\.description) == ["ROPELINE_PROXY__LISTN: names no setting; did you mean ROPELINE_PROXY__LISTEN?"])
  }

  @Test func wrongValuesAreErrors() {
    #expect(throws: SettingProblems.self) { try read(["ROPELINE_PROXY__THREADS": "many"]) }
  }
}

@Suite("The list of settings")
struct SettingKeyTests {
  @Test func pathsAndEnvironmentNamesAreUnique() {
    #expect(Set(SettingKey.all.map(\.path)).count == SettingKey.all.count)
    #expect(Set(SettingKey.all.map(\.environmentName)).count == SettingKey.all.count)
    #expect(SettingKey.all.count >= 25)
  }

  @Test func schemaNamesEverySetting() {
    let schema = SettingsSchema.text()
    for key in SettingKey.all { #expect(schema.contains("\"\(key.name)\": {\"description\"")) }
  }
}

@Suite("The samples")
struct SampleSettingsTests {
  private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Samples")

  @Test("can be read", arguments: ["ropeline.yaml", "ropeline-full.yaml"])
  func canBeRead(_ name: String) throws {
    var values = SettingValues()
    let file = Self.samples.appendingPathComponent(name)
    try SettingsFile.read(String(contentsOf: file, encoding: .utf8), path: file.path, into: &values)
    #expect(values.isOn("rules.crs") == true)
  }

  @Test func theFullOneNamesEverySetting() throws {
    let text = try String(contentsOf: Self.samples.appendingPathComponent("ropeline-full.yaml"), encoding: .utf8)
    for key in SettingKey.all { #expect(text.contains("\(key.name):"), "\(key.path) is missing") }
  }
}
