import BodyDecoding
import SchemaValidation

/// Parameters, bodies, responses, security.
extension OpenAPIReader {
  // MARK: Parameters

  mutating func parameterList(_ node: OpenAPINode) throws(SchemaError) -> [OpenAPINode] {
    guard kind(node) == .array else { throw error("parameters must be an array", at: node) }
    var list: [OpenAPINode] = []
    for element in elements(of: node) { attempt { reader throws(SchemaError) in list.append(try reader.dereferenced(element)) } }
    return list
  }

  /// Those of the operation replace those of the path with the same name and place.
  mutating func addParameters(shared: [OpenAPINode], own: [OpenAPINode], to draft: inout DraftOperation) {
    for (list, isShared) in [(shared, true), (own, false)] {
      var seen: Set<String> = []
      for node in list {
        attempt { reader throws(SchemaError) in
          guard let (parameter, schema) = try reader.parameter(node) else { return }
          guard seen.insert("\(parameter.place.rawValue) \(parameter.name)").inserted else {
            throw reader.error("the parameter \"\(parameter.name)\" is declared twice", at: node)
          }
          let index = reader.requestSchema(schema)
          let known = draft.operation.parameters.firstIndex { $0.name == parameter.name && $0.place == parameter.place }
          if !isShared, let known {
            draft.operation.parameters[known] = parameter
            draft.parameterSchemas[known] = index
          } else {
            draft.operation.parameters.append(parameter)
            draft.parameterSchemas.append(index)
          }
        }
      }
    }
  }

  /// A parameter and the node of its schema. Nil for header names that are said to be ignored (3.1, "Parameter Object").
  private mutating func parameter(_ node: OpenAPINode) throws(SchemaError) -> (OpenAPIParameter, OpenAPINode?)? {
    if let known = knownParameters[node.key] { return known }
    guard let name = try string("name", of: node), let placeText = try string("in", of: node) else {
      throw error("a parameter must have \"name\" and \"in\"", at: node)
    }
    guard let place = OpenAPIPlace(rawValue: placeText) else {
      throw error("a parameter cannot be in \"\(placeText)\"", at: node)
    }
    if place == .header, ["accept", "content-type", "authorization"].contains(name.lowercased()) { return nil }
    let parameter = try styled(node, name: name, place: place)
    knownParameters[node.key] = parameter
    return parameter
  }

  /// The part that parameters and headers have in common.
  private mutating func styled(_ node: OpenAPINode, name: String, place: OpenAPIPlace) throws(SchemaError) -> (
    OpenAPIParameter, OpenAPINode?
  ) {
    checkFields(node, .parameter)
    let isRequired = try boolean("required", of: node) ?? false
    if place == .path, !isRequired { report(error("the path parameter \"\(name)\" must be required", at: node)) }
    let defaultStyle: OpenAPIStyle = place == .query || place == .cookie ? .form : .simple
    var style = defaultStyle
    if let text = try string("style", of: node) {
      guard let known = OpenAPIStyle(rawValue: text), Self.isAllowed(known, in: place) else {
        throw error("a parameter in \"\(place.rawValue)\" cannot have the style \"\(text)\"", at: node)
      }
      style = known
    }
    var parameter = OpenAPIParameter(
      name: name, place: place, isRequired: isRequired, style: style, explodes: try boolean("explode", of: node) ?? (style == .form),
      allowsReserved: try boolean("allowReserved", of: node) ?? false, allowsEmpty: try boolean("allowEmptyValue", of: node) ?? false,
      mediaType: nil, shape: .scalar(.string), schema: nil)
    let schema = member("schema", of: node)
    if let schema { parameter.shape = shape(schema) }
    guard let content = member("content", of: node) else {
      if schema == nil { throw error("a parameter must have \"schema\" or \"content\"", at: node) }
      return (parameter, schema)
    }
    let entries = try members(content)
    guard schema == nil, entries.count == 1 else {
      throw error("\"content\" must have one entry and no \"schema\" beside it", at: content)
    }
    parameter.mediaType = Self.mediaRange(text(entries[0].key))
    return (parameter, member("schema", of: entries[0].value))
  }

  private static func isAllowed(_ style: OpenAPIStyle, in place: OpenAPIPlace) -> Bool {
    switch style {
    case .matrix, .label: place == .path
    case .simple: place == .path || place == .header
    case .form: place == .query || place == .cookie
    case .spaceDelimited, .pipeDelimited, .deepObject: place == .query
    }
  }

  // MARK: Bodies

  mutating func addBody(_ node: OpenAPINode, to draft: inout DraftOperation) throws(SchemaError) {
    checkFields(node, .body)
    guard let content = member("content", of: node) else { throw error("a request body must have \"content\"", at: node) }
    let entries = try mediaTypes(content)
    draft.operation.body = OpenAPIBody(isRequired: try boolean("required", of: node) ?? false, content: entries.map(\.type))
    draft.bodySchemas = entries.map { requestSchema($0.schema) }
    for (content, entry) in entries.enumerated() {
      for (field, header, schema) in entry.partHeaders {
        draft.partHeaderSchemas.append((content, field, header, requestSchema(schema)))
      }
    }
  }

  mutating func addResponse(
    _ status: String, at key: OpenAPINode, _ node: OpenAPINode, to draft: inout DraftOperation
  ) throws(SchemaError) {
    let bytes = Array(status.utf8)
    let isClass = bytes.count == 3 && bytes[1] == UInt8(ascii: "X") && bytes[2] == UInt8(ascii: "X")
    let isCode = bytes.count == 3 && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    guard status == "default" || ((isClass || isCode) && (0x31...0x35).contains(bytes[0])) else {
      throw error("\"\(status)\" is no status code", at: key)
    }
    if let known = knownResponses[node.key] {
      draft.operation.responses[status] = known.response
      draft.responseSchemas[status] = (known.content, known.headers)
      return
    }
    checkFields(node, .response)
    if try string("description", of: node) == nil { report(error("a response must have a description", at: node)) }
    if let links = member("links", of: node) { note("links are not checked", at: links) }
    var entries: [ReadMediaType] = []
    if let content = member("content", of: node) { entries = try mediaTypes(content) }
    for index in entries.indices where !entries[index].partHeaders.isEmpty {
      note("headers of parts are checked in requests only", at: node)
      for field in entries[index].type.fields.indices { entries[index].type.fields[field].headers = [] }
    }
    var headers: [OpenAPIParameter] = []
    var headerSchemas: [Int?] = []
    if let list = member("headers", of: node) {
      for (key, value) in try members(list) where text(key).lowercased() != "content-type" {
        let (header, schema) = try styled(try dereferenced(value), name: text(key), place: .header)
        headers.append(header)
        headerSchemas.append(responseSchema(schema))
      }
    }
    let response = DraftResponse(
      response: OpenAPIResponse(content: entries.map(\.type), headers: headers), content: entries.map { responseSchema($0.schema) },
      headers: headerSchemas)
    draft.operation.responses[status] = response.response
    draft.responseSchemas[status] = (response.content, response.headers)
    knownResponses[node.key] = response
  }

  private mutating func mediaTypes(_ content: OpenAPINode) throws(SchemaError) -> [ReadMediaType] {
    var list: [ReadMediaType] = []
    for (key, value) in try members(content) {
      guard kind(value) == .object else {
        report(error("a media type must be an object", at: value))
        continue
      }
      checkFields(value, .mediaType)
      var type = OpenAPIMediaType(range: Self.mediaRange(text(key)))
      let schema = member("schema", of: value)
      // JSON says itself what it is.
      if let schema, type.codec != .json { type.shape = shape(schema) }
      if type.codec == .unknown, schema != nil { note("bodies of the type \(type.range) are not looked into", at: key) }
      var partHeaders: [ReadMediaType.PartHeader] = []
      if type.codec == .form || type.codec == .multipart {
        type.fields = try fields(of: type, schema: schema, encoding: member("encoding", of: value), &partHeaders)
      } else if let encoding = member("encoding", of: value) {
        note("\"encoding\" has a meaning for forms and multipart bodies only", at: encoding)
      }
      list.append(ReadMediaType(type: type, schema: schema, partHeaders: partHeaders))
    }
    return list
  }

  /// How each property of a form is written (3.1, "Encoding Object").
  private mutating func fields(
    of type: OpenAPIMediaType, schema: OpenAPINode?, encoding: OpenAPINode?, _ partHeaders: inout [ReadMediaType.PartHeader]
  ) throws(SchemaError) -> [OpenAPIField] {
    guard case .object(let shapes) = type.shape else { return [] }
    var fields = shapes.sorted { $0.key < $1.key }.map { OpenAPIField(name: $0.key, shape: $0.value) }
    guard let encoding else { return fields }
    for (key, value) in try members(encoding) {
      let name = text(key)
      guard let index = fields.firstIndex(where: { $0.parameter.name == name }) else {
        // "If the key does not exist as a property, ignored" (3.1).
        note("there is no property \"\(name)\" for this encoding", at: key)
        continue
      }
      checkFields(value, .encoding)
      if let headers = member("headers", of: value) {
        if type.codec == .multipart {
          for (key, value) in try members(headers) where text(key).lowercased() != "content-type" {
            let (header, schema) = try styled(try dereferenced(value), name: text(key), place: .header)
            partHeaders.append((index, fields[index].headers.count, schema))
            fields[index].headers.append(header)
          }
        } else {
          note("only parts of multipart bodies have headers", at: headers)
        }
      }
      if let types = try string("contentType", of: value) {
        fields[index].contentTypes = types.split(separator: ",").map { Self.mediaRange(String($0)) }
      }
      let style = try string("style", of: value)
      let explodes = try boolean("explode", of: value)
      if style != nil || explodes != nil {
        guard let known = OpenAPIStyle(rawValue: style ?? "form"), Self.isAllowed(known, in: .query) || known == .form else {
          throw error("an encoding cannot have the style \"\(style ?? "")\"", at: value)
        }
        fields[index].isStyled = true
        fields[index].parameter.style = known
        fields[index].parameter.explodes = explodes ?? (known == .form)
      }
    }
    return fields
  }

  /// Lower case, without parameters.
  private static func mediaRange(_ text: String) -> String {
    String(text.lowercased().prefix { $0 != ";" }.filter { $0 != " " })
  }

  // MARK: Security

  mutating func security(of operation: OpenAPINode) throws(SchemaError) -> [[OpenAPISecurityRequirement]] {
    guard let list = member("security", of: operation) ?? member("security", of: .root) else { return [] }
    guard kind(list) == .array else { throw error("security must be an array", at: list) }
    var alternatives: [[OpenAPISecurityRequirement]] = []
    for alternative in elements(of: list) {
      var all: [OpenAPISecurityRequirement] = []
      for (key, value) in try members(alternative) {
        let name = text(key)
        let scopes = elements(of: value).filter { kind($0) == .string }.map { text($0) }
        all.append(OpenAPISecurityRequirement(name: name, kind: try securityKind(name, at: key), scopes: scopes))
      }
      alternatives.append(all)
    }
    return alternatives
  }

  private mutating func securityKind(_ name: String, at key: OpenAPINode) throws(SchemaError) -> OpenAPISecurityRequirement.Kind {
    guard let components = member("components", of: .root), let schemes = member("securitySchemes", of: components),
      let found = member(name, of: schemes)
    else { throw error("there is no security scheme \"\(name)\"", at: key) }
    let scheme = try dereferenced(found)
    switch try string("type", of: scheme) {
    case "apiKey":
      guard let parameter = try string("name", of: scheme), let text = try string("in", of: scheme),
        let place = OpenAPIPlace(rawValue: text),
        place != .path
      else { throw error("an apiKey must have \"name\" and \"in\"", at: scheme) }
      return .apiKey(place: place, name: parameter)
    case "http":
      guard let text = try string("scheme", of: scheme) else { throw error("http must have a \"scheme\"", at: scheme) }
      return .http(scheme: text.lowercased())
    case "oauth2": return .oauth2
    case "openIdConnect": return .openIDConnect
    case "mutualTLS": return .mutualTLS
    default: throw error("a security scheme of an unknown type", at: scheme)
    }
  }
}
