import HTTPModel
import HTTPWire
import NIOCore

/// Builds the heads that are sent on, from what was received.
enum ForwardedHead {
  /// What a request is sent on with beside what it brought.
  struct Route {
    /// The peer's address as text.
    var client: [UInt8]
    /// Whether the peer's forwarding fields are believed.
    var isTrusted: Bool
    /// `X-Forwarded-For` of a trusted peer, to which ours is added.
    var forwardedFor: [UInt8]?
    var name: RequestName
    /// By what name this process stands in `Via`.
    var via: [UInt8]
    var framing: BodyFraming
    /// Whether rules look at the answer's body: then all of it is asked for, since a leak that comes in slices is seen by nobody.
    var isAnswerInspected = false
  }

  /// The request as the upstream gets it, written to the end of `output`.
  static func request(_ head: HeadBytes, _ parts: RequestParts, _ route: Route, to output: inout ByteBuffer) {
    let bytes = head.bytes
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
    // Each byte once, once more for those that stand in a field of ours too, and the ends and names of the lines.
    let maximum = bytes.count * 2 + head.spans.count * 4 + (route.forwardedFor?.count ?? 0) + (route.name.given?.count ?? 0) + 512
    output.writeHead(atMost: maximum) { writer in
      writer.bytes(slice(parts.method))
      writer.text(" ")
      if let authority = parts.authority {
        let path = authority.upperBound..<parts.target.upperBound
        if path.isEmpty || bytes[path.lowerBound] != 0x2F { writer.text("/") }
        writer.bytes(slice(path))
      } else {
        writer.bytes(slice(parts.target))
      }
      writer.text(" HTTP/1.1\r\n")
      var lines = Lines(bytes)
      var host: Range<Int>?
      var proto: Range<Int>?
      var forwardedHost: Range<Int>?
      var hasVia = false
      for span in head.spans {
        let known = span.known
        if known == .other, !parts.namesFields {
          lines.add(span, to: &writer)
          continue
        }
        if span.hasUnderscore {
          // Another spelling of a field that is not believed; other names with an underscore are nobody's business here.
          if known == .host || isDropped(known, route.isTrusted) { continue }
        } else {
          switch known {
          case .host:
            host = host ?? span.value
            // RFC 9112 section 3.2.2: the absolute form beats Host.
            if let authority = parts.authority {
              lines.end(&writer)
              line("Host", slice(authority), to: &writer)
              continue
            }
          case .forwardedProto: proto = proto ?? span.value
          case .forwardedHost: forwardedHost = forwardedHost ?? span.value
          case .via: hasVia = true
          case .range where route.isAnswerInspected: continue
          default: break
          }
          if isDropped(known, route.isTrusted) { continue }
        }
        if parts.namesFields, known != .host || span.hasUnderscore, isNamed(span, head) { continue }
        lines.add(span, to: &writer)
      }
      lines.end(&writer)
      let authority = parts.authority ?? host
      if host == nil { line("Host", parts.authority.map(slice) ?? .init(start: nil, count: 0), to: &writer) }
      writer.text("X-Forwarded-For: ")
      if let forwardedFor = route.forwardedFor {
        writer.bytes(forwardedFor)
        writer.text(", ")
      }
      writer.bytes(route.client)
      // A trusted peer, such as the one that ends TLS, knows better than this hop.
      writer.text("\r\nX-Forwarded-Proto: ")
      if route.isTrusted, let proto { writer.bytes(slice(proto)) } else { writer.text("http") }
      writer.text("\r\nX-Forwarded-Host: ")
      if let value = route.isTrusted ? forwardedHost ?? authority : authority { writer.bytes(slice(value)) }
      writer.text("\r\nX-Request-ID: ")
      writer.name(route.name)
      writer.text("\r\nVia: ")
      // RFC 9110 section 7.6.3: those before us stay in it.
      if hasVia {
        for span in head.spans where span.isExactly(.via) {
          writer.bytes(slice(span.value))
          writer.text(", ")
        }
      }
      writer.text(parts.isHTTP10 ? "1.0 " : "1.1 ")
      writer.bytes(route.via)
      switch route.framing {
      case .none, .untilClose:
        // RFC 9110 section 8.6: a method that expects a body says that there is none.
        if expectsBody(slice(parts.method)) { writer.text("\r\nContent-Length: 0") }
      case .length(let count):
        writer.text("\r\nContent-Length: ")
        writer.number(count)
      case .chunked: writer.text("\r\nTransfer-Encoding: chunked")
      }
      writer.text("\r\n\r\n")
    }
  }

  private static func isDropped(_ known: KnownField, _ isTrusted: Bool) -> Bool {
    known.isHop || known.isRebuilt || (!isTrusted && known == .claim)
  }

  private static func expectsBody(_ method: UnsafeRawBufferPointer) -> Bool {
    guard let first = method.first, first == UInt8(ascii: "P") else { return false }
    return ["POST", "PUT", "PATCH"].contains { method.elementsEqual($0.utf8) }
  }

  /// Whether the request has been here before: `via` stands in its `Via` as the name of a hop.
  static func isLoop(_ head: HeadBytes, via: [UInt8]) -> Bool {
    head.spans.contains { span in
      span.isExactly(.via)
        && head.bytes[span.value].split(separator: 0x2C).contains { hop in
          // received-protocol RWS received-by [ RWS comment ]
          let words = hop.split { $0 == 0x20 || $0 == 0x09 }
          return words.count > 1 && words[1].elementsEqual(via)
        }
    }
  }

  /// The answer as the client gets it, written to the end of `output`.
  ///
  /// - Parameter announcedLength: where there is no body, what it would be long.
  static func response(
    _ head: HeadBytes, _ parts: ResponseParts, name: RequestName, framing: BodyFraming, isPersistent: Bool, isHTTP10: Bool,
    announcedLength: Range<Int>?, date: [UInt8], to output: inout ByteBuffer
  ) {
    let bytes = head.bytes
    output.writeHead(atMost: bytes.count + head.spans.count * 4 + (name.given?.count ?? 0) + 512) { writer in
      var hasDate = false
      start(head, parts, to: &writer) { span in
        if span.isExactly(.date) { hasDate = true }
        return span.isExactly(.requestID)
      }
      // RFC 9110 section 6.6.1: who has a clock adds what the origin left out.
      if !hasDate {
        writer.text("Date: ")
        writer.bytes(date)
        writer.text("\r\n")
      }
      writer.text("Via: 1.1 ropeline\r\nX-Request-ID: ")
      writer.name(name)
      switch framing {
      case .none:
        if let announcedLength {
          writer.text("\r\nContent-Length: ")
          writer.bytes(UnsafeRawBufferPointer(rebasing: bytes[announcedLength]))
        }
      case .length(let count):
        writer.text("\r\nContent-Length: ")
        writer.number(count)
      case .chunked: writer.text("\r\nTransfer-Encoding: chunked")
      case .untilClose: break
      }
      if !isPersistent {
        writer.text("\r\nConnection: close")
      } else if isHTTP10 {
        writer.text("\r\nConnection: keep-alive")
      }
      writer.text("\r\n\r\n")
    }
  }

  /// An interim answer as the client gets it: it has no body, so nothing may frame one.
  static func interim(_ head: HeadBytes, _ parts: ResponseParts, to output: inout ByteBuffer) {
    output.writeHead(atMost: head.bytes.count + head.spans.count * 4 + 64) { writer in
      start(head, parts, to: &writer) { _ in false }
      writer.text("Via: 1.1 ropeline\r\n\r\n")
    }
  }

  /// The status line, and the fields that are not of this hop and do not frame the body.
  private static func start(_ head: HeadBytes, _ parts: ResponseParts, to writer: inout HeadWriter, isDropped: (FieldSpan) -> Bool) {
    let bytes = head.bytes
    writer.text("HTTP/1.1 ")
    writer.number(parts.status)
    writer.text(" ")
    writer.bytes(UnsafeRawBufferPointer(rebasing: bytes[parts.reason]))
    writer.text("\r\n")
    var lines = Lines(bytes)
    for span in head.spans {
      if !span.hasUnderscore, span.known.isHop || span.known == .contentLength { continue }
      if isDropped(span) || (parts.namesFields && isNamed(span, head)) { continue }
      lines.add(span, to: &writer)
    }
    lines.end(&writer)
  }

  private static func line(_ name: StaticString, _ value: UnsafeRawBufferPointer, to writer: inout HeadWriter) {
    writer.text(name)
    writer.text(": ")
    writer.bytes(value)
    writer.text("\r\n")
  }

  /// Whether `Connection` names the field as one of this hop.
  private static func isNamed(_ span: FieldSpan, _ head: HeadBytes) -> Bool {
    let name = head.bytes[span.name].lazy.map(asciiLowercased)
    return head.spans.contains { connection in
      connection.isExactly(.connection)
        && head.bytes[connection.value].split(separator: 0x2C).contains { option in
          option.lazy.filter { $0 != 0x20 && $0 != 0x09 }.map(asciiLowercased).elementsEqual(name)
        }
    }
  }
}

/// Copies field lines: those that stand side by side and are written as they should be go as one piece.
private struct Lines {
  private let source: UnsafeRawBufferPointer
  private var run = 0..<0

  init(_ source: UnsafeRawBufferPointer) { self.source = source }

  @inline(__always)
  mutating func add(_ span: FieldSpan, to writer: inout HeadWriter) {
    guard span.isCanonical else {
      end(&writer)
      writer.bytes(UnsafeRawBufferPointer(rebasing: source[span.name]))
      writer.text(": ")
      writer.bytes(UnsafeRawBufferPointer(rebasing: source[span.value]))
      return writer.text("\r\n")
    }
    if run.upperBound == span.name.lowerBound, !run.isEmpty {
      run = run.lowerBound..<(span.value.upperBound + 2)
    } else {
      end(&writer)
      run = span.name.lowerBound..<(span.value.upperBound + 2)
    }
  }

  mutating func end(_ writer: inout HeadWriter) {
    if !run.isEmpty { writer.bytes(UnsafeRawBufferPointer(rebasing: source[run])) }
    run = 0..<0
  }
}
