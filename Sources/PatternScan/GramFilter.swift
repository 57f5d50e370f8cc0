import CGramScan

/// Says of many patterns at once which of them a text could match: a prefilter, after which the survivors are asked themselves.
///
/// For each pattern up to six requirements are kept: two sets of bytes, of pairs and of triples, of which the text must hold one each. A text's bytes, pairs and triples are looked up in tables of bit rows; the rows of a slot are joined, and a
/// pattern survives if its bit is in all of them. Never a false "no". Immutable; safe from any task.
///
/// Cost: tables of 400 KiB for every bank of 256 patterns; a scan of a bank is linear in the text, about ten instructions a byte with AVX2.
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
      let bytes = always + 6 * Self.bankWords
      let pairs = bytes + 2 * Int(ROPELINE_BYTE_ROWS) * Self.bankWords
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
  public static func filters(_ requirement: RequiredTexts) -> Bool {
    // Its strings have a byte each, and so there is at least a set of bytes to look for.
    !requirement.sets.isEmpty
  }

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
    banks.scan(text, bank: bank, into: answer)
  }

  /// The tables without a reference to their owner, for loops that cannot afford to count references. Valid as long as the filter.
  public struct Banks: BitwiseCopyable, @unchecked Sendable {
    // Unchecked: nothing changes the tables.
    fileprivate let tables: UnsafePointer<ropeline_gram_tables>

    /// As `GramFilter.scan`.
    @inline(__always)
    public func scan(_ text: UnsafeBufferPointer<UInt8>, bank: Int, into answer: UnsafeMutablePointer<UInt64>) {
      ropeline_gram_scan(tables + bank, text.baseAddress, text.count, answer)
    }
  }

  public var banks: Banks { Banks(tables: tables) }

  private func enter(_ choice: GramChoice, _ number: Int) {
    let table = tables[number / Self.bankPatterns]
    let word = number % Self.bankPatterns / 64
    let bit: UInt64 = 1 << UInt64(number % 64)
    func mark(_ table: UnsafePointer<UInt64>?, _ row: Int) {
      guard let table else { return }
      UnsafeMutablePointer(mutating: table)[row * Self.bankWords + word] |= bit
    }
    for slot in 0..<6 {
      guard let grams = choice.slots[slot] else {
        mark(table.always, slot)
        continue
      }
      for gram in grams {
        let bytes = (UInt8(truncatingIfNeeded: gram >> 16), UInt8(truncatingIfNeeded: gram >> 8), UInt8(truncatingIfNeeded: gram))
        switch slot / 2 {
        case 0: mark(table.bytes, 2 * Int(bytes.2) + slot)
        case 1: mark(table.pairs, 2 * Int(ropeline_pair_row(bytes.1, bytes.2)) + slot - 2)
        default: mark(table.triples, 2 * Int(ropeline_triple_row(bytes.0, bytes.1, bytes.2)) + slot - 4)
        }
      }
    }
  }
}

/// The requirements of one pattern that filter best: two sets of bytes, two of pairs, two of triples, the bytes of each as one number;
/// nil where there is none.
struct GramChoice {
  private(set) var slots: [Set<UInt32>?] = []

  init(_ requirement: RequiredTexts) {
    for length in 1...3 {
      let best = Self.best(length, requirement)
      slots.append(best.first)
      slots.append(best.count > 1 ? best[1] : nil)
    }
  }

  /// The two best sets of grams of a length, best first: of two requirements, or two pieces of the strings of one.
  private static func best(_ length: Int, _ requirement: RequiredTexts) -> [Set<UInt32>] {
    var candidates: [(grams: Set<UInt32>, chance: Double)] = []
    for set in requirement.sets {
      var first: Set<UInt32> = []
      var second: Set<UInt32> = []
      var secondChance = 0.0
      var isWhole = true
      for string in set {
        guard let rarest = GramModel.rarestGram(length, of: string),
          let next = GramModel.rarestGram(length, of: string, besides: rarest.gram)
        else {
          isWhole = false
          break
        }
        first.insert(rarest.gram)
        second.insert(next.gram)
        secondChance += next.chance
      }
      guard isWhole else { continue }
      candidates.append((first, first.reduce(0) { $0 + GramModel.chance($1, length: length) }))
      // Strings hold both pieces at once, so that the second says less than another requirement would.
      if second != first { candidates.append((second, 2 * secondChance)) }
    }
    return candidates.sorted { $0.chance < $1.chance }.prefix(2).map(\.grams)
  }
}
