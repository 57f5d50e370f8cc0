/// Query strings that no application's own client makes.
public enum Malformation {
  /// A `%` without two hex digits, an encoded control byte, a value of more than 512 bytes of one kind, or a raw quote or bracket.
  public static func isMalformed(_ query: [UInt8]) -> Bool {
    var index = 0
    while index < query.count {
      let byte = query[index]
      if byte == 0x25 {
        guard index + 2 < query.count, let high = hexadecimalDigit(query[index + 1]), let low = hexadecimalDigit(query[index + 2]) else {
          return true
        }
        let value = high << 4 | low
        if value < 0x20 && value != 0x09 && value != 0x0A && value != 0x0D || value == 0x7F { return true }
        index += 2
      } else if byte < 0x20 || byte == 0x22 || byte == 0x3C || byte == 0x3E {
        return true
      }
      index += 1
    }
    return false
  }
}
