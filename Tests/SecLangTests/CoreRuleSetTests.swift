import Testing

@testable import SecLang

@Suite("The OWASP CRS as Debian installs it")
struct CoreRuleSetTests {
  private static let rules = "/usr/share/modsecurity-crs/rules"
  private static let setup = "/etc/modsecurity/crs/crs-setup.conf"

  private func load(halving: Bool = false) -> RuleSet? {
    let reader = DiskReader()
    let paths = reader.glob("\(Self.rules)/*.conf")
    guard !paths.isEmpty, (try? reader.read(Self.setup)) != nil else {
      print("### SKIPPED: the OWASP CRS is not installed in \(Self.rules); its files were NOT parsed ###")
      return nil
    }
    var options = ParserOptions()
    options.halvesBackslashes = halving
    var parser = RuleSetParser(reader: reader, options: options)
    parser.parse(path: Self.setup)
    for path in paths { parser.parse(path: path) }
    return parser.finish()
  }

  @Test("loads without a complaint, and every rule and marker is there")
  func loads() {
    guard let set = load() else { return }
    for diagnostic in set.diagnostics.prefix(20) {
      print("\(diagnostic.range.start.file):\(span(diagnostic.range)) \(diagnostic.kind) \(diagnostic.message)")
    }
    #expect(set.diagnostics.isEmpty)
    #expect(set.rules.count == 800)
    #expect(set.rules.count { !$0.isLink } == 634)
    #expect(set.rules.count { $0.isChained } == 166)
    #expect(set.statements.count { $0.directive.value == .marker } == 40)
    #expect(set.statements.count { $0.directive.value == .defaultAction } == 2)
    let names = set.rules.compactMap { $0.condition?.name.value }
    #expect(names.count { $0 == .rx } == 265)
    #expect(names.count { $0 == .lt } == 190)
    let files = set.rules.filter { $0.condition?.name.value == .pmFromFile }
    #expect(files.count == 19)
    #expect(files.allSatisfy { $0.condition?.dataLines?.isEmpty == false })
    let actions = set.rules.flatMap(\.actions.items).map(\.value)
    #expect(actions.count { if case .control = $0 { true } else { false } } == 537)
    #expect(actions.count { if case .setVariable = $0 { true } else { false } } == 546)
    #expect(actions.count { if case .transformation = $0 { true } else { false } } == 837)
  }

  @Test("comes back the same from the text the printer makes", arguments: [false, true])
  func roundTrip(halving: Bool) {
    guard let set = load(halving: halving) else { return }
    var options = ParserOptions()
    options.halvesBackslashes = halving
    let printer = RuleSetPrinter(options: options)
    var again = RuleSetParser(reader: DiskReader(), options: options)
    again.parse(text: printer.text(set), path: "\(Self.rules)/printed.conf")
    let second = again.finish()
    #expect(second.diagnostics.isEmpty)
    #expect(second.statements.count == set.statements.count)
    for (before, after) in zip(set.statements, second.statements) where meaning(before) != meaning(after) {
      Issue.record("\(meaning(before)) became \(meaning(after))")
    }
  }
}
