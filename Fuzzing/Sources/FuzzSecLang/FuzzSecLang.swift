import FuzzDriver
import Glibc
import SecLang

@main
struct FuzzSecLang {
  static func main() {
    exit(runFuzzer { fuzzSecLang($0, $1) })
  }
}

/// No rule text may trap; every diagnostic lies inside the text; what was parsed without error is printed and parsed again without error.
private func fuzzSecLang(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  let first = parse(text)
  let lines = 1 + text.count { $0 == 0x0A }
  for diagnostic in first.diagnostics { precondition((1...lines + 1).contains(diagnostic.range.start.line)) }
  guard !first.hasErrors else { return 0 }
  let printed = RuleSetPrinter().text(first)
  let second = parse(printed)
  precondition(!second.hasErrors, String(decoding: printed, as: UTF8.self))
  precondition(second.statements.count == first.statements.count, String(decoding: printed, as: UTF8.self))
  return 0
}

/// No file but the text itself.
private struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

private func parse(_ text: [UInt8]) -> RuleSet {
  var parser = RuleSetParser(reader: NoFiles())
  parser.parse(text: text, path: "fuzz.conf")
  return parser.finish()
}
