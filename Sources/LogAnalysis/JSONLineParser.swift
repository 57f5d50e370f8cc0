import BodyDecoding
import HTTPModel

/// Reads one JSON object a line: nginx's names, and those of the proxy's audit records.
enum JSONLineParser {
  static func parse(_ line: [UInt8]) throws(LogLineError) -> LoggedRequest {
    guard line.first(where: { $0 != 0x20 }) == 0x7B else { throw LogLineError(reason: "no JSON object") }
    let decoded = JSONFlattener.flatten(line)
    if let error = decoded.error { throw LogLineError(reason: error.message) }
    var values: [String: [UInt8]] = [:]
    for value in decoded.values {
      let name = String(decoding: value.name, as: UTF8.self)
      let key = name.hasPrefix("json.") ? String(name.dropFirst(5)) : name
      if values[key] == nil { values[key] = value.value }
    }
    func text(_ names: String...) -> [UInt8]? {
      for name in names { if let value = values[name], !value.isEmpty { return value } }
      return nil
    }
    var parts = LogLineParts()
    guard let client = text("remote_addr", "client", "client_ip", "ip") else { throw LogLineError(reason: "no remote_addr") }
    parts.client = client
    guard let status = text("status").flatMap({ Int(String(decoding: $0, as: UTF8.self)) }), (100...999).contains(status) else {
      throw LogLineError(reason: "no status")
    }
    parts.status = status
    parts.time = try time(text("msec"), text("time_local"), text("ts", "time", "timestamp", "time_iso8601"))
    if let request = text("request") {
      parts.requestLine = request
    } else if let method = text("method", "request_method"), let uri = text("uri", "request_uri") {
      parts.requestLine = method + [0x20] + uri + [0x20] + (text("protocol", "server_protocol") ?? Array("HTTP/1.1".utf8))
    } else {
      throw LogLineError(reason: "neither request nor method and uri")
    }
    parts.bodyBytes = text("body_bytes_sent", "bytes").flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
    parts.referer = text("http_referer", "referer")
    parts.userAgent = text("http_user_agent", "user_agent")
    parts.host = text("host", "http_host")
    parts.sessionID = text("sid", "identity.sid")
    parts.apiKey = text("key", "identity.key")
    parts.milliseconds = text("upstream_response_time", "request_time").map(LogLineParts.milliseconds) ?? -1
    parts.headerOrder = text("hdr").flatMap(LogLineParts.known)
    parts.fingerprint = text("ja4").flatMap(LogLineParts.known)
    parts.issuedSession = text("set").flatMap(LogLineParts.known)
    if let id = text("request_id"), (8...128).contains(id.count) { parts.requestID = String(decoding: id, as: UTF8.self) }
    return LoggedRequest(parts: parts, format: .json)
  }

  private static func time(_ msec: [UInt8]?, _ local: [UInt8]?, _ iso: [UInt8]?) throws(LogLineError) -> Timestamp {
    if let msec, let seconds = Double(String(decoding: msec, as: UTF8.self)), seconds > 0, seconds < 1e11 {
      return Timestamp(seconds: seconds)
    }
    if let local, let time = CommonTime.parse(local[...]) { return time }
    if let iso {
      if let seconds = Double(String(decoding: iso, as: UTF8.self)), seconds > 0, seconds < 1e11 { return Timestamp(seconds: seconds) }
      if let time = isoTime(iso) { return time }
    }
    throw LogLineError(reason: "no time")
  }

  /// `2026-11-20T19:58:02.114Z`, or with an offset.
  static func isoTime(_ bytes: [UInt8]) -> Timestamp? {
    func digits(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for index in range {
        guard bytes[index] &- 0x30 < 10 else { return nil }
        value = value * 10 + Int(bytes[index] &- 0x30)
      }
      return value
    }
    guard bytes.count >= 19, let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10), let hour = digits(11..<13),
      let minute = digits(14..<16), let second = digits(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second <= 60
    else { return nil }
    var index = 19
    var micros = 0
    if index < bytes.count, bytes[index] == 0x2E {
      index += 1
      var scale = 100_000
      while index < bytes.count, bytes[index] &- 0x30 < 10 {
        micros += Int(bytes[index] &- 0x30) * scale
        scale /= 10
        index += 1
      }
    }
    var offset = 0
    if index < bytes.count, bytes[index] == 0x2B || bytes[index] == 0x2D {
      guard let hours = digits((index + 1)..<(index + 3)),
        let minutes = digits((index + 4)..<(index + 6)) ?? digits((index + 3)..<(index + 5))
      else {
        return nil
      }
      offset = (hours * 60 + minutes) * 60 * (bytes[index] == 0x2D ? -1 : 1)
    }
    let days = CommonTime.daysSinceEpoch(year: year, month: month, day: day)
    return Timestamp(microseconds: Int64(days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1_000_000 + Int64(micros))
  }
}
