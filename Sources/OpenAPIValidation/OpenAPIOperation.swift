import SchemaValidation

/// One method on one path.
public struct OpenAPIOperation: Sendable {
  /// Upper case.
  public var method: String
  /// As written, without the base path: `/albums/{id}`.
  public var path: String
  public var operationID: String?
  public var parameters: [OpenAPIParameter]
  /// Nil if the operation takes no body.
  public var body: OpenAPIBody?
  /// Status codes as written (`200`, `4XX`, `default`), and what a response with them holds.
  public var responses: [String: OpenAPIResponse]
  /// Alternatives, each of which asks for all its schemes. Empty: nothing is asked for.
  public var security: [[OpenAPISecurityRequirement]]
  public var isDeprecated: Bool

  /// What a response with this status is held against: the exact code, else its class, else `default`.
  public func response(status: Int) -> OpenAPIResponse? {
    responses[String(status)] ?? responses["\(status / 100)XX"] ?? responses["default"]
  }
}

/// Where a parameter stands.
public enum OpenAPIPlace: String, Sendable { case path, query, header, cookie }

/// How a parameter's value is written (OpenAPI 3.1, "Style Values").
public enum OpenAPIStyle: String, Sendable {
  case matrix, label, simple, form, spaceDelimited, pipeDelimited, deepObject
}

public struct OpenAPIParameter: Sendable {
  public var name: String
  public var place: OpenAPIPlace
  public var isRequired: Bool
  public var style: OpenAPIStyle
  public var explodes: Bool
  public var allowsReserved: Bool
  /// `name=` stands for no value (3.0.3, `allowEmptyValue`).
  public var allowsEmpty = false
  /// Set if the value is a document of its own, such as JSON, instead of a styled value.
  public var mediaType: String?
  /// How the text is to be understood.
  public var shape: OpenAPIShape
  /// Nil if nothing is said about the value.
  public var schema: CompiledSchema?
}

public struct OpenAPIBody: Sendable {
  public var isRequired: Bool
  public var content: [OpenAPIMediaType]

  /// The entry for a Content-Type, the most specific one first; nil if none allows it.
  /// - Parameter mediaType: type and subtype in lower case, without parameters.
  public func content(for mediaType: String) -> OpenAPIMediaType? { OpenAPIMediaType.best(mediaType, in: content) }
}

public struct OpenAPIMediaType: Sendable {
  /// How a body becomes a value that a schema can judge.
  public enum Codec: Sendable { case json, form, multipart, text, bytes, unknown }

  /// In lower case, without parameters; may be a range (`text/*`, `*/*`).
  public var range: String
  /// Nil if anything of this type will do.
  public var schema: CompiledSchema?
  /// The same schema without members that nobody declared or that belong to the other direction.
  public var closed: CompiledSchema?
  public var shape: OpenAPIShape = .scalar(.string)
  /// Of forms and multipart bodies.
  public var fields: [OpenAPIField] = []

  public init(range: String) { self.range = range }

  var codec: Codec { Self.codec(range) }

  /// The codec of a media type or range.
  static func codec(_ type: String) -> Codec {
    if type == "application/json" || type.hasSuffix("+json") || type == "text/json" { return .json }
    if type == "application/x-www-form-urlencoded" { return .form }
    if type == "multipart/form-data" { return .multipart }
    if type == "text/xml" { return .unknown }
    if type.hasPrefix("text/") { return .text }
    if type == "application/octet-stream" || ["image/", "audio/", "video/", "font/"].contains(where: type.hasPrefix) { return .bytes }
    return .unknown
  }

  static func best(_ mediaType: String, in list: [OpenAPIMediaType]) -> OpenAPIMediaType? {
    if let exact = list.first(where: { $0.range == mediaType }) { return exact }
    let type = mediaType.prefix { $0 != "/" }
    return list.first { $0.range == "\(type)/*" } ?? list.first { $0.range == "*/*" }
  }

  /// Whether a type is one of these ranges.
  static func matches(_ mediaType: String, _ ranges: [String]) -> Bool {
    best(mediaType, in: ranges.map(OpenAPIMediaType.init)) != nil
  }
}

/// A property of a form or multipart body: how it is written.
public struct OpenAPIField: Sendable {
  /// Its name and style, as if it stood in a query.
  public var parameter: OpenAPIParameter
  /// Set by `encoding`; else objects are JSON.
  public var isStyled = false
  /// What a part may be (`contentType`); empty: not said.
  public var contentTypes: [String] = []
  /// Header fields of its part (`headers`), beside Content-Type.
  public var headers: [OpenAPIParameter] = []

  init(name: String, shape: OpenAPIShape) {
    parameter = OpenAPIParameter(
      name: name, place: .query, isRequired: false, style: .form, explodes: true, allowsReserved: true, mediaType: nil, shape: shape,
      schema: nil)
  }
}

public struct OpenAPIResponse: Sendable {
  /// Empty: nothing is said about the body.
  public var content: [OpenAPIMediaType]
  public var headers: [OpenAPIParameter]

  public func content(for mediaType: String) -> OpenAPIMediaType? { OpenAPIMediaType.best(mediaType, in: content) }
}

/// One scheme that an operation asks for.
public struct OpenAPISecurityRequirement: Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// Name of the header, query parameter or cookie.
    case apiKey(place: OpenAPIPlace, name: String)
    /// Scheme of the Authorization field in lower case.
    case http(scheme: String)
    case oauth2, openIDConnect, mutualTLS
  }

  public var name: String
  public var kind: Kind
  public var scopes: [String]

  public init(name: String, kind: Kind, scopes: [String]) {
    self.name = name
    self.kind = kind
    self.scopes = scopes
  }
}
