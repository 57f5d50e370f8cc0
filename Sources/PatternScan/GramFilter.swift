import CGramScan

/// Says of many patterns at once which of them a text could match: a prefilter, after which the survivors are asked themselves.
///
/// For each pattern up to four requirements are kept: a byte of a set, two sets of pairs and one of triples, of which the text
/// must hold one each. A text's bytes, pairs and triples are looked up in tables of bit rows; the rows of a slot are joined, and a
/// pattern survives if its bit is in all four. Never a false "no". Immutable; safe from any task.
///
/// Cost: tables of 264 KiB for every bank of 256 patterns; a scan of a bank is linear in the text, about ten instructions a byte with AVX2.
public final class GramFilter: @unchecked Sendable {
  // Unchecked: the tables are written by `init` alone.
  private let storage: UnsafeMutablePointer<UInt64>
  private let tables: UnsafeMutablePointer<ropeline_gram_tables>
  public let bankCount: Int
  /// Words of an answer: 64 patterns each.
  public let wordCount: Int

  /// Words of the answer of one bank.
  public static let bankWords = Int(ROPELINE_ROW_WORDS)
  /// Patterns of one bank of tables.
  public static let bankPatterns = bankWords * 64

  /// - Parameter requirements: by pattern; those that require nothing survive always.
  public init(_ requirements: [RequiredTexts]) {
    bankCount = max((requirements.count + Self.bankPatterns - 1) / Self.bankPatterns, 1)
    wordCount = bankCount * Self.bankWords
    let bank = Int(ROPELINE_BANK_WORDS)
    storage = UnsafeMutableRawPointer.allocate(byteCount: bankCount * bank * 8, alignment: 64)
      .bindMemory(to: UInt64.self, capacity: bankCount * bank)
    storage.initialize(repeating: 0, count: bankCount * bank)
    tables = .allocate(capacity: bankCount)
    for number in 0..<bankCount {
      let always = storage + number * bank
      let bytes = always + 4 * Self.bankWords
      let pairs = bytes + Int(ROPELINE_BYTE_ROWS) * Self.bankWords
      let triples = pairs + 2 * Int(ROPELINE_PAIR_ROWS) * Self.bankWords
      (tables + number).initialize(to: ropeline_gram_tables(always: always, bytes: bytes, pairs: pairs, triples: triples))
    }
    for (number, requirement) in requirements.enumerated() { enter(GramChoice(requirement), number) }
  }

  deinit {
    tables.deallocate()
    UnsafeMutableRawPointer(storage).deallocate()
  }

  /// Whether a requirement was found for the pattern at all.
  public static func filters(_ requirement: RequiredTexts) -> Bool { GramChoice(requirement).isUseful }

  /// Writes a bit for each pattern that `text` could match into `answer`, which has room for `wordCount` words.
  ///
  /// - Parameter plainly: without vector instructions; the answer is the same.
  public func scan(_ text: UnsafeBufferPointer<UInt8>, into answer: UnsafeMutablePointer<UInt64>, plainly: Bool = false) {
    for bank in 0..<bankCount {
      if plainly {
        ropeline_gram_scan_plain(tables + bank, text.baseAddress, text.count, answer + bank * Self.bankWords)
      } else {
        scan(text, bank: bank, into: answer + bank * Self.bankWords)
      }
    }
  }

  /// The same for one bank: `answer` has room for `bankWords` words.
  @inline(__always)
  public func scan(_ text: UnsafeBufferPointer<UInt8>, bank: Int, into answer: UnsafeMutablePointer<UInt64>) {
    ropeline_gram_scan(tables + bank, text.baseAddress, text.count, answer)
  }

  private func enter(_ choice: GramChoice, _ number: Int) {
    let table = tables[number / Self.bankPatterns]
    let word = number % Self.bankPatterns / 64
    let bit: UInt64 = 1 << UInt64(number % 64)
    func mark(_ table: UnsafePointer<UInt64>?, _ row: Int) {
      guard let table else { return }
      UnsafeMutablePointer(mutating: table)[row * Self.bankWords + word] |= bit
    }
    for (slot, grams) in [choice.bytes, choice.pairs, choice.pairs2, choice.triples].enumerated() {
      guard let grams else {
        mark(table.always, slot)
        continue
      }
      for gram in grams {
        switch slot {
        case 0: mark(table.bytes, Int(gram[0]))
        case 1, 2: mark(table.pairs, 2 * Int(ropeline_pair_row(gram[0], gram[1])) + slot - 1)
        default: mark(table.triples, Int(ropeline_triple_row(gram[0], gram[1], gram[2])))
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
