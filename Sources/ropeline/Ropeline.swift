import ArgumentParser

@main
struct Ropeline: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ropeline",
    abstract: "The web application firewall for the night when everybody comes at once.",
    discussion: """
      One engine, three uses: an inline reverse-proxy filter, the same verdicts offline from access logs, and a checker of
      rule sets in ModSecurity's language.

      Exit codes: 0 done, 1 findings where asked for, 2 usage, configuration or unreadable input, 130 interrupted.
      """,
    version: Version.text,
    subcommands: [
      ProxyCommand.self, AnalyzeCommand.self, LintCommand.self, ExplainCommand.self, BenchCommand.self, ConfigCommand.self,
      SchemaCommand.self,
      SampleOriginCommand.self, SimulateCommand.self, VerdictsCommand.self,
    ])

  /// Usage errors exit with 2, as the other tools of this kind do; the library's own code for them is 64.
  static func main() async {
    do {
      let command = try parseAsRoot()
      do {
        try await run(command)
      } catch  where exitCode(for: error) == .validationFailure {
        // The library would show the usage of all commands for what one of them finds out while it runs.
        let name = type(of: command).configuration.commandName.map { " \($0)" } ?? ""
        Terminal.error("Error: \(message(for: error))\n  See 'ropeline\(name) --help' for more information.")
        Terminal.exit(2)
      }
    } catch {
      if exitCode(for: error) == .validationFailure {
        Terminal.error(fullMessage(for: error))
        Terminal.exit(2)
      }
      exit(withError: error)
    }
  }

  private static func run(_ command: any ParsableCommand) async throws {
    var command = command
    if var asynchronous = command as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try command.run()
    }
  }
}

/// What this build calls itself.
enum Version {
  static let text = "0.1.0"
}
