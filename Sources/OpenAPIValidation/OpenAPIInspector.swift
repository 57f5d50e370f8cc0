import BodyDecoding
import HTTPModel
import SchemaValidation

/// Holds requests and responses against a document. Holds memory that is reused; not `Sendable`, each thread has its own.
public final class OpenAPIInspector {
  public let document: OpenAPIDocument
  /// Which kinds of findings are wanted; those that cost a pass of their own are not looked for otherwise.
  public var wanted: Set<OpenAPIFinding.Kind> = Set(OpenAPIFinding.Kind.allCases)
  private let validator: SchemaValidator
  private let tape: JSONTape

  public init(_ document: OpenAPIDocument, limits: SchemaLimits = SchemaLimits()) {
    self.document = document
    validator = SchemaValidator(limits: limits)
    tape = JSONTape(limits: limits.reading)
  }

  /// Finds the operation and checks everything but the body.
  /// - Parameter coverage: which header fields could be seen at all; what was not seen is not missed.
  /// - Returns: the index of the operation, nil if there is none; what was found.
  public func inspect(_ head: RequestHead, coverage: FieldCoverage = .all) -> (operation: Int?, findings: [OpenAPIFinding]) {
    let parts = RequestParts(head)
    var route = parts.path.withUnsafeBufferPointer { document.router.route(method: head.method, path: $0) }
    if case .unknownMethod(let allowed) = route {
      // HEAD is GET without the answer's content (RFC 9110 section 9.3.2); a preflight asks about a method, and is not declared.
      if head.method.elementsEqual("HEAD".utf8), allowed.contains("GET") {
        route = parts.path.withUnsafeBufferPointer { document.router.route(method: Array("GET".utf8), path: $0) }
      } else if head.method.elementsEqual("OPTIONS".utf8), !parts.fields("access-control-request-method").isEmpty {
        return (nil, [])
      }
    }
    switch route {
    case .unknownPath: return (nil, [OpenAPIFinding(kind: .unknownEndpoint, detail: "no path of the document matches")])
    case .unknownMethod(let allowed):
      return (nil, [OpenAPIFinding(kind: .unknownMethod, detail: "the path knows only \(allowed.joined(separator: ", "))")])
    case .operation(let index, let values):
      let operation = document.operations[index]
      var findings: [OpenAPIFinding] = []
      for parameter in operation.parameters where Self.isObservable(parameter, coverage) {
        check(parameter, outcome(parameter, parts, values), into: &findings)
      }
      findings += UnknownParts.find(parts, operation, wanted, coverage)
      let secures = operation.security.allSatisfy { all in all.allSatisfy { Self.isObservable($0, coverage) } }
      if secures, !SecurityPresence.holds(operation, parts) {
        findings.append(OpenAPIFinding(kind: .missingSecurity, detail: "none of the declared security requirements is met"))
      }
      return (index, findings)
    }
  }

  /// Checks a request's body.
  /// - Parameter contentTypes: the Content-Type fields, as many as there are.
  public func inspectBody(_ body: [UInt8], contentTypes: [[UInt8]], operation index: Int) -> [OpenAPIFinding] {
    let operation = document.operations[index]
    guard let declared = operation.body else {
      return body.isEmpty ? [] : unexpectedBody()
    }
    if body.isEmpty, contentTypes.isEmpty || !declared.isRequired {
      return declared.isRequired ? [OpenAPIFinding(kind: .missingBody, place: "body", detail: "a body is required")] : []
    }
    guard contentTypes.count < 2 else {
      return [OpenAPIFinding(kind: .wrongContentType, place: "header:Content-Type", detail: "stands more than once")]
    }
    return check(body, contentTypes.first, declared.content, place: "body", invalid: .invalid)
  }

  /// What is said of a body where the operation declares none.
  public func unexpectedBody() -> [OpenAPIFinding] {
    [OpenAPIFinding(kind: .unexpectedBody, place: "body", detail: "the operation declares no body")]
  }

  /// Checks a response.
  /// - Parameter body: nil if it was not seen.
  public func inspectResponse(status: Int, fields: [Field], body: [UInt8]?, operation index: Int) -> [OpenAPIFinding] {
    guard let declared = document.operations[index].response(status: status) else {
      return [OpenAPIFinding(kind: .undeclaredStatus, place: "response", detail: "the status \(status) is not declared")]
    }
    var findings: [OpenAPIFinding] = []
    let head = RequestHead(line: [], method: [], target: [], version: [], fields: fields)
    for header in declared.headers {
      check(header, outcome(header, RequestParts(head), []), prefix: "response:", invalid: .invalidResponse, into: &findings)
    }
    if !declared.content.isEmpty, let body, !body.isEmpty {
      findings += check(body, fields.firstValue(of: "content-type"), declared.content, place: "response", invalid: .invalidResponse)
    }
    return findings
  }

  // MARK: Bodies

  private func check(
    _ body: [UInt8], _ contentType: [UInt8]?, _ content: [OpenAPIMediaType], place: String, invalid: OpenAPIFinding.Kind
  ) -> [OpenAPIFinding] {
    let field = ContentType(parsing: contentType ?? [])
    let type = String(decoding: field.type, as: UTF8.self)
    guard let declared = OpenAPIMediaType.best(type, in: content) else {
      return [
        OpenAPIFinding(
          kind: invalid == .invalid ? .wrongContentType : invalid, place: place,
          detail: "only \(content.map(\.range).joined(separator: ", ")) is declared")
      ]
    }
    guard let schema = declared.schema else { return [] }
    var codec = OpenAPIMediaType.codec(type)
    if codec == .unknown, declared.range != type, !type.hasSuffix("xml"), declared.codec != .unknown { codec = declared.codec }
    // JSON is UTF-8 on the wire (RFC 8259 section 8.1); a server that believes another charset reads another text.
    if codec == .json || codec == .form, let charset = field.parameter("charset"),
      !["utf-8", "utf8", "us-ascii"].contains(String(decoding: charset, as: UTF8.self).lowercased())
    {
      return [OpenAPIFinding(kind: .wrongContentType, place: place, detail: "the charset is not UTF-8")]
    }
    var findings: [OpenAPIFinding] = []
    func note(_ kind: OpenAPIFinding.Kind, _ field: String, _ detail: String) {
      findings.append(
        OpenAPIFinding(kind: kind, place: place, pointer: field.isEmpty ? "" : "/" + JSONPointer.escaped(field), detail: detail))
    }
    switch OpenAPIBodyText.read(body, contentType: contentType ?? [], declared, codec: codec) {
    case .json(let json): check(json, schema, declared.closed, place: place, invalid: invalid, into: &findings)
    case .malformed(let detail, let field): note(invalid, field, detail)
    case .repeated(let field): note(.duplicateParameter, field, "stands more than once")
    case .wrongPartType(let field): note(.wrongContentType, field, "the part is not of a declared type")
    case .unchecked(let detail): note(.notChecked, "", detail)
    }
    if codec == .multipart {
      for (field, header, outcome) in OpenAPIBodyText.partHeaders(body, contentType: contentType ?? [], declared) {
        check(header, outcome, prefix: "\(place):\(field):", invalid: invalid, into: &findings)
      }
    }
    return findings
  }

  private func check(
    _ json: [UInt8], _ schema: CompiledSchema?, _ closed: CompiledSchema? = nil, place: String, invalid: OpenAPIFinding.Kind,
    into findings: inout [OpenAPIFinding]
  ) {
    json.withUnsafeBufferPointer { text in
      if let error = tape.read(text) {
        findings.append(
          OpenAPIFinding(kind: error.isLimit ? .notChecked : invalid, place: place, detail: "\(error.message) (byte \(error.offset))"))
        return
      }
      let view = tape.view
      for node in 0..<view.count where view.kind(node) == .object && view.hasDuplicateKeys(node) {
        findings.append(
          OpenAPIFinding(
            kind: .duplicateMember, place: place, pointer: JSONPointer.text(to: node, in: view), detail: "has a member more than once"))
      }
      var isValid = true
      if let schema {
        switch validator.validate(view, schema) {
        case .valid: break
        case .limitReached, .unreadable: findings.append(OpenAPIFinding(kind: .notChecked, place: place, detail: "a limit was reached"))
        case .invalid:
          isValid = false
          for issue in validator.explain(view, schema).issues.prefix(Self.maximumIssues) {
            findings.append(OpenAPIFinding(kind: invalid, place: place, pointer: issue.instanceLocation, detail: issue.error))
          }
        }
      }
      // Where a value fits no alternative, what is declared for it cannot be said.
      if let closed, isValid || !wanted.contains(invalid) { checkClosed(view, closed, place: place, into: &findings) }
    }
  }

  /// Errors kept for one body.
  private static let maximumIssues = 20

  /// The closed form of a schema is asked for two kinds of errors only; the others are those of the plain one.
  private func checkClosed(_ view: JSONView, _ closed: CompiledSchema, place: String, into findings: inout [OpenAPIFinding]) {
    let kinds: [(suffix: String, kind: OpenAPIFinding.Kind, detail: String)] = [
      ("/undeclared", .unknownProperty, "is not declared"), ("/readOnly", .readOnlyInRequest, "is read-only"),
      ("/writeOnly", .writeOnlyInResponse, "is write-only"),
    ].filter { wanted.contains($0.1) }
    guard !kinds.isEmpty, validator.validate(view, closed) == .invalid else { return }
    var seen: Set<String> = []
    for issue in validator.explain(view, closed).issues {
      guard let kind = kinds.first(where: { issue.keywordLocation.hasSuffix($0.suffix) }), seen.count < Self.maximumIssues,
        seen.insert(issue.instanceLocation).inserted
      else { continue }
      findings.append(OpenAPIFinding(kind: kind.kind, place: place, pointer: issue.instanceLocation, detail: kind.detail))
    }
  }

  // MARK: Parameters

  private func outcome(_ parameter: OpenAPIParameter, _ parts: RequestParts, _ values: [OpenAPIPathValue]) -> ParameterDecoder.Outcome {
    switch parameter.place {
    case .path:
      guard let value = values.first(where: { $0.name == parameter.name }) else { return .absent }
      let raw = Array(parts.path[value.range])
      if Self.climbs(URLCoding.decodePath(raw)) { return .malformed("holds a dot segment or a null byte") }
      return ParameterDecoder.simple(parameter, raw, isCoded: true)
    case .query: return ParameterDecoder.query(parameter, parts.query)
    case .cookie: return ParameterDecoder.query(parameter, parts.cookies)
    case .header:
      let fields = parts.fields(parameter.name)
      guard !fields.isEmpty else { return .absent }
      if case .scalar = parameter.shape, fields.count > 1 { return .repeated }
      // Several fields of one name are one list (RFC 9110 section 5.3).
      return ParameterDecoder.simple(parameter, Array(fields.joined(separator: [UInt8(ascii: ",")])), isCoded: false)
    }
  }

  private func check(
    _ parameter: OpenAPIParameter, _ outcome: ParameterDecoder.Outcome, prefix: String = "", invalid: OpenAPIFinding.Kind = .invalid,
    into findings: inout [OpenAPIFinding]
  ) {
    let place = "\(prefix)\(parameter.place.rawValue):\(parameter.name)"
    switch outcome {
    case .absent:
      if parameter.isRequired {
        findings.append(OpenAPIFinding(kind: invalid == .invalid ? .missingParameter : invalid, place: place, detail: "is required"))
      }
    case .empty: break
    case .malformed(let detail): findings.append(OpenAPIFinding(kind: invalid, place: place, detail: detail))
    case .repeated: findings.append(OpenAPIFinding(kind: .duplicateParameter, place: place, detail: "stands more than once"))
    case .json(let json):
      if let type = parameter.mediaType, OpenAPIMediaType.codec(type) != .json {
        findings.append(OpenAPIFinding(kind: .notChecked, place: place, detail: "only JSON is looked into"))
      } else {
        check(json, parameter.schema, place: place, invalid: invalid, into: &findings)
      }
    }
  }

  /// A server that decodes before it parts segments would leave the path of the operation.
  private static func climbs(_ text: [UInt8]) -> Bool {
    text.contains(0)
      || text.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).contains {
        $0.elementsEqual("..".utf8) || $0.elementsEqual(".".utf8)
      }
  }

  // MARK: What a log line does not show

  private static func isObservable(_ parameter: OpenAPIParameter, _ coverage: FieldCoverage) -> Bool {
    switch parameter.place {
    case .path, .query: true
    case .header: isSeen(parameter.name, coverage)
    case .cookie: isSeen("cookie", coverage)
    }
  }

  private static func isObservable(_ requirement: OpenAPISecurityRequirement, _ coverage: FieldCoverage) -> Bool {
    switch requirement.kind {
    case .apiKey(.query, _), .apiKey(.path, _), .mutualTLS: true
    case .apiKey(.header, let name): isSeen(name, coverage)
    case .apiKey(.cookie, _): isSeen("cookie", coverage)
    case .http, .oauth2, .openIDConnect: isSeen("authorization", coverage)
    }
  }

  private static func isSeen(_ name: String, _ coverage: FieldCoverage) -> Bool {
    switch coverage {
    case .all: true
    case .only(let names): names.contains(name.lowercased())
    }
  }
}
