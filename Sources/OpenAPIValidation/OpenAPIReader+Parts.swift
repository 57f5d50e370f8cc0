import BodyDecoding
import SchemaValidation

/// Parameters, bodies, responses, security.
extension OpenAPIReader {
  // MARK: Parameters

  func parameterList(_ node: Int) throws(SchemaError) -> [Int] {
    guard document.view.kind(node) == .array else { throw document.error("parameters must be an array", at: node) }
    var list: [Int] = []
    for element in document.elements(of: node) { list.append(try dereferenced(element)) }
    return list
  }

  /// Those of the operation replace those of the path with the same name and place.
  mutating func addParameters(shared: [Int], own: [Int], to draft: inout DraftOperation) throws(SchemaError) {
    for (list, isShared) in [(shared, true), (own, false)] {
      var seen: Set<String> = []
      for node in list {
        guard let (parameter, schema) = try parameter(node) else { continue }
        guard seen.insert("\(parameter.place.rawValue) \(parameter.name)").inserted else {
          throw document.error("the parameter \"\(parameter.name)\" is declared twice", at: node)
        }
        let index = requestSchema(schema)
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

  /// A parameter and the node of its schema. Nil for header names that are said to be ignored (3.1, "Parameter Object").
  private func parameter(_ node: Int) throws(SchemaError) -> (OpenAPIParameter, Int?)? {
    guard let name = try string("name", of: node), let placeText = try string("in", of: node) else {
      throw document.error("a parameter must have \"name\" and \"in\"", at: node)
    }
    guard let place = OpenAPIPlace(rawValue: placeText) else {
      throw document.error("a parameter cannot be in \"\(placeText)\"", at: node)
    }
    if place == .header, ["accept", "content-type", "authorization"].contains(name.lowercased()) { return nil }
    return try styled(node, name: name, place: place)
  }

  /// The part that parameters and headers have in common.
  private func styled(_ node: Int, name: String, place: OpenAPIPlace) throws(SchemaError) -> (OpenAPIParameter, Int?) {
    let isRequired = try boolean("required", of: node) ?? false
    if place == .path, !isRequired { throw document.error("the path parameter \"\(name)\" must be required", at: node) }
    let defaultStyle: OpenAPIStyle = place == .query || place == .cookie ? .form : .simple
    var style = defaultStyle
    if let text = try string("style", of: node) {
      guard let known = OpenAPIStyle(rawValue: text), Self.isAllowed(known, in: place) else {
        throw document.error("a parameter in \"\(place.rawValue)\" cannot have the style \"\(text)\"", at: node)
      }
      style = known
    }
    var parameter = OpenAPIParameter(
      name: name, place: place, isRequired: isRequired, style: style, explodes: try boolean("explode", of: node) ?? (style == .form),
      allowsReserved: try boolean("allowReserved", of: node) ?? false, mediaType: nil, shape: .scalar(.string), schema: nil)
    let schema = document.member("schema", of: node)
    if let schema { parameter.shape = shape(schema) }
    guard let content = document.member("content", of: node) else { return (parameter, schema) }
    let entries = try members(content)
    guard schema == nil, entries.count == 1 else {
      throw document.error("\"content\" must have one entry and no \"schema\" beside it", at: content)
    }
    parameter.mediaType = Self.mediaRange(document.string(entries[0].key))
    return (parameter, document.member("schema", of: entries[0].value))
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

  mutating func addBody(_ node: Int, to draft: inout DraftOperation) throws(SchemaError) {
    guard let content = document.member("content", of: node) else { throw document.error("a request body must have \"content\"", at: node) }
    let entries = try mediaTypes(content)
    draft.operation.body = OpenAPIBody(
      isRequired: try boolean("required", of: node) ?? false, content: entries.map { OpenAPIMediaType(range: $0.range, schema: nil) })
    draft.bodySchemas = entries.map { requestSchema($0.schema) }
  }

  mutating func addResponse(_ status: String, at key: Int, _ node: Int, to draft: inout DraftOperation) throws(SchemaError) {
    let bytes = Array(status.utf8)
    let isClass = bytes.count == 3 && bytes[1] == UInt8(ascii: "X") && bytes[2] == UInt8(ascii: "X")
    let isCode = bytes.count == 3 && bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    guard status == "default" || ((isClass || isCode) && (0x31...0x35).contains(bytes[0])) else {
      throw document.error("\"\(status)\" is no status code", at: key)
    }
    var entries: [(range: String, schema: Int?)] = []
    if let content = document.member("content", of: node) { entries = try mediaTypes(content) }
    var headers: [OpenAPIParameter] = []
    var headerSchemas: [Int?] = []
    if let list = document.member("headers", of: node) {
      for (key, value) in try members(list) where document.string(key).lowercased() != "content-type" {
        let (header, schema) = try styled(try dereferenced(value), name: document.string(key), place: .header)
        headers.append(header)
        headerSchemas.append(responseSchema(schema))
      }
    }
    draft.operation.responses[status] = OpenAPIResponse(
      content: entries.map { OpenAPIMediaType(range: $0.range, schema: nil) }, headers: headers)
    draft.responseSchemas[status] = (entries.map { responseSchema($0.schema) }, headerSchemas)
  }

  private mutating func mediaTypes(_ content: Int) throws(SchemaError) -> [(range: String, schema: Int?)] {
    var list: [(range: String, schema: Int?)] = []
    for (key, value) in try members(content) {
      guard document.view.kind(value) == .object else { throw document.error("a media type must be an object", at: value) }
      for (field, _) in try members(value) {
        let name = document.string(field)
        guard ["schema", "example", "examples", "encoding"].contains(name) || name.hasPrefix("x-") else {
          throw document.error("a media type has no field \"\(name)\"", at: field)
        }
      }
      if let encoding = document.member("encoding", of: value) { note("\"encoding\" is not used", at: encoding) }
      list.append((Self.mediaRange(document.string(key)), document.member("schema", of: value)))
    }
    return list
  }

  /// Lower case, without parameters.
  private static func mediaRange(_ text: String) -> String {
    String(text.lowercased().prefix { $0 != ";" }.filter { $0 != " " })
  }

  // MARK: Security

  func security(of operation: Int) throws(SchemaError) -> [[OpenAPISecurityRequirement]] {
    guard let list = document.member("security", of: operation) ?? document.member("security", of: 0) else { return [] }
    guard document.view.kind(list) == .array else { throw document.error("security must be an array", at: list) }
    var alternatives: [[OpenAPISecurityRequirement]] = []
    for alternative in document.elements(of: list) {
      var all: [OpenAPISecurityRequirement] = []
      for (key, value) in try members(alternative) {
        let name = document.string(key)
        let scopes = document.elements(of: value).filter { document.view.kind($0) == .string }.map(document.string)
        all.append(OpenAPISecurityRequirement(name: name, kind: try securityKind(name, at: key), scopes: scopes))
      }
      alternatives.append(all)
    }
    return alternatives
  }

  private func securityKind(_ name: String, at key: Int) throws(SchemaError) -> OpenAPISecurityRequirement.Kind {
    guard let components = document.member("components", of: 0), let schemes = document.member("securitySchemes", of: components),
      let found = document.member(name, of: schemes)
    else { throw document.error("there is no security scheme \"\(name)\"", at: key) }
    let scheme = try dereferenced(found)
    switch try string("type", of: scheme) {
    case "apiKey":
      guard let parameter = try string("name", of: scheme), let text = try string("in", of: scheme),
        let place = OpenAPIPlace(rawValue: text),
        place != .path
      else { throw document.error("an apiKey must have \"name\" and \"in\"", at: scheme) }
      return .apiKey(place: place, name: parameter)
    case "http":
      guard let text = try string("scheme", of: scheme) else { throw document.error("http must have a \"scheme\"", at: scheme) }
      return .http(scheme: text.lowercased())
    case "oauth2": return .oauth2
    case "openIdConnect": return .openIDConnect
    case "mutualTLS": return .mutualTLS
    default: throw document.error("a security scheme of an unknown type", at: scheme)
    }
  }
}
