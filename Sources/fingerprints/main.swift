import Foundation
import RuleEngine

/// Derives the table of SQL fingerprints, or measures how well a derivation does on lines that it has not seen.
struct Options {
  var payloads: [String] = []
  var harmless: [String] = []
  var bulk: [String] = []
  var skipped: String?
  var output: String?
  var sentences = 40_000
  var isValidation = false
  var isVerbose = false

  static let usage = """
    usage: fingerprints [--payloads PATH]... [--harmless PATH]... [--bulk PATH]... [--skip TSV] [--sentences N]
                        [--output FILE] [--validate] [--verbose]
      --payloads   injections, one URL-encoded value a line; of a directory, the files sqli-*.txt
      --harmless   values that must never be taken for an injection, in the same form
      --bulk       other text, as it stands; a line of it may be hit now and then
      --skip       rows FILE<TAB>LINE of values that do not count
      --sentences  drawn from the grammar of payloads, and a tenth of those drawn from that of prose (40000)
      --output     the Swift file with the table
      --validate   derives from one half of the lines and measures on the other, both ways round
    """

  init(_ arguments: ArraySlice<String>) throws {
    var rest = arguments
    func value(_ name: String) throws -> String {
      guard let value = rest.popFirst() else { throw Grammar.Mistake(description: "\(name) needs a value") }
      return value
    }
    while let name = rest.popFirst() {
      switch name {
      case "--payloads": payloads.append(try value(name))
      case "--harmless": harmless.append(try value(name))
      case "--bulk": bulk.append(try value(name))
      case "--skip": skipped = try value(name)
      case "--sentences": sentences = Int(try value(name)) ?? sentences
      case "--output": output = try value(name)
      case "--validate": isValidation = true
      case "--verbose": isVerbose = true
      default: throw Grammar.Mistake(description: "\(name) is no option\n\(Self.usage)")
      }
    }
  }
}

func report(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

func run() throws {
  let options = try Options(CommandLine.arguments.dropFirst())
  let skipped = try options.skipped.map(Corpus.marks) ?? []
  let payloads = try options.payloads.flatMap { try Corpus(path: $0, skipped: skipped) { $0.hasPrefix("sqli-") }.values }
  let harmless = try options.harmless.flatMap { try Corpus(path: $0, skipped: skipped).values }
  let bulk = try options.bulk.flatMap { try Corpus(path: $0, isEncoded: false).values }
  let attackSentences = try Corpus.sentences(payloadGrammar, count: options.sentences, seed: 1)
  let proseSentences = try Corpus.sentences(proseGrammar, count: options.sentences * 10, seed: 2)

  if options.isValidation {
    validate(payloads, harmless, attackSentences, proseSentences, bulk)
    return
  }
  let derivation = Derivation(
    attacks: payloads + attackSentences + wordy(payloads + attackSentences), harmless: harmless, prose: proseSentences, bulk: bulk)
  let table = derivation.table
  let found = payloads.count { Derivation.isFound($0, in: table) }
  let flagged = bulk.count { Derivation.isFound($0, in: table) }
  report("\(derivation.rows.count) rows; \(found) of \(payloads.count) payloads, \(flagged) of \(bulk.count) bulk lines")
  if options.isVerbose {
    for index in derivation.missed where index < payloads.count { show("missed", payloads[index], derivation.explanation(payloads[index])) }
    for index in derivation.missed.shuffled().prefix(150) where index >= payloads.count && index < payloads.count + attackSentences.count {
      show("lost", attackSentences[index - payloads.count], derivation.explanation(attackSentences[index - payloads.count]))
    }
    for line in bulk where Derivation.isFound(line, in: table) { show("bulk", line) }
  }
  for row in derivation.rows where options.isVerbose { print("row\t\(Derivation.text(row.row))\t\(row.support)") }
  if let output = options.output {
    let text = TableFile.text(
      derivation, payloads: payloads.count, harmless: harmless.count, bulk: bulk.count, sentences: options.sentences)
    try Data(text.utf8).write(to: URL(fileURLWithPath: output))
  }
}

/// The payloads that leave a string, behind words: an attacker may write any.
func wordy(_ payloads: [[UInt8]]) -> [[UInt8]] {
  payloads.filter { $0.contains(0x27) || $0.contains(0x22) }.map { Array("lorem ipsum ".utf8) + $0 }
}

/// One half teaches, the other asks.
func validate(_ payloads: [[UInt8]], _ harmless: [[UInt8]], _ attacks: [[UInt8]], _ prose: [[UInt8]], _ bulk: [[UInt8]]) {
  func half(_ lines: [[UInt8]], _ part: Int) -> [[UInt8]] { lines.indices.filter { $0 % 2 == part }.map { lines[$0] } }
  func rate(_ lines: [[UInt8]], _ table: SQLFingerprints) -> String {
    let found = lines.count { Derivation.isFound($0, in: table) }
    return "\(found) of \(lines.count) (\(String(format: "%.2f", 100 * Double(found) / Double(max(lines.count, 1)))) %)"
  }
  let alone = Derivation(attacks: attacks + wordy(attacks), harmless: [], prose: prose, bulk: []).table
  report(
    "grammars alone: \(alone.count) rows; payloads \(rate(payloads, alone)), harmless \(rate(harmless, alone)), bulk \(rate(bulk, alone))")
  for part in 0..<2 {
    let derivation = Derivation(
      attacks: half(payloads, part) + attacks + wordy(half(payloads, part) + attacks), harmless: half(harmless, part),
      prose: half(prose, part), bulk: half(bulk, part))
    let table = derivation.table
    let asked = half(payloads, 1 - part)
    report(
      "half \(part): \(table.count) rows; payloads \(rate(asked, table)), harmless \(rate(half(harmless, 1 - part), table)), "
        + "prose \(rate(half(prose, 1 - part), table)), bulk \(rate(half(bulk, 1 - part), table))")
    for line in asked where !Derivation.isFound(line, in: table) { show("missed", line, derivation.explanation(line)) }
    for line in half(harmless, 1 - part) + half(prose, 1 - part) + half(bulk, 1 - part) where Derivation.isFound(line, in: table) {
      show("flagged", line)
    }
  }
}

func show(_ verdict: String, _ value: [UInt8], _ reason: String = "") {
  let shapes = Derivation.shapes(value).joined(separator: "  ")
  print("\(verdict)\t\(shapes)\t\(String(decoding: value.prefix(160), as: UTF8.self).replacing("\n", with: "\\n"))\t\(reason)")
}

do {
  try run()
} catch {
  report("fingerprints: \(error)")
  exit(2)
}
