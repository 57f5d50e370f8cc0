import CGramScan

/// Says of many patterns at once which of them a text could match: a prefilter, after which the survivors are asked themselves.
///
/// For each pattern up to four requirements are kept: a byte of a set, two sets of pairs and one of triples, of which the text
/// must hold one each. A text's bytes, pairs and triples are looked up in tables of bit rows; the rows of a slot are joined, and a
/// pattern survives if its bit is in all four. Never a false "no". Immutable; safe from any task.
///
/// Cost: tables of 528 KiB for every 512 patterns; a scan is linear in the text, a few dozen instructions a byte.
public final class GramFilter: @unchecked Sendable {
  // Unchecked: the tables are written by `init` alone.
  private let storage: UnsafeMutablePointer<UInt64>
  private let bankCount: Int
  private let patternCount: Int
  /// Words of an answer: 64 patterns each.
  public let wordCount: Int

  private static let bankWords =
    (Int(ROPELINE_BYTE_ROWS) + 2 * Int(ROPELINE_PAIR_ROWS) + Int(ROPELINE_TRIPLE_ROWS)) * rowWords + 4 * rowWords
  private static let rowWords = Int(ROPELINE_ROW_WORDS)
  /// Patterns of one bank of tables.
  private static let bankPatterns = rowWords * 64

  /// - Parameter requirements: by pattern; those that require nothing survive always.
  public init(_ requirements: [RequiredTexts]) {
    patternCount = requirements.count
    bankCount = max((requirements.count + Self.bankPatterns - 1) / Self.bankPatterns, 1)
    wordCount = bankCount * Self.rowWords
    let bytes = bankCount * Self.bankWords * 8
    storage = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(to: UInt64.self, capacity: bytes / 8)
    storage.initialize(repeating: 0, count: bytes / 8)
    for (number, requirement) in requirements.enumerated() { enter(GramChoice(requirement), number) }
  }

  deinit { UnsafeMutableRawPointer(storage).deallocate() }

  /// Whether a requirement was found for the pattern at all.
  public static func filters(_ requirement: RequiredTexts) -> Bool { GramChoice(requirement).isUseful }

  /// Writes a bit for each pattern that `text` could match into `answer`, which has room for `wordCount` words.
  ///
  /// - Parameter plainly: without vector instructions; the answer is the same.
  public func scan(_ text: UnsafeBufferPointer<UInt8>, into answer: UnsafeMutablePointer<UInt64>, plainly: Bool = false) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 4 * Self.rowWords) { rows in
      guard let rows = rows.baseAddress else { return }
      for bank in 0..<bankCount {
        let base = storage + bank * Self.bankWords
        var tables = Self.tables(base)
        // What holds always: the patterns without a requirement in a slot.
        rows.update(from: base + Self.bankWords - 4 * Self.rowWords, count: 4 * Self.rowWords)
        if let start = text.baseAddress, !text.isEmpty {
          if plainly {
            ropeline_gram_scan_plain(&tables, start, text.count, rows)
          } else {
            ropeline_gram_scan(&tables, start, text.count, rows)
          }
        }
        for word in 0..<Self.rowWords {
          answer[bank * Self.rowWords + word] =
            rows[word] & rows[Self.rowWords + word] & rows[2 * Self.rowWords + word] & rows[3 * Self.rowWords + word]
        }
      }
    }
  }

  private static func tables(_ base: UnsafeMutablePointer<UInt64>) -> ropeline_gram_tables {
    let pairs = base + Int(ROPELINE_BYTE_ROWS) * rowWords
    let pairs2 = pairs + Int(ROPELINE_PAIR_ROWS) * rowWords
    return ropeline_gram_tables(bytes: base, pairs: pairs, pairs2: pairs2, triples: pairs2 + Int(ROPELINE_PAIR_ROWS) * rowWords)
  }

  private func enter(_ choice: GramChoice, _ number: Int) {
    let base = storage + number / Self.bankPatterns * Self.bankWords
    let word = number % Self.bankPatterns / 64
    let bit: UInt64 = 1 << UInt64(number % 64)
    let tables = Self.tables(base)
    let always = base + Self.bankWords - 4 * Self.rowWords
    func mark(_ table: UnsafePointer<UInt64>?, _ row: Int) {
      guard let table else { return }
      UnsafeMutablePointer(mutating: table)[row * Self.rowWords + word] |= bit
    }
    for (slot, grams) in [choice.bytes, choice.pairs, choice.pairs2, choice.triples].enumerated() {
      guard let grams else {
        always[slot * Self.rowWords + word] |= bit
        continue
      }
      for gram in grams {
        switch slot {
        case 0: mark(tables.bytes, Int(gram[0]))
        case 1: mark(tables.pairs, Int(ropeline_pair_row(gram[0], gram[1])))
        case 2: mark(tables.pairs2, Int(ropeline_pair_row(gram[0], gram[1])))
        default: mark(tables.triples, Int(ropeline_triple_row(gram[0], gram[1], gram[2])))
        }
      }
    }
  }
}

/// The requirements of one pattern that filter best, by slot; nil where there is none.
struct GramChoice {
  private(set) var bytes: Set<[UInt8]>?
  private(set) var pairs: Set<[UInt8]>?
  private(set) var pairs2: Set<[UInt8]>?
  private(set) var triples: Set<[UInt8]>?

  var isUseful: Bool { bytes != nil || pairs != nil || triples != nil }

  init(_ requirement: RequiredTexts) {
    bytes = Self.best(1, requirement, count: 1).first
    let two = Self.best(2, requirement, count: 2)
    pairs = two.first
    pairs2 = two.count > 1 ? two[1] : nil
    triples = Self.best(3, requirement, count: 1).first
  }

  /// The best `count` sets of grams of a length, best first; each of another requirement.
  private static func best(_ length: Int, _ requirement: RequiredTexts, count: Int) -> [Set<[UInt8]>] {
    var candidates: [(grams: Set<[UInt8]>, chance: Double)] = []
    for set in requirement.sets {
      var grams: Set<[UInt8]> = []
      var isWhole = true
      for string in set {
        guard let rarest = GramModel.rarestGram(length, of: string) else {
          isWhole = false
          break
        }
        grams.insert(rarest.gram)
      }
      guard isWhole else { continue }
      candidates.append((grams, grams.reduce(0) { $0 + GramModel.chance($1[...]) }))
    }
    return candidates.sorted { $0.chance < $1.chance }.prefix(count).map(\.grams)
  }
}
