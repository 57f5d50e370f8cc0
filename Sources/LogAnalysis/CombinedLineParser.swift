import HTTPModel

/// Reads `common`, `combined` and the `ropeline` format: `host ident user [time] "request" status bytes "referer" "agent" k=v …`.
struct CombinedLineParser {
  private let line: [UInt8]
  private var index = 0

  init(line: [UInt8]) { self.line = line }

  func parse(as format: LogFormat) throws(LogLineError) -> LoggedRequest {
    var copy = self
    return try copy.read(as: format)
  }

  private mutating func read(as format: LogFormat) throws(LogLineError) -> LoggedRequest {
    var parts = LogLineParts()
    parts.client = try word("the client's address")
    guard parts.client.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !parts.client.isEmpty else {
      throw LogLineError(reason: "no client address")
    }
    _ = try word("the identity")
    // A user's name may hold blanks: the time's bracket ends it.
    guard let bracket = line[index...].firstIndex(of: 0x5B) else { throw LogLineError(reason: "no [time]") }
    index = bracket + 1
    guard let close = line[index...].firstIndex(of: 0x5D), let time = CommonTime.parse(line[index..<close]) else {
      throw LogLineError(reason: "an unreadable [time]")
    }
    parts.time = time
    index = close + 1
    parts.requestLine = try quoted("the request")
    parts.status = try number("the status", 100...999)
    parts.bodyBytes = try bytesSent()
    if format == .common {
      guard index >= line.count || line[index...].allSatisfy({ $0 == 0x20 || $0 == 0x0D }) else {
        throw LogLineError(reason: "more than common has")
      }
      return LoggedRequest(parts: parts, format: format)
    }
    parts.referer = try quoted("the referrer")
    parts.userAgent = try quoted("the user agent")
    let found = pairs(into: &parts)
    guard (format == .ropeline) == found else { throw LogLineError(reason: found ? "more than combined has" : "no name=value pairs") }
    return LoggedRequest(parts: parts, format: format)
  }

  private mutating func skipBlanks() { while index < line.count, line[index] == 0x20 || line[index] == 0x09 { index += 1 } }

  private mutating func word(_ what: String) throws(LogLineError) -> [UInt8] {
    skipBlanks()
    let start = index
    while index < line.count, line[index] != 0x20 { index += 1 }
    guard index > start else { throw LogLineError(reason: "the line ends before \(what)") }
    return Array(line[start..<index])
  }

  /// A quoted value; `\"` and `\\` of Apache and `\xHH` of nginx are decoded.
  private mutating func quoted(_ what: String) throws(LogLineError) -> [UInt8] {
    skipBlanks()
    guard index < line.count, line[index] == 0x22 else { throw LogLineError(reason: "no quote before \(what)") }
    index += 1
    var value: [UInt8] = []
    while index < line.count {
      let byte = line[index]
      if byte == 0x22 {
        index += 1
        return value
      }
      if byte == 0x5C, index + 1 < line.count {
        let next = line[index + 1]
        if next == 0x78, index + 3 < line.count,
          let decoded = UInt8(String(decoding: line[(index + 2)..<(index + 4)], as: UTF8.self), radix: 16)
        {
          value.append(decoded)
          index += 4
          continue
        }
        if next == 0x22 || next == 0x5C {
          value.append(next)
          index += 2
          continue
        }
      }
      value.append(byte)
      index += 1
    }
    throw LogLineError(reason: "an unclosed quote around \(what)")
  }

  private mutating func number(_ what: String, _ range: ClosedRange<Int>) throws(LogLineError) -> Int {
    guard let value = Int(String(decoding: try word(what), as: UTF8.self)), range.contains(value) else {
      throw LogLineError(reason: "\(what) is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private mutating func bytesSent() throws(LogLineError) -> Int {
    let text = try word("the bytes sent")
    if text == [0x2D] { return 0 }
    guard let value = Int(String(decoding: text, as: UTF8.self)), value >= 0 else {
      throw LogLineError(reason: "the bytes sent are no number")
    }
    return value
  }

  /// The pairs after `combined`; false if there are none.
  private mutating func pairs(into parts: inout LogLineParts) -> Bool {
    var isFound = false
    var total: Int32 = -1
    var hasUpstream = false
    for pair in line[min(index, line.count)...].split(separator: 0x20) {
      guard let equals = pair.firstIndex(of: 0x3D), equals > pair.startIndex else { continue }
      isFound = true
      let value = Array(pair[(equals + 1)...].filter { $0 != 0x0D })
      switch String(decoding: pair[..<equals], as: UTF8.self) {
      case "msec":
        // The time stamp, where it is there: it has milliseconds.
        if let seconds = Double(String(decoding: value, as: UTF8.self)), seconds > 0, seconds < 1e11 {
          parts.time = Timestamp(seconds: seconds)
        }
      case "rid": if (8...128).contains(value.count) { parts.requestID = String(decoding: value, as: UTF8.self) }
      case "host": parts.host = value
      case "sid": parts.sessionID = value
      case "key": parts.apiKey = value
      case "urt":
        hasUpstream = true
        parts.milliseconds = LogLineParts.milliseconds(value)
      case "rt": total = LogLineParts.milliseconds(value)
      case "hdr": parts.headerOrder = LogLineParts.known(value)
      case "ja4": parts.fingerprint = LogLineParts.known(value)
      case "set": parts.issuedSession = LogLineParts.known(value)
      default: break
      }
    }
    if !hasUpstream { parts.milliseconds = total }
    return isFound
  }
}

/// `10/Oct/2000:13:55:36 -0700`
enum CommonTime {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"].map { Array($0.utf8) }

  static func parse(_ text: ArraySlice<UInt8>) -> Timestamp? {
    let bytes = Array(text)
    guard bytes.count == 26, bytes[2] == 0x2F, bytes[6] == 0x2F, bytes[11] == 0x3A, bytes[14] == 0x3A, bytes[17] == 0x3A, bytes[20] == 0x20
    else {
      return nil
    }
    func digits(_ start: Int, _ count: Int) -> Int? {
      var value = 0
      for index in start..<(start + count) {
        guard bytes[index] &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(bytes[index] &- 0x30)
      }
      return value
    }
    guard let day = digits(0, 2), let month = months.firstIndex(of: Array(bytes[3..<6])), let year = digits(7, 4), let hour = digits(12, 2),
      let minute = digits(15, 2), let second = digits(18, 2), let zoneHours = digits(22, 2), let zoneMinutes = digits(24, 2),
      bytes[21] == 0x2B || bytes[21] == 0x2D, (1...31).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    let offset = (zoneHours * 60 + zoneMinutes) * 60 * (bytes[21] == 0x2D ? -1 : 1)
    let days = daysSinceEpoch(year: year, month: month + 1, day: day)
    return Timestamp(microseconds: Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000)
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
