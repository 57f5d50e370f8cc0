/// What the values of one parameter had in common. A value of bounded size.
struct ValueProfile {
  private(set) var count = 0
  private(set) var integers = 0
  private(set) var numbers = 0
  private(set) var booleans = 0
  private(set) var dates = 0
  private(set) var uuids = 0
  private(set) var minimum = Int.max
  private(set) var maximum = Int.min
  private(set) var longest = 0
  /// The values themselves with their counts, while there are few.
  private(set) var distinct: [[UInt8]: Int] = [:]
  private(set) var hasManyValues = false

  private static let maximumDistinct = 20
  private static let maximumKeptBytes = 60

  mutating func add(_ value: [UInt8]) {
    count += 1
    longest = max(longest, value.count)
    if let number = ValueShape.integer(value) {
      integers += 1
      numbers += 1
      minimum = min(minimum, number)
      maximum = max(maximum, number)
    } else if ValueShape.isDecimal(value) {
      numbers += 1
    } else if value == Array("true".utf8) || value == Array("false".utf8) {
      booleans += 1
    } else if ValueShape.isDate(value) {
      dates += 1
    } else if ValueShape.isUUID(value) {
      uuids += 1
    }
    keep(value, 1)
  }

  private mutating func keep(_ value: [UInt8], _ times: Int) {
    guard !hasManyValues else { return }
    distinct[value, default: 0] += times
    if distinct.count > Self.maximumDistinct || value.count > Self.maximumKeptBytes {
      hasManyValues = true
      distinct = [:]
    }
  }

  mutating func merge(_ other: ValueProfile) {
    count += other.count
    integers += other.integers
    numbers += other.numbers
    booleans += other.booleans
    dates += other.dates
    uuids += other.uuids
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    longest = max(longest, other.longest)
    if other.hasManyValues {
      hasManyValues = true
      distinct = [:]
    } else {
      for (value, times) in other.distinct { keep(value, times) }
    }
  }

  /// Texts of which each stands for itself: few of them, each seen often, none a number.
  var words: [[UInt8]]? {
    guard !hasManyValues, count >= 50, numbers == 0, booleans == 0, dates == 0, uuids == 0, distinct.count * 10 <= count,
      distinct.allSatisfy({ $0.value >= 3 && !$0.key.isEmpty && $0.key.allSatisfy(ValueShape.isWordByte) })
    else { return nil }
    return distinct.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The JSON Schema of what was seen, as a YAML flow mapping. What one value in a thousand says is taken for somebody's probing.
  var schema: String {
    func nearlyAll(_ part: Int) -> Bool { count > 0 && part * 1000 >= count * 999 }
    if nearlyAll(integers) { return "{ type: integer, minimum: \(minimum < 0 ? minimum : 0) }" }
    if nearlyAll(numbers) { return "{ type: number }" }
    if nearlyAll(booleans) { return "{ type: boolean }" }
    if nearlyAll(dates) { return "{ type: string, format: date }" }
    if nearlyAll(uuids) { return "{ type: string, format: uuid }" }
    if let words { return "{ type: string, enum: [\(words.map { YAMLWriter.quoted($0) }.joined(separator: ", "))] }" }
    // Room for what was not seen: the next power of two above twice the longest.
    var limit = 32
    while limit < longest * 2, limit < 1 << 20 { limit *= 2 }
    return "{ type: string, maxLength: \(limit) }"
  }

  /// The same for people.
  var summary: String {
    if count > 0, integers == count { return "whole numbers from \(minimum) to \(maximum)" }
    if let words { return "one of " + words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ", ") }
    return "up to \(longest) bytes"
  }
}

/// What a text looks like.
enum ValueShape {
  static func integer(_ value: [UInt8]) -> Int? {
    guard value.count <= 18, !value.isEmpty else { return nil }
    let digits = value.first == UInt8(ascii: "-") ? value.dropFirst() : value[...]
    guard !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 < 10 }), digits.count == 1 || digits.first != 0x30 else { return nil }
    return Int(String(decoding: value, as: UTF8.self))
  }

  static func isDecimal(_ value: [UInt8]) -> Bool {
    let parts = value.drop { $0 == UInt8(ascii: "-") }.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 2 && value.count < 40 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } }
  }

  static func isDate(_ value: [UInt8]) -> Bool {
    value.count == 10
      && value.enumerated().allSatisfy { $0.offset == 4 || $0.offset == 7 ? $0.element == UInt8(ascii: "-") : $0.element &- 0x30 < 10 }
  }

  static func isUUID(_ value: [UInt8]) -> Bool {
    value.count == 36
      && value.enumerated().allSatisfy {
        [8, 13, 18, 23].contains($0.offset) ? $0.element == UInt8(ascii: "-") : isHexadecimal($0.element)
      }
  }

  /// An identifier that no person chose: long, and with digits among the letters.
  static func isOpaque(_ value: [UInt8]) -> Bool {
    guard value.count >= 8, value.allSatisfy(isWordByte) else { return false }
    let digits = value.count { $0 &- 0x30 < 10 }
    if value.allSatisfy(isHexadecimal), digits > 0 { return true }
    return digits > 0 && value.count >= 16 || digits * 3 >= value.count
  }

  static func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }
  static func isWordByte(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }
}
