import HTTPModel

/// Lines of the `ropeline` log format, as nginx writes it.
struct LogText {
  private(set) var bytes: [UInt8] = []
  private let start: Timestamp
  private var random: RandomSource
  /// `[20/Nov/2026:19:58:02 +0000]` of the second of the line before.
  private var stamp: [UInt8] = []
  private var stampedSecond = Int.min

  init(start: Timestamp, seed: UInt64) {
    self.start = start
    random = RandomSource(seed: RandomSource.mix(seed &+ 0x10C))
  }

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// - Parameter second: since the beginning of the log.
  mutating func append(_ ask: Ask, _ answer: Answer, as identity: Identity, at second: Double) {
    let microseconds = start.microseconds + Int64((second * 1_000_000).rounded())
    let milliseconds = Int(microseconds / 1000)
    stamp(milliseconds / 1000)
    add(identity.ip)
    add(" - - ")
    bytes += stamp
    add(" \"")
    add(ask.method)
    bytes.append(0x20)
    escape(ask.target)
    add(" HTTP/1.1\" ")
    number(answer.status)
    bytes.append(0x20)
    number(answer.size)
    add(" \"")
    escape(ask.referrer.isEmpty ? "-" : ask.referrer)
    add("\" \"")
    escape(identity.userAgent)
    add("\" rt=")
    thousandths(Int(answer.took * 1000))
    // What the cache answers, and what the client did not wait for, has no upstream.
    if ask.cost > 0 && answer.status != 499 {
      add(" uct=0.001 urt=")
      thousandths(Int(answer.took * 1000))
    } else {
      add(" uct=- urt=-")
    }
    add(" msec=")
    thousandths(milliseconds)
    add(" rid=")
    hex(random.bits())
    add(" host=")
    add(EventAPI.host)
    add(" in=")
    number(180 + ask.target.utf8.count + ask.referrer.utf8.count + identity.userAgent.utf8.count + ask.sent)
    add(" out=")
    number(answer.size + 240)
    add(" sid=")
    add(identity.session)
    add(" key=")
    add(identity.key)
    bytes.append(0x0A)
  }

  private mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// As nginx does: quotes, backslashes, control bytes and bytes above 7E as `\xHH`.
  private mutating func escape(_ text: String) {
    for byte in text.utf8 {
      if byte < 0x20 || byte > 0x7E || byte == 0x22 || byte == 0x5C {
        bytes += [0x5C, 0x78, Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
      } else {
        bytes.append(byte)
      }
    }
  }

  private mutating func number(_ value: Int) {
    if value >= 10 { number(value / 10) }
    bytes.append(0x30 + UInt8(value % 10))
  }

  private mutating func thousandths(_ value: Int) {
    number(value / 1000)
    bytes.append(0x2E)
    padded(value % 1000, 3)
  }

  private mutating func padded(_ value: Int, _ width: Int) {
    if width > 1 { padded(value / 10, width - 1) }
    bytes.append(0x30 + UInt8(value % 10))
  }

  private mutating func hex(_ value: UInt64) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) { bytes.append(Self.lowDigits[Int(value >> shift & 15)]) }
  }

  private mutating func stamp(_ second: Int) {
    guard second != stampedSecond else { return }
    stampedSecond = second
    let date = CivilDate(epochSeconds: second)
    let line = bytes.count
    bytes.append(0x5B)
    padded(date.day, 2)
    bytes.append(0x2F)
    add(Self.months[date.month - 1])
    bytes.append(0x2F)
    padded(date.year, 4)
    for part in [date.hour, date.minute, date.second] {
      bytes.append(0x3A)
      padded(part, 2)
    }
    add(" +0000]")
    // Written with the line's own means, then taken out again.
    stamp = Array(bytes[line...])
    bytes.removeLast(bytes.count - line)
  }

  private static let digits = Array("0123456789ABCDEF".utf8)
  private static let lowDigits = Array("0123456789abcdef".utf8)
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
