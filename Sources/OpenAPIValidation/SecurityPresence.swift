/// Whether the credentials that an operation asks for are there, not whether they are good.
enum SecurityPresence {
  static func holds(_ operation: OpenAPIOperation, _ parts: RequestParts) -> Bool {
    operation.security.isEmpty || operation.security.contains { all in all.allSatisfy { isThere($0, parts) } }
  }

  private static func isThere(_ requirement: OpenAPISecurityRequirement, _ parts: RequestParts) -> Bool {
    switch requirement.kind {
    case .apiKey(let place, let name):
      switch place {
      case .header: parts.fields(name).contains { !$0.isEmpty }
      case .query: parts.query.contains { $0.name == Array(name.utf8) && !$0.value.isEmpty }
      case .cookie: parts.cookies.contains { $0.name == Array(name.utf8) && !$0.value.isEmpty }
      case .path: false
      }
    case .http(let scheme): hasAuthorization(scheme, parts)
    case .oauth2, .openIDConnect: hasAuthorization("bearer", parts)
    // Seen by whoever ends TLS.
    case .mutualTLS: true
    }
  }

  private static func hasAuthorization(_ scheme: String, _ parts: RequestParts) -> Bool {
    parts.fields("authorization").contains { value in
      let name = value.prefix { $0 != 0x20 }
      return String(decoding: name, as: UTF8.self).lowercased() == scheme && value.count > name.count + 1
    }
  }
}
