import ArgumentParser
import Settings

/// `ropeline config`: about the configuration file itself.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Check a configuration file, or print its JSON Schema.",
    discussion: """
      Example: ropeline config check Samples/ropeline.yaml
      """,
    subcommands: [Check.self, Schema.self])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say whether a file can be used, with the place of every mistake.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
      var arguments = ConfigurationArguments()
      arguments.config = file
      _ = try arguments.values()
      Terminal.output("\(file): usable\n")
    }
  }

  struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the JSON Schema (2020-12) of the file, for editors.")

    func run() { Terminal.output(SettingsSchema.text()) }
  }
}
