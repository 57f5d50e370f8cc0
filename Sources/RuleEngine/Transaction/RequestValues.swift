import BodyDecoding
import HTTPModel
import SecLang

/// Makes the variables of phase 1 from what was seen of a request's head. Values are views into one copy of the head where they can be.
enum RequestValues {
  static func fill(_ memory: TransactionMemory, from request: Request, rules: CompiledRuleSet, options: TransactionOptions) {
    let arena = memory.arena
    let head = request.head
    let line = arena.copy(head.line)
    let (method, rest, version) = parts(of: line, head) ?? (arena.copy(head.method), arena.copy(head.target), arena.copy(head.version))
    let target = RequestTarget(rest)
    memory.set(.requestLine, line)
    memory.set(.requestMethod, method)
    memory.set(.requestProtocol, version)
    memory.set(.requestURIRaw, rest)
    if target.pathAndQuery.count == rest.count {
      // One value under two names, so that it is looked at once.
      memory.scalars[VariableName.requestURI.ordinal] = memory.scalars[VariableName.requestURIRaw.ordinal]
    } else {
      memory.set(.requestURI, target.pathAndQuery)
    }
    // Unset rather than empty where nothing was sent, as in ModSecurity 3: a rule that forbids an empty value must not see one.
    if let query = target.query { memory.set(.queryString, query) }
    let filename = decoded(target.path, plusIsSpace: false, arena).text
    memory.set(.requestFilename, filename)
    memory.set(.pathInfo, filename)
    // Empty for a path that ends in a slash: CRS 3.3.4 asks "not a .pdf" of it.
    let slash = filename.lastIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }
    memory.set(.requestBasename, slash.map { ByteView(rebasing: filename[($0 + 1)...]) } ?? filename)

    let reads = rules.readScalars
    fillFields(memory, from: head, reads)
    fillConnection(memory, from: request, reads)
    if rules.readsTime { fillTime(memory, at: request.received, utcOffset: options.utcOffset) }
    if reads.contains(.webappid) { memory.set(.webappid, rules.settings.webAppID) }
    if reads.contains(.modsecBuild) { memory.set(.modsecBuild, "030000") }
    memory.set(.highestSeverity, 255)
    for name in rules.zeroAtStart { memory.set(name, TransactionMemory.zero) }
    if rules.readsEnvironment {
      for (name, value) in options.environment { memory.append(.env, key: arena.copy(name), value: arena.copy(value)) }
    }
    if let query = target.query { _ = addArguments(query, to: .argsGet, memory, rules.settings) }
    publishArgumentSize(memory)
  }

  /// Adds what a query or a form says.
  ///
  /// - Parameter text: a view that lives as long as the transaction.
  /// - Returns: how many arguments were left out since they are beyond the limit.
  static func addArguments(_ text: ByteView, to slot: CollectionSlot, _ memory: TransactionMemory, _ settings: EngineSettings) -> Int {
    let arena = memory.arena
    let limit = settings.argumentsLimit
    var count = 0
    var isValid = true
    URLEncodedDecoder.split(text, separator: settings.argumentSeparator) { name, value in
      count += 1
      let name = decoded(name, plusIsSpace: true, arena)
      let value = decoded(value, plusIsSpace: true, arena)
      if !name.isValid || !value.isValid { isValid = false }
      if count <= limit { memory.append(slot, key: name.text, value: value.text) }
    }
    if !isValid { memory.set(.urlencodedError, TransactionMemory.one) }
    return max(count - limit, 0)
  }

  /// The text with each `%XX` decoded: itself if there is nothing to decode.
  private static func decoded(_ text: ByteView, plusIsSpace: Bool, _ arena: ByteArena) -> (text: ByteView, isValid: Bool) {
    guard text.contains(where: { $0 == UInt8(ascii: "%") || ($0 == UInt8(ascii: "+") && plusIsSpace) }) else { return (text, true) }
    var isValid = true
    let view = arena.write(text.count) { output in
      let (count, isWhole) = URLCoding.decode(text, plusIsSpace: plusIsSpace, to: output)
      isValid = isWhole
      return count
    }
    return (view, isValid)
  }

  /// The parts of the request line as views into it, if they stand there with one blank between them.
  private static func parts(of line: ByteView, _ head: RequestHead) -> (method: ByteView, target: ByteView, version: ByteView)? {
    let (method, target, version) = (head.method.count, head.target.count, head.version.count)
    guard let base = line.baseAddress, method > 0, target > 0, line.count == method + target + version + 2, line[method] == 0x20,
      line[method + 1 + target] == 0x20
    else { return nil }
    let views = (
      ByteView(start: base, count: method), ByteView(start: base + method + 1, count: target),
      ByteView(start: base + method + target + 2, count: version)
    )
    func holds(_ bytes: [UInt8], _ view: ByteView) -> Bool { bytes.withUnsafeBufferPointer { $0.equals(view) } }
    return holds(head.method, views.0) && holds(head.target, views.1) && holds(head.version, views.2) ? views : nil
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
    memory.set(
      .argsCombinedSize,
      size(memory.collections[CollectionSlot.argsGet.rawValue]) + size(memory.collections[CollectionSlot.argsPost.rawValue]))
  }

  private static func size(_ entries: EntryList) -> Int {
    var size = 0
    for index in 0..<entries.count { size += entries[index].key.count + entries[index].value.count }
    return size
  }

  /// Variables that are 0 until something makes them 1.
  static let zeroAtStart: [VariableName] = [
    .inboundDataError, .outboundDataError, .resBodyError, .resBodyProcessorError, .reqbodyError, .reqbodyProcessorError, .urlencodedError,
    .filesCombinedSize,
    .multipartStrictError, .multipartBoundaryQuoted, .multipartBoundaryWhitespace, .multipartDataBefore, .multipartDataAfter,
    .multipartHeaderFolding, .multipartLfLine, .multipartCrlfLfLines, .multipartMissingSemicolon, .multipartInvalidQuoting,
    .multipartInvalidPart, .multipartInvalidHeaderFolding, .multipartFileLimitExceeded, .multipartUnmatchedBoundary,
  ]

  private static func fillFields(_ memory: TransactionMemory, from head: RequestHead, _ reads: ScalarSet) {
    let arena = memory.arena
    for field in head.fields {
      let value = arena.copy(field.value)
      memory.append(.requestHeaders, key: arena.copy(field.name), value: value)
      switch field.name.count {
      case 4 where field.isNamed("host"): memory.set(.serverName, hostName(value))
      case 6 where field.isNamed("cookie"):
        CookieDecoder.split(value) { name, value in memory.append(.requestCookies, key: name, value: value) }
      case 13 where field.isNamed("authorization"):
        memory.set(.authType, ByteView(rebasing: value.prefix { $0 != UInt8(ascii: " ") }))
        if reads.contains(.remoteUser), let user = basicUser(field.value) { memory.set(.remoteUser, user) }
      default: break
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
  private static func hostName(_ host: ByteView) -> ByteView {
    if host.first == UInt8(ascii: "["), let end = host.firstIndex(of: UInt8(ascii: "]")) { return ByteView(rebasing: host[...end]) }
    guard let colon = host.lastIndex(of: UInt8(ascii: ":")) else { return host }
    return ByteView(rebasing: host[..<colon])
  }

  private static func fillConnection(_ memory: TransactionMemory, from request: Request, _ reads: ScalarSet) {
    memory.set(.remoteAddr, request.client.address)
    memory.scalars[VariableName.remoteHost.ordinal] = memory.scalars[VariableName.remoteAddr.ordinal]
    if reads.contains(.remotePort) { memory.set(.remotePort, request.client.port) }
    if reads.contains(.serverAddr) { memory.set(.serverAddr, request.server.address) }
    if reads.contains(.serverPort) { memory.set(.serverPort, request.server.port) }
    if reads.contains(.uniqueId) { memory.set(.uniqueId, request.id) }
  }

  /// The variables of `fillTime`.
  static let times: [VariableName] = [.timeEpoch, .timeYear, .timeMon, .timeDay, .timeWday, .timeHour, .timeMin, .timeSec, .time]

  private static func fillTime(_ memory: TransactionMemory, at time: Timestamp, utcOffset: Int) {
    let date = CivilDate(epochSeconds: Int(time.microseconds.quotientRoundedDown(by: 1_000_000)) + utcOffset)
    memory.set(.timeEpoch, Int(time.microseconds.quotientRoundedDown(by: 1_000_000)))
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

/// The parts of a request target as the rules see them: scheme and host taken off an absolute form, the fragment cut. Views into it.
struct RequestTarget {
  var path: ByteView
  /// Without the `?`; nil if there is none.
  var query: ByteView?
  var pathAndQuery: ByteView

  init(_ target: ByteView) {
    var rest = target[...]
    // Absolute form (RFC 9112 section 3.2.2): a scheme, then `//`. `//x` alone stays a path.
    if rest.first != UInt8(ascii: "/"), let colon = rest.firstIndex(of: UInt8(ascii: ":")), colon != rest.startIndex,
      rest[..<colon].allSatisfy({ lowercase($0) &- 0x61 < 26 }), rest[(colon + 1)...].starts(with: "//".utf8)
    {
      let authority = rest[(colon + 3)...]
      let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
      rest = rest[(end ?? rest.endIndex)...]
    }
    if let hash = rest.firstIndex(of: UInt8(ascii: "#")) { rest = rest[..<hash] }
    pathAndQuery = ByteView(rebasing: rest)
    // Split before decoding: `%3f` is no separator (CVE-2024-1019).
    if let mark = pathAndQuery.firstIndex(of: UInt8(ascii: "?")) {
      path = ByteView(rebasing: pathAndQuery[..<mark])
      query = ByteView(rebasing: pathAndQuery[(mark + 1)...])
    } else {
      path = pathAndQuery
      query = nil
    }
  }
}
