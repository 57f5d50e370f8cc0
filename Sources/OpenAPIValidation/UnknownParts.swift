import HTTPModel

/// Query parameters, header fields and cookies that an operation does not declare.
enum UnknownParts {
  static func find(
    _ parts: RequestParts, _ operation: OpenAPIOperation, _ wanted: Set<OpenAPIFinding.Kind>, _ coverage: FieldCoverage
  ) -> [OpenAPIFinding] {
    var findings: [OpenAPIFinding] = []
    func add(_ kind: OpenAPIFinding.Kind, _ place: String, _ name: [UInt8]) {
      let place = place + String(decoding: name.prefix(100), as: UTF8.self)
      guard findings.count < 20, !findings.contains(where: { $0.place == place }) else { return }
      findings.append(OpenAPIFinding(kind: kind, place: place, detail: "is not declared"))
    }
    if wanted.contains(.unknownQuery) {
      for pair in parts.query where !isKnownQuery(pair.name, operation) { add(.unknownQuery, "query:", pair.name) }
    }
    if wanted.contains(.unknownCookie) {
      for pair in parts.cookies where !isKnown(pair.name, .cookie, operation) { add(.unknownCookie, "cookie:", pair.name) }
    }
    if wanted.contains(.unknownHeader), coverage == .all {
      for field in parts.head.fields {
        let name = field.name.map(asciiLowercased)
        if isStandard(name) || isKnown(name, .header, operation) { continue }
        add(.unknownHeader, "header:", name)
      }
    }
    return findings
  }

  private static func isKnownQuery(_ name: [UInt8], _ operation: OpenAPIOperation) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    for parameter in operation.parameters where parameter.place == .query {
      if parameter.style == .deepObject, ParameterDecoder.deepMember(name, of: Array(parameter.name.utf8)) != nil { return true }
      if spreads(parameter), case .object(let shapes) = parameter.shape, shapes[text] != nil { return true }
    }
    return isKnown(name, .query, operation)
  }

  /// Whether the members of an object stand in the query under their own names, and its name does not.
  private static func spreads(_ parameter: OpenAPIParameter) -> Bool {
    guard parameter.style == .form, parameter.explodes, parameter.mediaType == nil, case .object = parameter.shape else { return false }
    return true
  }

  private static func isKnown(_ name: [UInt8], _ place: OpenAPIPlace, _ operation: OpenAPIOperation) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    func isEqual(_ other: String) -> Bool { place == .header ? other.lowercased() == text : other == text }
    let isDeclared = operation.parameters.contains { parameter in
      parameter.place == place && isEqual(parameter.name) && parameter.style != .deepObject && !spreads(parameter)
    }
    if isDeclared { return true }
    return operation.security.contains { all in
      all.contains { requirement in
        if case .apiKey(place, let key) = requirement.kind { return isEqual(key) }
        return false
      }
    }
  }

  /// Fields that HTTP itself, browsers and proxies send; nobody declares them.
  private static func isStandard(_ name: [UInt8]) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    return standard.contains(text) || ["sec-", "x-forwarded-", "access-control-request-", "if-"].contains(where: text.hasPrefix)
  }

  private static let standard: Set<String> = [
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "baggage", "cache-control", "connection",
    "content-encoding",
    "content-language", "content-length", "content-type", "cookie", "date", "dnt", "expect", "forwarded", "from", "host", "keep-alive",
    "max-forwards", "origin", "pragma", "priority", "proxy-authorization", "proxy-connection", "range", "referer", "te", "traceparent",
    "tracestate",
    "trailer", "transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent", "via", "x-real-ip", "x-request-id",
    "x-requested-with",
  ]
}
