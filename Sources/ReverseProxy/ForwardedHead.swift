import HTTPModel
import HTTPWire
import Telemetry

/// Builds the heads that are sent on, from what was received.
enum ForwardedHead {
  /// Fields of one hop only (RFC 9110 section 7.6.1), with those that old clients send.
  private static let hopByHop: Set<String> = [
    "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "trailer", "upgrade", "proxy-authenticate",
    "proxy-authorization", "http2-settings",
  ]
  /// Fields that this proxy writes itself: those of the client are not believed.
  private static let rebuilt: Set<String> = [
    "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-request-id", "via", "content-length", "expect", "forwarded",
  ]

  private static func isOurs(_ name: String) -> Bool { hopByHop.contains(name) || rebuilt.contains(name) || name == "host" }

  /// The request as the upstream gets it.
  static func request(
    _ head: RequestHead, client: String, isTrusted: Bool, forwardedFor: [UInt8]?, requestID: String, via: String, framing: BodyFraming
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(1024)
    let authority = head.authority
    output += head.method + [0x20] + head.originForm + Array(" HTTP/1.1\r\n".utf8)
    let named = connectionOptions(head.fields)
    var hasHost = false
    for field in head.fields {
      let name = lowercase(field.name)
      if hopByHop.contains(name) || rebuilt.contains(name) || (named.contains(name) && name != "host") { continue }
      if !isTrusted, ForwardingClaim.isMade(by: name) { continue }
      // Another spelling of such a field; other names with an underscore are nobody's business here.
      if let collapsed = ForwardingClaim.collapsed(name) {
        if isOurs(collapsed) || (!isTrusted && ForwardingClaim.isMade(by: collapsed)) { continue }
      }
      if name == "host" {
        hasHost = true
        // RFC 9112 section 3.2.2: the absolute form beats Host.
        append(field.name, authority ?? field.value, to: &output)
      } else {
        append(field.name, field.value, to: &output)
      }
    }
    if !hasHost { append("Host", authority ?? [], to: &output) }
    let host = authority ?? head.fields.firstValue(of: "host") ?? []
    if let forwardedFor {
      append("X-Forwarded-For", forwardedFor + Array(", \(client)".utf8), to: &output)
    } else {
      append("X-Forwarded-For", Array(client.utf8), to: &output)
    }
    // A trusted peer, such as the one that ends TLS, knows better than this hop.
    let proto = isTrusted ? head.fields.firstValue(of: "x-forwarded-proto") : nil
    append("X-Forwarded-Proto", proto ?? Array("http".utf8), to: &output)
    let forwardedHost = isTrusted ? head.fields.firstValue(of: "x-forwarded-host") : nil
    append("X-Forwarded-Host", forwardedHost ?? host, to: &output)
    append("X-Request-ID", Array(requestID.utf8), to: &output)
    // RFC 9110 section 7.6.3: those before us stay in it.
    var hops: [[UInt8]] = head.fields.filter { $0.isNamed("via") }.map(\.value)
    hops.append(head.version.suffix(3) + Array(" \(via)".utf8))
    append("Via", Array(hops.joined(separator: Array(", ".utf8))), to: &output)
    switch framing {
    case .none, .untilClose:
      // RFC 9110 section 8.6: a method that expects a body says that there is none.
      if ["POST", "PUT", "PATCH"].contains(where: { head.method.elementsEqual($0.utf8) }) { append("Content-Length", [0x30], to: &output) }
    case .length(let count): append("Content-Length", Array(String(count).utf8), to: &output)
    case .chunked: append("Transfer-Encoding", Array("chunked".utf8), to: &output)
    }
    output += [0x0D, 0x0A]
    return output
  }

  /// Whether the request has been here before: `via` stands in its `Via` as the name of a hop.
  static func isLoop(_ head: RequestHead, via: String) -> Bool {
    head.fields.contains { field in
      field.isNamed("via")
        && field.value.split(separator: 0x2C).contains { hop in
          // received-protocol RWS received-by [ RWS comment ]
          let words = hop.split { $0 == 0x20 || $0 == 0x09 }
          return words.count > 1 && words[1].elementsEqual(via.utf8)
        }
    }
  }

  /// The answer as the client gets it.
  static func response(
    _ response: Response, requestID: String, framing: BodyFraming, isPersistent: Bool, isHTTP10: Bool, announcedLength: [UInt8]?
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(512)
    output += Array("HTTP/1.1 \(response.status) ".utf8) + response.reason + [0x0D, 0x0A]
    let named = connectionOptions(response.fields)
    var hasDate = false
    for field in response.fields {
      let name = lowercase(field.name)
      if hopByHop.contains(name) || name == "content-length" || name == "x-request-id" || named.contains(name) { continue }
      if name == "date" { hasDate = true }
      append(field.name, field.value, to: &output)
    }
    // RFC 9110 section 6.6.1: who has a clock adds what the origin left out.
    if !hasDate { append("Date", Array(TimestampText.http(Clock.now()).utf8), to: &output) }
    append("Via", Array("1.1 ropeline".utf8), to: &output)
    append("X-Request-ID", Array(requestID.utf8), to: &output)
    switch framing {
    case .none: if let announcedLength { append("Content-Length", announcedLength, to: &output) }
    case .length(let count): append("Content-Length", Array(String(count).utf8), to: &output)
    case .chunked: append("Transfer-Encoding", Array("chunked".utf8), to: &output)
    case .untilClose: break
    }
    if !isPersistent {
      append("Connection", Array("close".utf8), to: &output)
    } else if isHTTP10 {
      append("Connection", Array("keep-alive".utf8), to: &output)
    }
    output += [0x0D, 0x0A]
    return output
  }

  /// An interim answer as the client gets it: it has no body, so nothing may frame one.
  static func interim(_ response: Response) -> [UInt8] {
    var output: [UInt8] = []
    output += Array("HTTP/1.1 \(response.status) ".utf8) + response.reason + [0x0D, 0x0A]
    let named = connectionOptions(response.fields)
    for field in response.fields {
      let name = lowercase(field.name)
      if hopByHop.contains(name) || name == "content-length" || named.contains(name) { continue }
      append(field.name, field.value, to: &output)
    }
    append("Via", Array("1.1 ropeline".utf8), to: &output)
    output += [0x0D, 0x0A]
    return output
  }

  private static func append(_ name: String, _ value: [UInt8], to output: inout [UInt8]) {
    append(Array(name.utf8), value, to: &output)
  }

  private static func append(_ name: [UInt8], _ value: [UInt8], to output: inout [UInt8]) {
    output += name
    output += [0x3A, 0x20]
    output += value
    output += [0x0D, 0x0A]
  }

  private static func lowercase(_ name: [UInt8]) -> String { String(decoding: name.map(asciiLowercased), as: UTF8.self) }

  private static func connectionOptions(_ fields: [Field]) -> Set<String> {
    var options: Set<String> = []
    for field in fields where field.isNamed("connection") {
      for option in field.value.split(separator: 0x2C) { options.insert(lowercase(option.filter { $0 != 0x20 && $0 != 0x09 })) }
    }
    return options
  }
}
