import EvidenceModel
import HTTPModel

/// What a strict front end refuses beyond broken framing: everything that some server or framework reads in a way of its own.
extension HeadReader {
  /// Methods that are known here (RFC 9110 section 9.3, RFC 5789), CONNECT excepted.
  static let knownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

  mutating func checkStrictly(_ head: RequestHead, _ framing: BodyFraming, isHTTP10: Bool) {
    if !Self.knownMethods.contains(where: { head.method.elementsEqual($0.utf8) }) { refuse(405, "an unknown method") }
    // RFC 9110 section 9.3.1: a body there has no meaning, and some servers leave it for the next request.
    if framing != .none, framing != .length(0), ["GET", "HEAD", "TRACE"].contains(where: { head.method.elementsEqual($0.utf8) }) {
      refuse(400, "a body where the method has none")
    }
    if isHTTP10, (head.fields.firstValue(of: "host") ?? []).isEmpty { refuse(400, "no Host") }
    checkPathStrictly(head.originForm.prefix { $0 != 0x3F })
    checkFieldsStrictly(head.fields)
    // What is refused after the rules have spoken is refused before them here; they have seen the head all the same.
    if let ambiguity { refuse(ambiguity.status, ambiguity.detail) }
  }

  /// Paths that one server takes apart before it decodes them, and another after.
  private mutating func checkPathStrictly(_ path: ArraySlice<UInt8>) {
    var decoded: [UInt8] = []
    var index = path.startIndex
    while index < path.endIndex {
      guard path[index] == 0x25 else {
        decoded.append(path[index])
        index += 1
        continue
      }
      let high = index + 1 < path.endIndex ? ByteClass.hexValue(path[index + 1]) : 255
      let low = index + 2 < path.endIndex ? ByteClass.hexValue(path[index + 2]) : 255
      guard high < 16, low < 16 else { return refuse(400, "a broken percent encoding in the path") }
      let byte = high << 4 | low
      if byte < 0x20 || byte == 0x7F { return refuse(400, "an encoded control byte in the path") }
      if byte == 0x2F || byte == 0x5C || byte == 0x25 { return refuse(400, "an encoded slash, backslash or percent sign in the path") }
      decoded.append(byte)
      index += 3
    }
    if decoded.split(separator: 0x2F).contains(where: { $0.elementsEqual([0x2E]) || $0.starts(with: [0x2E, 0x2E]) && $0.count == 2 }) {
      refuse(400, "a dot segment in the path")
    }
    if zip(decoded, decoded.dropFirst()).contains(where: { $0 == 0x2F && $1 == 0x2F }) { refuse(400, "an empty segment in the path") }
  }

  private mutating func checkFieldsStrictly(_ fields: [Field]) {
    for (index, field) in fields.enumerated() {
      // CGI and its heirs read `_` and `-` alike (RFC 3875 section 4.1.18), so one could pass for the other.
      if field.name.contains(0x5F) { refuse(400, "an underscore in a field's name") }
      if field.value.contains(where: { $0 >= 0x80 }) { refuse(400, "a byte beyond ASCII in a field") }
      // RFC 9110 section 5.3: only lists may come in several lines. Which of two counts is anybody's guess.
      if Self.single.contains(where: { field.isNamed($0) }),
        fields[..<index].contains(where: { other in other.name.map(asciiLowercased) == field.name.map(asciiLowercased) })
      {
        refuse(400, "a field twice that has one value")
      }
    }
  }

  private static let single: [StaticString] = [
    "authorization", "content-type", "content-encoding", "expect", "from", "if-modified-since", "if-unmodified-since", "max-forwards",
    "origin", "proxy-authorization", "range", "referer", "user-agent", "x-request-id",
  ]
}
