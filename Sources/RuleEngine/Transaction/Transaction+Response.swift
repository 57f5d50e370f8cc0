import BodyDecoding
import HTTPModel
import SecLang

/// The answer, and what the rules see of it.
extension Transaction {
  /// Gives the response's head, before phase 3.
  public func giveResponse(_ response: Response) {
    memory.set(.responseStatus, response.status)
    memory.set(.status, response.status)
    memory.set(.responseProtocol, response.version)
    memory.set(.statusLine, response.version + Array(" \(response.status) ".utf8) + response.reason)
    for field in response.fields {
      memory.append(.responseHeaders, key: memory.arena.copy(field.name), value: memory.arena.copy(field.value))
      if field.isNamed("content-type") {
        memory.set(.responseContentType, Array(field.value.prefix { $0 != UInt8(ascii: ";") }))
      } else if field.isNamed("content-length") {
        memory.set(.responseContentLength, field.value)
      }
    }
  }

  /// The answer's body without its content codings, as far as they can be undone within the limit; rules about leaks look for text.
  private func inflatedResponse(_ body: [UInt8]) -> [UInt8] {
    let values = memory.collections[CollectionSlot.responseHeaders.rawValue]
      .filter { $0.key.equalsIgnoringCase(Array("content-encoding".utf8)) }.map { Array($0.value) }
    guard !values.isEmpty, let codings = ContentCoding.list(of: Array(values.joined(separator: [UInt8(ascii: ",")]))), !codings.isEmpty
    else { return body }
    var limits = InflationLimits()
    limits.maximumBytes = responseBodyLimit
    switch ContentDecoder.decode(body, codings: codings, limits: limits) {
    case .complete(let bytes): return bytes
    case .cut(let bytes, _), .damaged(let bytes, _):
      memory.set(.outboundDataError, "1")
      return bytes
    }
  }

  /// Gives the response's body, before phase 4.
  public func giveResponseBody(_ body: [UInt8], isTruncated: Bool = false) {
    if isTruncated { memory.set(.outboundDataError, "1") }
    let body = inflatedResponse(body)
    memory.set(.responseBody, body)
    switch responseBodyProcessor {
    case .json: parseResponseJSON(body)
    case .xml: parseResponseXML(body)
    // What is a form or in parts is a request.
    case .urlencoded, .multipart, nil: break
    }
  }

  /// `ctl:responseBodyProcessor=JSON`: the members are `RESPONSE_ARGS`, named as those of requests.
  private func parseResponseJSON(_ body: [UInt8]) {
    var limits = JSONLimits()
    limits.maximumDepth = rules.settings.jsonDepthLimit
    let decoded = JSONFlattener.flatten(body, limits: limits, naming: options.jsonNaming)
    decoded.list.forEach { name, value in
      memory.append(.responseArgs, key: memory.arena.copy(name), value: memory.arena.copy(value))
    }
    if let error = decoded.error { failResponse(error.message) }
  }

  private func parseResponseXML(_ body: [UInt8]) {
    let decoded = XMLDecoder.decode(body)
    if let text = decoded.text { memory.append(.responseXMLText, key: memory.arena.copy("/*"), value: memory.arena.copy(text)) }
    for value in decoded.attributes {
      memory.append(.responseXMLAttributes, key: memory.arena.copy("//@*"), value: memory.arena.copy(value))
    }
    if let error = decoded.error { failResponse(error.message) }
  }

  private func failResponse(_ message: String) {
    for name in [VariableName.resBodyError, .resBodyProcessorError] { memory.set(name, "1") }
    for name in [VariableName.resBodyErrorMsg, .resBodyProcessorErrorMsg] { memory.set(name, message) }
  }

  /// `FULL_REQUEST`: the head as it was read, and the body as far as it is inspected.
  func publishFullRequest(_ body: [UInt8]) {
    var bytes = request.head.line + [0x0D, 0x0A]
    for field in request.head.fields { bytes += field.name + [0x3A, 0x20] + field.value + [0x0D, 0x0A] }
    bytes += [0x0D, 0x0A] + body
    memory.set(.fullRequest, bytes)
    memory.set(.fullRequestLength, bytes.count)
  }
}
