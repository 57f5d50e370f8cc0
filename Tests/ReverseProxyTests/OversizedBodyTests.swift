import Detection
import Testing

@testable import ReverseProxy

@Suite("Bodies over the inspection limit", .serialized)
struct OversizedBodyTests {
  private static let rules = """
    SecRequestBodyLimit 100000
    SecRequestBodyNoFilesLimit 50000
    SecRule ARGS|ARGS_NAMES "@contains attack" "id:1,phase:2,deny,status:403,log"
    """

  struct Row: Sendable, CustomTestStringConvertible {
    var setting: OversizedBodies
    var mode = EnforcementMode.block
    /// Where in the 200,000 bytes of the body the payload begins; nil for none.
    var payload: Int?
    var status: Int
    var decision: OversizedBody
    var isWhole: Bool
    var testDescription: String { "\(setting), \(mode), payload at \(payload.map(String.init) ?? "no place")" }
  }

  static let rows: [Row] = [
    Row(setting: .rules, payload: 150_000, status: 413, decision: .rejected, isWhole: false),
    Row(setting: .rules, mode: .detect, payload: 150_000, status: 200, decision: .partial, isWhole: true),
    Row(setting: .reject, payload: 150_000, status: 413, decision: .rejected, isWhole: false),
    Row(setting: .reject, mode: .detect, payload: 150_000, status: 200, decision: .partial, isWhole: true),
    Row(setting: .partial, payload: 40_000, status: 403, decision: .partial, isWhole: false),
    Row(setting: .partial, payload: 150_000, status: 200, decision: .partial, isWhole: true),
    Row(setting: .windows, payload: nil, status: 200, decision: .windows, isWhole: true),
    Row(setting: .windows, payload: 40_000, status: 403, decision: .windows, isWhole: false),
    // Across the limit itself, and at the very end.
    Row(setting: .windows, payload: 49_997, status: 403, decision: .windows, isWhole: false),
    Row(setting: .windows, payload: 150_000, status: 403, decision: .windows, isWhole: false),
    Row(setting: .windows, payload: 199_994, status: 403, decision: .windows, isWhole: false),
    Row(setting: .windows, mode: .detect, payload: 150_000, status: 200, decision: .windows, isWhole: true),
  ]

  @Test("each setting does what it says, counts it, and says it in the record", arguments: rows, ["text/plain", "application/json"])
  func settings(row: Row, type: String) async throws {
    let log = Log()
    var bytes = Array(repeating: UInt8(ascii: "x"), count: 200_000)
    if let payload = row.payload { bytes.replaceSubrange(payload..<(payload + 6), with: Array("attack".utf8)) }
    // What is no JSON after the limit was JSON before it, as far as anybody can tell.
    if type == "application/json" { bytes.replaceSubrange(0..<2, with: Array("[\"".utf8)) }
    // A body of another type is a value only where the rules ask for it; in the window it always is one.
    let rules = Self.rules + "\nSecAction \"id:2,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On\""
    let body = String(decoding: bytes, as: UTF8.self)
    let isSeen = row.payload.map { $0 >= 50_000 - 6 || type == "text/plain" } ?? true
    try await Harness.withProxy(
      rules: rules, mode: row.mode, origins: [Harness.polite(log)], log: log,
      configure: {
        $0.adminPort = 0
        $0.oversizedBodies = row.setting
      }
    ) { server, log in
      for fields in ["Content-Length: 200000\r\n\r\n\(body)", "Transfer-Encoding: chunked\r\n\r\n30d40\r\n\(body)\r\n0\r\n\r\n"] {
        let client = LoopbackSocket.connect(port: server.port)
        client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: \(type)\r\n\(fields)")
        let answer = client.receiveToEnd()
        if isSeen { #expect(answer.hasPrefix("HTTP/1.1 \(row.status) "), "\(answer.prefix(30))") }
        client.close()
      }
      for record in log.records.withLock({ $0 }) {
        #expect(record.outcome.inspected == .partial && record.outcome.oversizedBody == row.decision)
        if row.mode == .detect, row.setting == .windows {
          #expect(record.outcome.would == .block && record.outcome.evidence.rules.map(\.id) == [1])
        }
      }
      let admin = LoopbackSocket.connect(port: server.adminPort ?? 0)
      admin.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
      #expect(admin.receiveToEnd().contains("\nropeline_oversized_bodies_total{decision=\"\(row.decision.rawValue)\"} 2\n"))
      admin.close()
    }
    if isSeen, row.isWhole {
      let seen = log.seen.withLock { $0 }
      #expect(seen.count == 2 && seen.allSatisfy { $0.utf8.count { $0 == UInt8(ascii: "x") } >= 199_980 })
    }
    if !row.isWhole, isSeen { #expect(log.seen.withLock { $0.allSatisfy { !$0.contains("attack") } }, "nothing refused arrives") }
    #expect(Self.rows.count == 12)
  }

  /// 200,000 times `x`, in gzip: 229 bytes.
  private static let bomb: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xED, 0xC1, 0x31, 0x01, 0x00, 0x00, 0x00, 0xC2, 0xA0, 0xDA, 0x8B, 0x6F,
    0x06, 0x7F,
    0xA0, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00,
    0x00, 0x00, 0x80, 0xD7, 0x00, 0x72, 0x02, 0xBF, 0x51, 0x40, 0x0D, 0x03, 0x00,
  ]

  @Test("a compressed body is as long as what it inflates to", arguments: OversizedBodies.allCases, [true, false])
  func inflated(setting: OversizedBodies, readsErrors: Bool) async throws {
    let log = Log()
    // Rules that look at errors decide about what is broken, not about limits.
    let rules = Self.rules + (readsErrors ? "\nSecRule REQBODY_ERROR \"@eq 1\" \"id:3,phase:2,pass,log\"" : "")
    try await Harness.withProxy(rules: rules, origins: [Harness.polite(log)], log: log, configure: { $0.oversizedBodies = setting }) {
      server, log in
      let client = LoopbackSocket.connect(port: server.port)
      let head =
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Encoding: gzip\r\nContent-Length: \(Self.bomb.count)\r\n\r\n"
      client.send(Array(head.utf8) + Self.bomb)
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 413 "))
      client.close()
      #expect(log.records.withLock { $0.first?.outcome.oversizedBody } == .rejected)
    }
    #expect(log.seen.withLock { $0.isEmpty })
  }

  @Test("a body over the limit for bodies without files is counted, whoever decides about it", arguments: OversizedBodies.allCases)
  func withoutFiles(setting: OversizedBodies) async throws {
    let log = Log()
    let rules = Self.rules + "\nSecRule REQBODY_ERROR \"@eq 1\" \"id:3,phase:2,pass,log\""
    try await Harness.withProxy(rules: rules, origins: [Harness.polite(log)], log: log, configure: { $0.oversizedBodies = setting }) {
      server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(Harness.post(String(repeating: "x", count: 60_000)))
      let answer = client.receiveToEnd()
      #expect(answer.hasPrefix(setting == .reject ? "HTTP/1.1 413 " : "HTTP/1.1 200 "), "\(answer.prefix(40))")
      client.close()
      let decision: OversizedBody = setting == .reject ? .rejected : setting == .windows ? .windows : .partial
      #expect(log.records.withLock { $0.first?.outcome.oversizedBody } == decision)
    }
  }

  @Test("a compressed body is not cut into windows, which nobody could inflate")
  func compressed() async throws {
    let log = Log()
    try await Harness.withProxy(
      rules: Self.rules, origins: [Harness.polite(log)], log: log, configure: { $0.oversizedBodies = .windows }
    ) { server, log in
      let client = LoopbackSocket.connect(port: server.port)
      client.send(Harness.post(String(repeating: "x", count: 200_000), fields: "Content-Encoding: gzip\r\n"))
      #expect(client.receiveToEnd().hasPrefix("HTTP/1.1 413 "))
      client.close()
      #expect(log.records.withLock { $0.first?.outcome.oversizedBody } == .rejected)
    }
    #expect(log.seen.withLock { $0.isEmpty })
  }
}

@Suite("Windows over a body")
struct BodyWindowsTests {
  private static func decoded(_ form: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < form.count {
      if form[index] == UInt8(ascii: "%"), index + 2 < form.count,
        let value = UInt8(String(decoding: form[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        output.append(value)
        index += 3
      } else {
        output.append(form[index])
        index += 1
      }
    }
    return output
  }

  @Test("all bytes go on, and what fits into the overlap stands whole in a window", arguments: 0..<4)
  func edges(seed: Int) {
    var random = SystemRandomNumberGenerator()
    let isForm = seed % 2 == 0
    let total = 20_000
    for _ in 0..<5 {
      var body = (0..<total).map { _ in UInt8.random(in: 0...255, using: &random) }
      if isForm { body = body.map { $0 % 26 + 0x61 } }
      let payload = Array("<payload with %41 and 'quotes'>".utf8)
      let place = Int.random(in: 3000..<(total - payload.count), using: &random)
      body.replaceSubrange(place..<(place + payload.count), with: payload)
      let start = 3000
      var windows = BodyWindows(isForm: isForm, inspected: body[..<start], maximumBytes: 8192)
      var sent: [UInt8] = []
      var isFound = false
      var position = start
      while position < total {
        let end = min(total, position + Int.random(in: 1...7000, using: &random))
        windows.append(Array(body[position..<end]))
        position = end
        while let (form, bytes) = windows.next(isLast: end == total) {
          sent += bytes
          #expect(form.count <= 8192)
          isFound = isFound || (isForm ? form : Self.decoded(form)).firstRange(of: payload) != nil
        }
      }
      #expect(sent.elementsEqual(body[start...]) && windows.heldCount == 0)
      #expect(isFound, "at \(place)")
    }
  }

  @Test("form data begins with a pair where there is one, and no escape is cut")
  func pairs() {
    let body = Array("first=1&second=".utf8) + Array(repeating: "%41", count: 30_000).joined().utf8
    var windows = BodyWindows(isForm: true, inspected: body[..<8], maximumBytes: 131_072)
    windows.append(Array(body[8...]))
    var count = 0
    while let (form, _) = windows.next(isLast: true) {
      #expect(String(decoding: form, as: UTF8.self).hasPrefix(count == 0 ? "second=%41%41" : "body=%41%41"))
      #expect(String(decoding: form.suffix(6), as: UTF8.self) == "%41%41")
      count += 1
    }
    #expect(count == 3)
  }
}
