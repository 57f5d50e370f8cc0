import HTTPModel

/// One line of an access log, read: the request as far as a log shows it, and what was answered.
public struct LoggedRequest: Sendable {
  public var request: Request
  public var status: Int
  /// Body bytes sent; 0 if the line shows `-`.
  public var bodyBytes: Int
  /// The session and the key as they stand in the log; nil for `-`.
  public var sessionID: [UInt8]?
  public var apiKey: [UInt8]?
  public var userAgent: [UInt8]
  /// What it took the origin to answer, or else the whole request; -1 if the log does not say.
  public var milliseconds: Int32
  /// The order of the header names and the TLS fingerprint, as they stand in the log; nil if they do not.
  public var headerOrder: [UInt8]?
  public var fingerprint: [UInt8]?
  /// The session that the answer gave out.
  public var issuedSession: [UInt8]?
  public var format: LogFormat

  /// Reads a line of any format that is known; nil if none fits.
  public init?(line: [UInt8]) {
    for format in LogFormat.allCases {
      if case .success(let logged) = format.parse(line) {
        self = logged
        return
      }
    }
    return nil
  }

  init(parts: LogLineParts, format: LogFormat) {
    let words = parts.requestLine.split(separator: 0x20, omittingEmptySubsequences: false)
    let method = words.first.map(Array.init) ?? []
    var target: [UInt8] = []
    var version: [UInt8] = []
    if words.count >= 2 {
      // A target that holds a blank, as attackers send it: the version is the last word, if it looks like one.
      let hasVersion = words.count >= 3 && words[words.count - 1].starts(with: "HTTP/".utf8)
      version = hasVersion ? Array(words[words.count - 1]) : []
      target = Array(words[1..<(hasVersion ? words.count - 1 : words.count)].joined(separator: [0x20]))
    }
    var fields: [Field] = []
    var observed: Set<String> = []
    func observe(_ name: String, _ value: [UInt8]?) {
      guard let value else { return }
      observed.insert(name.lowercased())
      if value != [0x2D] { fields.append(Field(name: Array(name.utf8), value: value)) }
    }
    observe("Host", parts.host)
    observe("User-Agent", parts.userAgent)
    observe("Referer", parts.referer)
    let head = RequestHead(line: parts.requestLine, method: method, target: target, version: version, fields: fields)
    request = Request(
      head: head, fieldCoverage: .only(observed), body: .unobserved,
      client: Endpoint(address: String(decoding: parts.client, as: UTF8.self)), received: parts.time,
      id: parts.requestID ?? "from-access-log")
    status = parts.status
    bodyBytes = parts.bodyBytes
    sessionID = parts.sessionID.flatMap { $0 == [0x2D] ? nil : $0 }
    apiKey = parts.apiKey.flatMap { $0 == [0x2D] ? nil : $0 }
    userAgent = parts.userAgent ?? [0x2D]
    milliseconds = parts.milliseconds
    headerOrder = parts.headerOrder
    fingerprint = parts.fingerprint
    issuedSession = parts.issuedSession
    self.format = format
  }
}

/// What a parser found in a line.
struct LogLineParts {
  var client: [UInt8] = []
  var time = Timestamp(microseconds: 0)
  var requestLine: [UInt8] = []
  var status = 0
  var bodyBytes = 0
  var referer: [UInt8]?
  var userAgent: [UInt8]?
  var host: [UInt8]?
  var sessionID: [UInt8]?
  var apiKey: [UInt8]?
  var requestID: String?
  var milliseconds: Int32 = -1
  var headerOrder: [UInt8]?
  var fingerprint: [UInt8]?
  var issuedSession: [UInt8]?

  /// `0.045`; the first of several that nginx writes for several upstreams; -1 for `-`.
  static func milliseconds(_ value: [UInt8]) -> Int32 {
    let first = value.prefix { $0 != 0x2C && $0 != 0x20 }
    guard let seconds = Double(String(decoding: first, as: UTF8.self)), seconds >= 0, seconds < 1e6 else { return -1 }
    return Int32((seconds * 1000).rounded())
  }

  static func known(_ value: [UInt8]) -> [UInt8]? { value == [0x2D] || value.isEmpty ? nil : value }
}

/// Why a line is no line of a format.
public struct LogLineError: Error, Sendable, Equatable {
  public var reason: String
}

/// The formats that are read. The order is that of detection: the richest first.
public enum LogFormat: String, Sendable, CaseIterable {
  /// `combined` with name=value pairs after it.
  case ropeline
  case combined
  case common
  /// One JSON object a line; the proxy's audit records too.
  case json

  public func parse(_ line: [UInt8]) -> Result<LoggedRequest, LogLineError> {
    do {
      switch self {
      case .ropeline, .combined, .common: return .success(try CombinedLineParser(line: line).parse(as: self))
      case .json: return .success(try JSONLineParser.parse(line))
      }
    } catch {
      return .failure(error)
    }
  }

  /// The format that reads the most of these lines; nil if none reads a line.
  public static func detect(_ lines: [[UInt8]]) -> (format: LogFormat, matched: Int)? {
    var best: (format: LogFormat, matched: Int)?
    for format in allCases {
      let matched = lines.count { if case .success = format.parse($0) { true } else { false } }
      if matched > best?.matched ?? 0 { best = (format, matched) }
    }
    return best
  }
}
