import BodyDecoding
import EvidenceModel
import HTTPModel
import SecLang

/// How much of a body the rules want to see.
public enum BodyDemand: Sendable, Equatable {
  /// Nothing: the body may stream by.
  case none
  /// Up to `limit` bytes; `overLimit` says what to do with a longer body.
  case buffer(limit: Int, overLimit: OverLimit)

  public enum OverLimit: Sendable { case reject, processPartial }
}

/// The parts of a message that arrive after the head, and what the rules see of them.
extension Transaction {
  /// What phase 2 needs; ask after phase 1.
  public var requestBodyDemand: BodyDemand {
    guard isRunning, isRequestBodyAccessed else { return .none }
    return .buffer(limit: requestBodyLimit, overLimit: overLimit(rules.settings.requestBodyLimitAction))
  }

  /// What phase 4 needs; ask after phase 3.
  public func responseBodyDemand(for response: Response) -> BodyDemand {
    guard isRunning, isResponseBodyAccessed else { return .none }
    if isResponseBodyForced { return .buffer(limit: responseBodyLimit, overLimit: overLimit(rules.settings.responseBodyLimitAction)) }
    guard let value = response.fields.firstValue(of: "content-type") else { return .none }
    let type = lowercased(value).prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    guard rules.settings.responseBodyMIMETypes.contains(where: { type.elementsEqual($0.utf8) }) else { return .none }
    return .buffer(limit: responseBodyLimit, overLimit: overLimit(rules.settings.responseBodyLimitAction))
  }

  private func overLimit(_ action: Setting.BodyLimitAction) -> BodyDemand.OverLimit {
    switch action {
    // Rules that only take notes refuse nothing, and a body over the limit is no exception.
    case .reject: isActing ? .reject : .processPartial
    case .processPartial: .processPartial
    }
  }

  /// Gives the request's body, transfer coding removed, before phase 2.
  ///
  /// - Parameter isTruncated: only the first bytes are given because the body is over the limit.
  public func giveBody(_ body: [UInt8], isTruncated: Bool = false) {
    isBodyGiven = true
    guard isRunning, isRequestBodyAccessed else { return }
    if isTruncated { memory.set(.inboundDataError, "1") }
    guard !body.isEmpty else { return }
    memory.set(.requestBodyLength, body.count)
    if rules.readsFullRequest { publishFullRequest(body) }
    let (body, isInflatedWhole) = inflated(body)
    let isTruncated = isTruncated || !isInflatedWhole
    if requestBodyProcessor == .multipart || body.count <= rules.settings.requestBodyNoFilesLimit {
      parse(body, isTruncated: isTruncated)
    } else {
      // What fits is read all the same, so that padding in front of an attack is not the only thing to be seen of it.
      failNoFilesLimit()
      parse(Array(body.prefix(rules.settings.requestBodyNoFilesLimit)), isTruncated: true)
    }
    RequestValues.publishArgumentSize(memory)
  }

  private func failNoFilesLimit() {
    memory.set(.inboundDataError, "1")
    isBodyOverLimit = true
    let limit = rules.settings.requestBodyNoFilesLimit
    let isRefused = rules.settings.requestBodyLimitAction == .reject
    fail("Request body without files is longer than \(limit) bytes", status: isRefused ? 413 : nil)
  }

  private func parse(_ body: [UInt8], isTruncated: Bool) {
    switch requestBodyProcessor {
    case .urlencoded:
      parseForm(body)
    case .json: parseJSON(body, isTruncated: isTruncated)
    case .multipart: parseMultipart(body, isTruncated: isTruncated)
    case .xml: parseXML(body, isTruncated: isTruncated)
    case nil:
      if isRequestBodyVariableForced {
        memory.set(.reqbodyProcessor, BodyProcessorName.urlencoded.rawValue)
        parseForm(body)
      } else {
        isBodyUninspected = true
      }
    }
  }

  /// The body without its content codings, and whether that is all of it.
  ///
  /// An attacker may compress what the application will inflate; what cannot be inflated whole is an error of the body.
  private func inflated(_ body: [UInt8]) -> (body: [UInt8], isWhole: Bool) {
    let fields = request.head.fields.filter { $0.isNamed("content-encoding") }
    guard !fields.isEmpty else { return (body, true) }
    guard let codings = ContentCoding.list(of: Array(fields.map(\.value).joined(separator: [UInt8(ascii: ",")]))) else {
      fail("Content-Encoding is not known: the body is read as it stands")
      return (body, true)
    }
    var limits = InflationLimits()
    limits.maximumBytes = requestBodyLimit
    switch ContentDecoder.decode(body, codings: codings, limits: limits) {
    case .complete(let bytes): return (bytes, true)
    case .cut(let bytes, let reason):
      isBodyOverLimit = true
      failInflation(reason, status: 413)
      // A body of that size is refused whatever the rules say of errors, and so it is if it comes compressed.
      if rules.settings.requestBodyLimitAction == .reject, bodyFault == nil {
        bodyFault = BodyFault(status: 413, detail: "Content-Encoding: \(reason)")
      }
      return (bytes, false)
    case .damaged(let bytes, let reason):
      failInflation(reason, status: 400)
      return (bytes, false)
    }
  }

  private func failInflation(_ reason: String, status: Int) {
    memory.set(.inboundDataError, "1")
    fail("Content-Encoding: \(reason)", status: status)
  }

  private func parseXML(_ body: [UInt8], isTruncated: Bool) {
    if rules.validatesXML { xmlBody = body }
    let decoded = XMLDecoder.decode(body)
    if let text = decoded.text { memory.append(.xmlText, key: memory.arena.copy("/*"), value: memory.arena.copy(text)) }
    if !decoded.attributes.isEmpty {
      let key = memory.arena.copy("//@*")
      for value in decoded.attributes { memory.append(.xmlAttributes, key: key, value: memory.arena.copy(value)) }
    }
    if !rules.xmlPaths.isEmpty, !decoded.isCut, !decoded.hasDocumentType {
      let found = XMLPath.evaluate(rules.xmlPaths, in: body)
      for (path, values) in zip(rules.xmlPaths, found) {
        let key = memory.arena.copy(path.expression)
        memory.xmlValues.append(values.map { memory.entry(key: key, value: memory.arena.copy($0)) })
      }
    }
    if let error = decoded.error { fail(error.message, status: isTruncated ? nil : 400) }
    if isTruncated || decoded.isCut { isBodyPartlyInspected = true }
  }

  private func parseForm(_ body: [UInt8]) {
    let text = memory.arena.copy(body)
    memory.set(.requestBody, text)
    if RequestValues.addArguments(text, to: .argsPost, memory, rules.settings) > 0 { isBodyPartlyInspected = true }
  }

  private func parseJSON(_ body: [UInt8], isTruncated: Bool) {
    var limits = JSONLimits()
    limits.maximumDepth = rules.settings.jsonDepthLimit
    let decoded = JSONFlattener.flatten(body, limits: limits, naming: options.jsonNaming)
    decoded.list.forEach { name, value in
      memory.append(.argsPost, key: memory.arena.copy(name), value: memory.arena.copy(value))
    }
    if let error = decoded.error { fail(error.message, status: isTruncated ? nil : 400) }
    if isTruncated { isBodyPartlyInspected = true }
  }

  private func parseMultipart(_ body: [UInt8], isTruncated: Bool) {
    let contentType = request.head.fields.firstValue(of: "content-type") ?? []
    let decoded = MultipartDecoder.decode(body, contentType: contentType, maximumFiles: rules.settings.uploadFileLimit)
    addPostArguments(decoded.fields)
    if decoded.fields.reduce(0, { $0 + $1.name.count + $1.value.count }) > rules.settings.requestBodyNoFilesLimit { failNoFilesLimit() }
    var combined = 0
    for file in decoded.files {
      let name = memory.arena.copy(file.fieldName)
      memory.append(.files, key: name, value: memory.arena.copy(file.fileName))
      memory.append(.filesSizes, key: name, value: memory.arena.copy(String(file.size)))
      // Applications differ in which of two names they take: both are shown.
      if let other = file.extendedFileName { memory.append(.files, key: name, value: memory.arena.copy(other)) }
      if rules.readsFileContent { memory.append(.filesContent, key: name, value: memory.arena.copy(Array(body[file.content]))) }
      combined += file.size
      memory.set(.multipartFilename, file.fileName)
      memory.set(.multipartName, file.fieldName)
    }
    memory.set(.filesCombinedSize, combined)
    for header in decoded.partHeaders {
      memory.append(.partHeaders, key: memory.arena.copy(header.name), value: memory.arena.copy(header.value))
    }
    let flags = decoded.flags
    memory.set(.multipartBoundaryQuoted, flags.boundaryQuoted)
    memory.set(.multipartBoundaryWhitespace, flags.boundaryWhitespace)
    memory.set(.multipartDataBefore, flags.dataBefore)
    memory.set(.multipartDataAfter, flags.dataAfter)
    memory.set(.multipartHeaderFolding, flags.headerFolding)
    memory.set(.multipartLfLine, flags.lfLine)
    memory.set(.multipartCrlfLfLines, flags.crlfLFLines)
    memory.set(.multipartMissingSemicolon, flags.missingSemicolon)
    memory.set(.multipartInvalidQuoting, flags.invalidQuoting)
    memory.set(.multipartInvalidPart, flags.invalidPart)
    memory.set(.multipartInvalidHeaderFolding, flags.invalidHeaderFolding)
    memory.set(.multipartFileLimitExceeded, flags.fileLimitExceeded)
    memory.set(.multipartUnmatchedBoundary, String(flags.unmatchedBoundary))
    memory.set(.multipartStrictError, flags.strictError || decoded.error != nil)
    if let error = decoded.error { fail(error.message, status: isTruncated ? nil : 400) }
    if isTruncated { isBodyPartlyInspected = true }
  }

  /// Gives values that others decoded from the body, before phase 2: they are `ARGS_POST` to the rules.
  public func addArguments(_ values: [NamedValue]) {
    guard isRunning, !values.isEmpty else { return }
    addPostArguments(values)
    RequestValues.publishArgumentSize(memory)
  }

  /// What was known of the body at the beginning.
  public var observedBody: Observation<[UInt8]> { request.body }

  private func addPostArguments(_ values: [NamedValue]) {
    for value in values {
      memory.append(.argsPost, key: memory.arena.copy(value.name), value: memory.arena.copy(value.value))
    }
  }

  /// - Parameter status: what the request is refused with if no rule looks at `REQBODY_ERROR`; nil lets it pass.
  private func fail(_ message: String, status: Int? = 400) {
    isBodyPartlyInspected = true
    for name in [VariableName.reqbodyError, .reqbodyProcessorError] { memory.set(name, "1") }
    for name in [VariableName.reqbodyErrorMsg, .reqbodyProcessorErrorMsg] { memory.set(name, message) }
    if let status, bodyFault == nil, !rules.readsBodyError { bodyFault = BodyFault(status: status, detail: message) }
  }
}
