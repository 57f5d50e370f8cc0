import RuleEngine

/// Finds the shapes, whole or in part, that injections have and harmless values do not.
///
/// Each value has one shape for each way to read it. A harmless value is harmless in all its readings; an injection is one in at
/// least one of them, and which is not known. A row can be the beginning of a shape, or a piece from anywhere in it. So:
///
/// 1. count, for each possible row, the injections and the harmless values that have it;
/// 2. for each injection, of the possible rows that no harmless value has, take the one that many injections share and that is
///    least likely among harmless values yet unseen;
/// 3. let go what nobody took.
struct Derivation {
  struct Settings {
    /// Injections that must share a beginning before it may stand for shapes that were never seen.
    var minimumSupport = 8
    /// Likewise for a piece that may stand anywhere, where prose has more chances to hit it.
    var minimumPieceSupport = 40
    /// Harmless values of the grammar and of the bulk corpora that one row may hit, of each hundred thousand: words thrown together
    /// make a statement now and then, and text that nobody has read line by line holds one.
    var prosePerHundredThousand = 1
    var bulkPerHundredThousand = 10
    /// The same, for each hundred of the injections that the row finds.
    var harmlessPerHundredAttacks = 10
    /// What a row costs by being there, as a share of the harmless values that it may hit: weighs general rows against safe ones.
    var rowCost = 1e-6
  }

  private struct Count {
    var attacks = 0
    var harmless = 0
    var prose = 0
    var bulk = 0
    /// A harmless value that has it, to be shown.
    var example: Int32 = -1
  }

  private var counts: [UInt64: Count] = [:]
  private let harmlessValues: [[UInt8]]
  private(set) var rows: [(row: UInt64, support: Int)] = []
  /// Injections for which no row could be found, because a harmless value looks the same.
  private(set) var missed: [Int] = []

  /// - Parameters:
  ///   - harmless: no row may hit any of these.
  ///   - prose: sentences of the grammar.
  ///   - bulk: other text.
  init(attacks: [[UInt8]], harmless: [[UInt8]], prose: [[UInt8]], bulk: [[UInt8]], settings: Settings = Settings()) {
    harmlessValues = harmless + prose + bulk
    let attackRows = attacks.map(Self.possibleRows)
    for rows in attackRows { for row in rows { counts[row.code, default: Count()].attacks += 1 } }
    // Only what some injection has needs to be counted further.
    for (index, value) in harmless.enumerated() { note(value, index) { $0.harmless += 1 } }
    for (index, value) in prose.enumerated() { note(value, harmless.count + index) { $0.prose += 1 } }
    for (index, value) in bulk.enumerated() { note(value, harmless.count + prose.count + index) { $0.bulk += 1 } }
    let model = HarmlessModel(harmlessValues)

    var chosen: [UInt64: Int] = [:]
    for (index, rows) in attackRows.enumerated() {
      var best: (code: UInt64, worth: Double)?
      for row in rows {
        let count = counts[row.code]!
        guard count.harmless == 0, count.prose * 100_000 <= prose.count * settings.prosePerHundredThousand,
          count.bulk * 100_000 <= bulk.count * settings.bulkPerHundredThousand,
          (count.prose + count.bulk) * 100 <= count.attacks * settings.harmlessPerHundredAttacks
        else { continue }
        guard count.attacks >= (row.isPiece ? settings.minimumPieceSupport : row.isWhole ? 1 : settings.minimumSupport) else { continue }
        let worth = Double(count.attacks) / (model.share(row.code) + settings.rowCost)
        // Of two that are worth the same, the letters decide: the result must not depend on the order of a set.
        if let best, (best.worth, best.code) >= (worth, row.code) { continue }
        best = (row.code, worth)
      }
      if let best { chosen[best.code, default: 0] += 1 } else { missed.append(index) }
    }
    // A row whose beginning is a row already says nothing new.
    rows = chosen.keys.filter { row in
      var shorter = row >> 8
      while shorter != 0 {
        if chosen[shorter] != nil { return false }
        shorter >>= 8
      }
      return true
    }.map { ($0, counts[$0]!.attacks) }.sorted { Self.text($0.0) < Self.text($1.0) }
  }

  private mutating func note(_ value: [UInt8], _ index: Int, _ increment: (inout Count) -> Void) {
    for row in Self.possibleRows(value) {
      guard var count = counts[row.code] else { continue }
      increment(&count)
      if count.example < 0 { count.example = Int32(index) }
      counts[row.code] = count
    }
  }

  /// What could stand in the table for a value.
  struct PossibleRow: Hashable {
    let code: UInt64
    let length: Int
    let isPiece: Bool
    /// Whether it says all that there is to say: the value ends, or the row has no room for more.
    let isWhole: Bool
  }

  static func possibleRows(_ value: [UInt8]) -> Set<PossibleRow> {
    var rows = Set<PossibleRow>()
    value.withUnsafeBufferPointer { bytes in
      _ = SQLInjectionDetector.forEachShape(of: bytes) { shape in
        let isEnd = shape.ending(1) == UInt64(SQLSymbol.end.rawValue)
        if shape.count <= SQLShape.capacity {
          let isWhole = isEnd || shape.count == SQLShape.capacity
          rows.insert(PossibleRow(code: shape.window, length: shape.count, isPiece: false, isWhole: isWhole))
        }
        for length in stride(from: 1, through: min(SQLFingerprints.longestPiece, shape.count), by: 1) {
          rows.insert(PossibleRow(code: SQLFingerprints.piece(shape, length), length: length, isPiece: true, isWhole: false))
        }
        return true
      }
    }
    return rows
  }

  /// Why a value cannot have a row: for each reading, a harmless value that begins in the same way.
  func explanation(_ value: [UInt8]) -> String {
    Self.possibleRows(value).filter { $0.isWhole }.compactMap { row in
      guard let count = counts[row.code], count.example >= 0 else { return nil }
      return "\(Self.text(row.code)) = \(String(decoding: harmlessValues[Int(count.example)].prefix(80), as: UTF8.self))"
    }.joined(separator: " | ")
  }

  /// The beginnings of a value's shapes, one for each reading.
  static func shapes(_ value: [UInt8]) -> [String] {
    possibleRows(value).filter { $0.isWhole && !$0.isPiece }.map { text($0.code) }.sorted()
  }

  static func text(_ row: UInt64) -> String {
    String(decoding: (0..<8).reversed().map { UInt8(truncatingIfNeeded: row >> UInt64(8 * $0)) }.filter { $0 != 0 }, as: UTF8.self)
  }

  var table: SQLFingerprints { SQLFingerprints(rows.map { Self.text($0.row) }.joined(separator: "\n")) }

  static func isFound(_ value: [UInt8], in table: SQLFingerprints) -> Bool {
    value.withUnsafeBufferPointer { SQLInjectionDetector.fingerprint(of: $0, in: table) != nil }
  }
}
