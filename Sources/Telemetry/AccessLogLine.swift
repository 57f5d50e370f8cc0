import HTTPModel

/// One line of the `ropeline` access log: `combined`, then name=value pairs that carry what scoring needs.
public enum AccessLogLine {
  public static func line(for record: ExchangeRecord) -> [UInt8] {
    let head = record.request.head
    var line: [UInt8] = []
    func append(_ text: String) { line.append(contentsOf: text.utf8) }
    append("\(record.request.client.address) - - [\(TimestampText.common(record.request.received))] \"")
    appendEscaped(Redaction.target(head.line), to: &line)
    append("\" \(record.status) \(record.bodyBytesSent) \"")
    appendEscaped(head.fields.firstValue(of: "referer") ?? [0x2D], to: &line)
    append("\" \"")
    appendEscaped(head.fields.firstValue(of: "user-agent") ?? [0x2D], to: &line)
    let upstream = record.upstreamTime.map(TimestampText.duration) ?? "-"
    append("\" rt=\(TimestampText.duration(record.totalTime)) uct=- urt=\(upstream) msec=\(TimestampText.seconds(record.request.received))")
    append(" rid=\(record.request.id) host=")
    appendWord(head.fields.firstValue(of: "host"), to: &line)
    append(" in=\(record.requestBytes) out=\(record.bytesSent) sid=\(record.sessionID.map(ShortHash.text) ?? "-")")
    append(" key=\(record.apiKey.map(ShortHash.text) ?? "-")")
    if let session = record.issuedSession { append(" set=\(ShortHash.text(session))") }
    if let fingerprint = record.fingerprint {
      append(" ja4=")
      appendWord(fingerprint, to: &line)
    }
    if let order = record.headerOrder {
      append(" hdr=")
      appendWord(order, to: &line)
    }
    return line
  }

  /// As nginx does: quotes, backslashes, control bytes and bytes above 7E as `\xHH`.
  private static func appendEscaped(_ bytes: [UInt8], to line: inout [UInt8]) {
    for byte in bytes.prefix(8192) {
      if byte < 0x20 || byte > 0x7E || byte == 0x22 || byte == 0x5C {
        line += [0x5C, 0x78, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
      } else {
        line.append(byte)
      }
    }
  }

  private static func appendWord(_ bytes: [UInt8]?, to line: inout [UInt8]) {
    guard let bytes, !bytes.isEmpty else {
      line.append(0x2D)
      return
    }
    for byte in bytes.prefix(255) {
      if byte <= 0x20 || byte > 0x7E || byte == 0x22 || byte == 0x5C {
        line += [0x5C, 0x78, hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
      } else {
        line.append(byte)
      }
    }
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)
}
