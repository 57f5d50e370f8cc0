import BodyDecoding
import HTTPModel
import SecLang

/// Makes the variables of phase 1 from what was seen of a request's head.
enum RequestValues {
  static func fill(
    _ memory: TransactionMemory, from request: Request, settings: EngineSettings, options: TransactionOptions, readsEnvironment: Bool
  ) {
    let arena = memory.arena
    let head = request.head
    let target = RequestTarget(head.target)
    memory.set(.requestLine, head.line)
    memory.set(.requestMethod, head.method)
    memory.set(.requestProtocol, head.version)
    memory.set(.requestURIRaw, head.target)
    if target.pathAndQuery.count == head.target.count {
      // One value under two names, so that it is looked at once.
      memory.scalars[VariableName.requestURI.ordinal] = memory.scalars[VariableName.requestURIRaw.ordinal]
    } else {
      memory.set(.requestURI, target.pathAndQuery)
    }
    // Unset rather than empty where nothing was sent, as in ModSecurity 3: a rule that forbids an empty value must not see one.
    if let query = target.query { memory.set(.queryString, query) }
    let filename = URLCoding.decodePath(target.path)
    memory.set(.requestFilename, filename)
    memory.set(.pathInfo, filename)
    let basename = filename.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }.map { filename[($0 + 1)...] } ?? filename[...]
    // Empty for a path that ends in a slash: CRS 3.3.4 asks "not a .pdf" of it.
    memory.set(.requestBasename, Array(basename))

    fillFields(memory, from: head)
    fillConnection(memory, from: request)
    fillTime(memory, at: request.received, utcOffset: options.utcOffset)
    memory.set(.webappid, settings.webAppID)
    memory.set(.modsecBuild, "030000")
    memory.set(.highestSeverity, 255)
    for name in zeroAtStart { memory.set(name, TransactionMemory.zero) }
    memory.set(.multipartUnmatchedBoundary, TransactionMemory.zero)
    if readsEnvironment {
      for (name, value) in options.environment { memory.append(.env, key: arena.copy(name), value: arena.copy(value)) }
    }

    let arguments = URLEncodedDecoder.decode(
      target.query ?? [], separator: settings.argumentSeparator, maximumCount: settings.argumentsLimit)
    if arguments.hasInvalidEncoding { memory.set(.urlencodedError, "1") }
    for argument in arguments.values {
      memory.append(.argsGet, key: arena.copy(argument.name), value: arena.copy(argument.value))
    }
    publishArgumentSize(memory)
  }

  /// The processor that the Content-Type chooses: URL-encoded and multipart by the engine itself, XML and JSON as ModSecurity's
  /// recommended rules 200000 and 200001 do.
  static func defaultProcessor(for request: Request) -> BodyProcessorName? {
    guard let value = request.head.fields.firstValue(of: "content-type") else { return nil }
    let type = lowercased(value)
    if type.starts(with: "application/x-www-form-urlencoded".utf8) { return .urlencoded }
    if type.starts(with: "multipart/form-data".utf8) { return .multipart }
    if type.starts(with: "text/xml".utf8) || type.starts(with: "application/xml".utf8) || type.starts(with: "application/soap+xml".utf8) {
      return .xml
    }
    guard type.starts(with: "application/".utf8) else { return nil }
    let subtype = type.dropFirst("application/".utf8.count)
    if subtype.starts(with: "json".utf8) { return .json }
    // `+json`: letters, digits, dots and dashes before it.
    guard let plus = subtype.firstIndex(of: UInt8(ascii: "+")), plus != subtype.startIndex else { return nil }
    let name = subtype[..<plus]
    let isName = name.allSatisfy { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    return isName && subtype[(plus + 1)...].starts(with: "json".utf8) ? .json : nil
  }

  static func publishArgumentSize(_ memory: TransactionMemory) {
    var size = 0
    for slot in [CollectionSlot.argsGet, .argsPost] {
      for entry in memory.collections[slot.rawValue] { size += entry.key.count + entry.value.count }
    }
    memory.set(.argsCombinedSize, size)
  }

  private static let zeroAtStart: [VariableName] = [
    .inboundDataError, .outboundDataError, .resBodyError, .resBodyProcessorError, .reqbodyError, .reqbodyProcessorError, .urlencodedError,
    .filesCombinedSize,
    .multipartStrictError, .multipartBoundaryQuoted, .multipartBoundaryWhitespace, .multipartDataBefore, .multipartDataAfter,
    .multipartHeaderFolding, .multipartLfLine, .multipartCrlfLfLines, .multipartMissingSemicolon, .multipartInvalidQuoting,
    .multipartInvalidPart, .multipartInvalidHeaderFolding, .multipartFileLimitExceeded,
  ]

  private static func fillFields(_ memory: TransactionMemory, from head: RequestHead) {
    let arena = memory.arena
    for field in head.fields {
      memory.append(.requestHeaders, key: arena.copy(field.name), value: arena.copy(field.value))
      if field.isNamed("cookie") {
        var cookies: [NamedValue] = []
        CookieDecoder.decode(field.value, into: &cookies)
        for cookie in cookies { memory.append(.requestCookies, key: arena.copy(cookie.name), value: arena.copy(cookie.value)) }
      } else if field.isNamed("authorization") {
        memory.set(.authType, Array(field.value.prefix { $0 != UInt8(ascii: " ") }))
        if let user = basicUser(field.value) { memory.set(.remoteUser, user) }
      } else if field.isNamed("host") {
        memory.set(.serverName, hostName(field.value))
      }
    }
  }

  /// Who a client says it is by `Basic` (RFC 7617); nobody has checked it here.
  private static func basicUser(_ credentials: [UInt8]) -> [UInt8]? {
    guard credentials.count > 6, lowercased(Array(credentials[..<6])).elementsEqual("basic ".utf8) else { return nil }
    var decoded = OutputBytes()
    return credentials[6...].withUnsafeBufferPointer { value in
      let context = TransformationContext(unicodeMap: nil)
      guard transform(.base64Decode, value, context: context, into: &decoded) else { return nil }
      return decoded.view.firstIndex(of: UInt8(ascii: ":")).map { Array(decoded.view[..<$0]) }
    }
  }

  /// The host without its port; brackets of an IPv6 address stay.
  private static func hostName(_ host: [UInt8]) -> [UInt8] {
    if host.first == UInt8(ascii: "["), let end = host.firstIndex(of: UInt8(ascii: "]")) { return Array(host[...end]) }
    guard let colon = host.lastIndex(of: UInt8(ascii: ":")) else { return host }
    return Array(host[..<colon])
  }

  private static func fillConnection(_ memory: TransactionMemory, from request: Request) {
    memory.set(.remoteAddr, request.client.address)
    memory.set(.remoteHost, request.client.address)
    memory.set(.remotePort, request.client.port)
    memory.set(.serverAddr, request.server.address)
    memory.set(.serverPort, request.server.port)
    memory.set(.uniqueId, request.id)
  }

  private static func fillTime(_ memory: TransactionMemory, at time: Timestamp, utcOffset: Int) {
    let date = CivilDate(epochSeconds: Int(time.microseconds.quotientRoundedDown(by: 1_000_000)) + utcOffset)
    memory.set(.timeEpoch, String(time.microseconds.quotientRoundedDown(by: 1_000_000)))
    memory.set(.timeYear, date.year)
    memory.set(.timeMon, date.month - 1)
    memory.set(.timeDay, date.day)
    memory.set(.timeWday, date.weekday)
    memory.set(.timeHour, date.hour)
    memory.set(.timeMin, date.minute)
    memory.set(.timeSec, date.second)
    memory.set(.time, "\(padded(date.hour)):\(padded(date.minute)):\(padded(date.second))")
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

extension Int64 {
  /// The quotient rounded towards minus infinity, so that times before 1970 keep their second.
  func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

/// The parts of a request target as the rules see them: scheme and host taken off an absolute form, the fragment cut.
struct RequestTarget {
  var path: [UInt8]
  /// Without the `?`; nil if there is none.
  var query: [UInt8]?
  var pathAndQuery: [UInt8]

  init(_ target: [UInt8]) {
    var rest = target[...]
    // Absolute form (RFC 9112 section 3.2.2): a scheme, then `//`. `//x` alone stays a path.
    if let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon != rest.startIndex,
      rest[..<colon].allSatisfy({ lowercase($0) &- 0x61 < 26 }), rest[(colon + 1)...].starts(with: "//".utf8)
    {
      let authority = rest[(colon + 3)...]
      let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
      rest = rest[(end ?? rest.endIndex)...]
    }
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
    pathAndQuery = Array(rest)
    // Split before decoding: `%3f` is no separator (CVE-2024-1019).
    if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
      path = Array(rest[..<mark])
      query = Array(rest[(mark + 1)...])
    } else {
      path = Array(rest)
      query = nil
    }
  }
}
