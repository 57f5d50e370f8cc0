/// `date-time`, `date` and `time`: RFC 3339 section 5.6 with the restrictions of section 5.7.
enum DateTimeFormat {
  static func isDateTime(_ text: ByteScanner) -> Bool {
    var text = text
    return date(&text) && text.takeLetter(UInt8(ascii: "t")) && time(&text) && text.isAtEnd
  }

  static func isDate(_ text: ByteScanner) -> Bool {
    var text = text
    return date(&text) && text.isAtEnd
  }

  static func isTime(_ text: ByteScanner) -> Bool {
    var text = text
    return time(&text) && text.isAtEnd
  }

  private static func date(_ text: inout ByteScanner) -> Bool {
    guard let year = text.digits(4), text.take(UInt8(ascii: "-")), let month = text.digits(2), text.take(UInt8(ascii: "-")),
      let day = text.digits(2)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length =
      switch month {
      case 2: isLeap ? 29 : 28
      case 4, 6, 9, 11: 30
      case 1...12: 31
      default: 0
      }
    return day >= 1 && day <= length
  }

  private static func time(_ text: inout ByteScanner) -> Bool {
    guard let hour = text.digits(2), text.take(UInt8(ascii: ":")), let minute = text.digits(2), text.take(UInt8(ascii: ":")),
      let second = text.digits(2), hour < 24, minute < 60, second <= 60
    else { return false }
    if text.take(UInt8(ascii: ".")), text.skipDigits() == 0 { return false }
    var offset = 0
    if !text.takeLetter(UInt8(ascii: "z")) {
      let isWest = text.take(UInt8(ascii: "-"))
      guard isWest || text.take(UInt8(ascii: "+")), let hours = text.digits(2), text.take(UInt8(ascii: ":")), let minutes = text.digits(2),
        hours < 24, minutes < 60
      else { return false }
      offset = (isWest ? -1 : 1) * (hours * 60 + minutes)
    }
    guard second == 60 else { return true }
    // A leap second is inserted at the end of a day in UTC.
    let minuteOfDay = (hour * 60 + minute - offset + 2 * 1440) % 1440
    return minuteOfDay == 1439
  }
}
