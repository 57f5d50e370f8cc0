import BodyDecoding
import HTTPModel
import SchemaValidation

/// Holds requests and responses against a document. Holds memory that is reused; not `Sendable`, each thread has its own.
public final class OpenAPIInspector {
  public let document: OpenAPIDocument
  private let validator: SchemaValidator
  private let tape: JSONTape

  public init(_ document: OpenAPIDocument, limits: SchemaLimits = SchemaLimits()) {
    self.document = document
    validator = SchemaValidator(limits: limits)
    tape = JSONTape(limits: limits.reading)
  }

  /// Finds the operation and checks everything but the body.
  /// - Returns: the index of the operation, nil if there is none; what was found.
  public func inspect(_ head: RequestHead) -> (operation: Int?, findings: [OpenAPIFinding]) {
    let mark = head.target.firstIndex(of: UInt8(ascii: "?"))
    let path = Array(head.target[..<(mark ?? head.target.count)])
    let query = mark.map { Array(head.target[($0 + 1)...]) } ?? []
    switch path.withUnsafeBufferPointer({ document.router.route(method: head.method, path: $0) }) {
    case .unknownPath: return (nil, [OpenAPIFinding(kind: .unknownEndpoint, detail: "no path of the document matches")])
    case .unknownMethod(let allowed):
      return (nil, [OpenAPIFinding(kind: .unknownMethod, detail: "the path knows only \(allowed.joined(separator: ", "))")])
    case .operation(let index, let values):
      let operation = document.operations[index]
      let pairs = Self.pairs(query)
      let cookies = Self.cookies(head)
      var findings: [OpenAPIFinding] = []
      for parameter in operation.parameters {
        check(parameter, outcome(parameter, path: path, values, pairs, cookies, head), into: &findings)
      }
      for pair in pairs where !Self.isKnown(pair.name, in: operation) {
        findings.append(
          OpenAPIFinding(
            kind: .unknownQuery, place: "query:" + String(decoding: pair.name.prefix(100), as: UTF8.self), detail: "is not declared"))
      }
      if !isSecure(operation, pairs, cookies, head) {
        findings.append(OpenAPIFinding(kind: .missingSecurity, detail: "none of the declared security requirements is met"))
      }
      return (index, findings)
    }
  }

  /// Checks a request's body.
  /// - Parameter contentType: the Content-Type field; nil if there is none.
  public func inspectBody(_ body: [UInt8], contentType: [UInt8]?, operation index: Int) -> [OpenAPIFinding] {
    let operation = document.operations[index]
    guard let declared = operation.body else {
      return body.isEmpty ? [] : [OpenAPIFinding(kind: .notChecked, place: "body", detail: "the operation declares no body")]
    }
    if body.isEmpty, contentType == nil {
      return declared.isRequired ? [OpenAPIFinding(kind: .missingBody, place: "body", detail: "a body is required")] : []
    }
    return check(body, contentType, declared.content, place: "body")
  }

  /// Checks a response.
  public func inspectResponse(status: Int, body: [UInt8], contentType: [UInt8]?, operation index: Int) -> [OpenAPIFinding] {
    guard let declared = document.operations[index].response(status: status) else {
      return [OpenAPIFinding(kind: .undeclaredStatus, place: "response", detail: "the status \(status) is not declared")]
    }
    guard !declared.content.isEmpty, !body.isEmpty else { return [] }
    return check(body, contentType, declared.content, place: "response")
  }

  // MARK: Values

  private func check(_ body: [UInt8], _ contentType: [UInt8]?, _ content: [OpenAPIMediaType], place: String) -> [OpenAPIFinding] {
    let type = String(decoding: ContentType(parsing: contentType ?? []).type, as: UTF8.self)
    guard let declared = OpenAPIMediaType.best(type, in: content) else {
      return [
        OpenAPIFinding(kind: .wrongContentType, place: place, detail: "only \(content.map(\.range).joined(separator: ", ")) is declared")
      ]
    }
    guard let schema = declared.schema else { return [] }
    guard type == "application/json" || type.hasSuffix("+json") else {
      return [OpenAPIFinding(kind: .notChecked, place: place, detail: "only JSON is looked into")]
    }
    var findings: [OpenAPIFinding] = []
    check(body, schema, place: place, into: &findings)
    return findings
  }

  private func check(_ json: [UInt8], _ schema: CompiledSchema?, place: String, into findings: inout [OpenAPIFinding]) {
    json.withUnsafeBufferPointer { text in
      if let error = tape.read(text) {
        let kind: OpenAPIFinding.Kind = error.isLimit ? .notChecked : .invalid
        findings.append(OpenAPIFinding(kind: kind, place: place, detail: "\(error.message) (byte \(error.offset))"))
        return
      }
      let view = tape.view
      for node in 0..<view.count where view.kind(node) == .object && view.hasDuplicateKeys(node) {
        findings.append(
          OpenAPIFinding(
            kind: .duplicateMember, place: place, pointer: JSONPointer.text(to: node, in: view), detail: "has a member more than once"))
      }
      guard let schema else { return }
      switch validator.validate(view, schema) {
      case .valid: return
      case .limitReached, .unreadable: findings.append(OpenAPIFinding(kind: .notChecked, place: place, detail: "a limit was reached"))
      case .invalid:
        for issue in validator.explain(view, schema).issues {
          findings.append(OpenAPIFinding(kind: .invalid, place: place, pointer: issue.instanceLocation, detail: issue.error))
        }
      }
    }
  }

  // MARK: Parameters

  private func outcome(
    _ parameter: OpenAPIParameter, path: [UInt8], _ values: [OpenAPIPathValue], _ pairs: [ParameterDecoder.Pair],
    _ cookies: [ParameterDecoder.Pair], _ head: RequestHead
  ) -> ParameterDecoder.Outcome {
    switch parameter.place {
    case .path:
      guard let value = values.first(where: { $0.name == parameter.name }) else { return .absent }
      return ParameterDecoder.simple(parameter, Array(path[value.range]), isCoded: true)
    case .query: return ParameterDecoder.query(parameter, pairs)
    case .cookie: return ParameterDecoder.query(parameter, cookies)
    case .header:
      let fields = Self.fields(parameter.name, head)
      guard !fields.isEmpty else { return .absent }
      // Several fields of one name are one list (RFC 9110 section 5.3).
      return ParameterDecoder.simple(parameter, Array(fields.joined(separator: [UInt8(ascii: ",")])), isCoded: false)
    }
  }

  private func check(_ parameter: OpenAPIParameter, _ outcome: ParameterDecoder.Outcome, into findings: inout [OpenAPIFinding]) {
    let place = "\(parameter.place.rawValue):\(parameter.name)"
    switch outcome {
    case .absent:
      if parameter.isRequired { findings.append(OpenAPIFinding(kind: .missingParameter, place: place, detail: "is required")) }
    case .malformed(let detail): findings.append(OpenAPIFinding(kind: .invalid, place: place, detail: detail))
    case .json(let json):
      if let type = parameter.mediaType, type != "application/json", !type.hasSuffix("+json") {
        findings.append(OpenAPIFinding(kind: .notChecked, place: place, detail: "only JSON is looked into"))
      } else {
        check(json, parameter.schema, place: place, into: &findings)
      }
    }
  }

  private static func isKnown(_ name: [UInt8], in operation: OpenAPIOperation) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    for parameter in operation.parameters where parameter.place == .query {
      if parameter.name == text { return true }
      if parameter.style == .deepObject, ParameterDecoder.deepMember(name, of: Array(parameter.name.utf8)) != nil { return true }
      if case .object(let shapes) = parameter.shape, parameter.explodes, shapes[text] != nil { return true }
    }
    return operation.security.contains { all in
      all.contains { requirement in requirement.kind == .apiKey(place: .query, name: text) }
    }
  }

  // MARK: Security: whether credentials are there, not whether they are good

  private func isSecure(
    _ operation: OpenAPIOperation, _ pairs: [ParameterDecoder.Pair], _ cookies: [ParameterDecoder.Pair], _ head: RequestHead
  ) -> Bool {
    operation.security.isEmpty
      || operation.security.contains { all in
        all.allSatisfy { requirement in
          switch requirement.kind {
          case .apiKey(let place, let name):
            switch place {
            case .header: !Self.fields(name, head).isEmpty
            case .query: pairs.contains { $0.name == Array(name.utf8) }
            case .cookie: cookies.contains { $0.name == Array(name.utf8) }
            case .path: false
            }
          case .http(let scheme): Self.hasAuthorization(scheme, head)
          case .oauth2, .openIDConnect: Self.hasAuthorization("bearer", head)
          // Seen by whoever ends TLS.
          case .mutualTLS: true
          }
        }
      }
  }

  private static func hasAuthorization(_ scheme: String, _ head: RequestHead) -> Bool {
    fields("authorization", head).contains { value in
      let name = value.prefix { $0 != 0x20 }
      return String(decoding: name, as: UTF8.self).lowercased() == scheme && value.count > name.count + 1
    }
  }

  // MARK: Parts of a head

  private static func pairs(_ query: [UInt8]) -> [ParameterDecoder.Pair] {
    query.split(separator: UInt8(ascii: "&")).map { part in
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      return (URLCoding.decodeForm(Array(part[..<equals])), Array(part[equals...].dropFirst()))
    }
  }

  private static func cookies(_ head: RequestHead) -> [ParameterDecoder.Pair] {
    var list: [NamedValue] = []
    for value in fields("cookie", head) { CookieDecoder.decode(value, into: &list) }
    return list.map { ($0.name, $0.value) }
  }

  private static func fields(_ name: String, _ head: RequestHead) -> [[UInt8]] {
    let name = name.lowercased()
    return head.fields.filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name }.map(\.value)
  }
}
