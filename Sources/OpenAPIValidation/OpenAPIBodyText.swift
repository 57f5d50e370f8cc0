import BodyDecoding
import HTTPModel

/// Makes the JSON text of a body that is not JSON, so that the schema can judge it.
enum OpenAPIBodyText {
  enum Outcome {
    case json([UInt8])
    /// Not what its media type asks for. With the field at fault, if it is one.
    case malformed(String, field: String = "")
    /// A field that takes one value stands more than once.
    case repeated(field: String)
    case wrongPartType(field: String)
    case unchecked(String)
  }

  /// A body becomes at most about six times as long (escaped control characters); a larger one is not looked into.
  static let maximumBytes = 4 << 20
  /// Fields or parts; more are a limit, not a mistake.
  private static let maximumFields = 1000

  static func read(_ body: [UInt8], contentType: [UInt8], _ type: OpenAPIMediaType, codec: OpenAPIMediaType.Codec) -> Outcome {
    guard body.count <= maximumBytes else { return .unchecked("too large for its type to be looked into") }
    switch codec {
    case .json: return .json(body)
    case .form: return form(body, type)
    case .multipart: return multipart(body, contentType, type)
    case .text: return .json(ParameterText.scalar(withoutLastNewline(body, type.shape), type.shape))
    case .bytes: return .json(bytes(body, type.shape))
    case .unknown:
      let given = ContentType(parsing: contentType).type
      let isXML = given.reversed().starts(with: "xml".utf8.reversed())
      return .unchecked(isXML ? "XML is not held against the schema" : "bodies of this type are not looked into")
    }
  }

  /// A text file ends with a newline, which is no part of a number.
  private static func withoutLastNewline(_ text: [UInt8], _ shape: OpenAPIShape) -> [UInt8] {
    guard case .scalar(let kinds) = shape, !kinds.contains(.string), text.last == 0x0A else { return text }
    return Array(text.dropLast(text.dropLast().last == 0x0D ? 2 : 1))
  }

  // MARK: Forms

  private static func form(_ body: [UInt8], _ type: OpenAPIMediaType) -> Outcome {
    let pairs = ParameterDecoder.pairs(body)
    guard pairs.count <= maximumFields else { return .unchecked("has more than \(maximumFields) fields") }
    var members: [(name: [UInt8], json: [UInt8])] = []
    var known: Set<[UInt8]> = []
    for field in type.fields {
      let parameter = field.parameter
      let name = Array(parameter.name.utf8)
      if case .object(let shapes) = parameter.shape, field.isStyled {
        switch parameter.style {
        case .deepObject: known.formUnion(pairs.map(\.name).filter { ParameterDecoder.deepMember($0, of: name) != nil })
        case _ where parameter.explodes: known.formUnion(shapes.keys.map { Array($0.utf8) })
        default: known.insert(name)
        }
      } else {
        known.insert(name)
      }
      switch outcome(field, pairs) {
      case .absent, .empty: continue
      case .json(let json):
        // A text that goes on after its value would bring members of its own.
        guard isOneValue(json) else { return .malformed("is not JSON", field: parameter.name) }
        members.append((name, json))
      case .malformed(let detail): return .malformed(detail, field: parameter.name)
      case .repeated: return .repeated(field: parameter.name)
      }
    }
    // How often a field may stand that nobody declared is not known: several are a list, and the schema says whether it may be one.
    var others: [[UInt8]: Int] = [:]
    var undeclared: [(name: [UInt8], values: [[UInt8]])] = []
    for pair in pairs where !known.contains(pair.name) {
      let value = ParameterText.string(URLCoding.decodeForm(pair.value))
      if let index = others[pair.name] {
        undeclared[index].values.append(value)
      } else {
        others[pair.name] = undeclared.count
        undeclared.append((pair.name, [value]))
      }
    }
    members += undeclared.map { (name: $0.name, json: $0.values.count == 1 ? $0.values[0] : ParameterText.list($0.values)) }
    return .json(ParameterText.object(members))
  }

  /// Without an encoding an object is JSON (3.1, "Encoding Object": the default contentType of a complex value).
  private static func outcome(_ field: OpenAPIField, _ pairs: [ParameterDecoder.Pair]) -> ParameterDecoder.Outcome {
    var parameter = field.parameter
    if !field.isStyled, isComplex(parameter.shape) { parameter.mediaType = "application/json" }
    return ParameterDecoder.query(parameter, pairs)
  }

  private static func isComplex(_ shape: OpenAPIShape) -> Bool {
    switch shape {
    case .scalar: false
    case .object: true
    case .array(.scalar): false
    case .array: true
    }
  }

  // MARK: Multipart

  private struct Part {
    var value: [UInt8]
    var contentType: [UInt8]?
    var isFile: Bool
  }

  private static func multipart(_ body: [UInt8], _ contentType: [UInt8], _ type: OpenAPIMediaType) -> Outcome {
    let decoded = MultipartDecoder.decode(body, contentType: contentType)
    if let error = decoded.error { return .malformed("\(error.message)") }
    guard decoded.fields.count + decoded.files.count <= maximumFields else { return .unchecked("has more than \(maximumFields) parts") }
    var parts: [(name: [UInt8], list: [Part])] = []
    func add(_ name: [UInt8], _ part: Part) {
      if let index = parts.firstIndex(where: { $0.name == name }) { parts[index].list.append(part) } else { parts.append((name, [part])) }
    }
    let types = partTypes(decoded)
    for field in decoded.fields { add(field.name, Part(value: field.value, contentType: types[field.name], isFile: false)) }
    for file in decoded.files { add(file.fieldName, Part(value: Array(body[file.content]), contentType: file.contentType, isFile: true)) }
    var members: [(name: [UInt8], json: [UInt8])] = []
    for (name, list) in parts {
      let text = String(decoding: name.prefix(100), as: UTF8.self)
      let field = type.fields.first { Array($0.parameter.name.utf8) == name }
      if let field, !field.contentTypes.isEmpty {
        for part in list {
          guard let given = part.contentType ?? (part.isFile ? nil : Array("text/plain".utf8)),
            OpenAPIMediaType.matches(String(decoding: ContentType(parsing: given).type, as: UTF8.self), field.contentTypes)
          else { return .wrongPartType(field: text) }
        }
      }
      let shape = field?.parameter.shape ?? .scalar(.string)
      if case .array(let item) = shape, !isComplex(shape) || !isJSON(list[0]) {
        let items = list.map { json($0, item) }
        guard items.allSatisfy(isOneValue) else { return .malformed("is not JSON", field: text) }
        members.append((name, ParameterText.list(items)))
      } else {
        if field != nil, list.count > 1 { return .repeated(field: text) }
        let value = list.count == 1 ? json(list[0], shape) : ParameterText.list(list.map { json($0, shape) })
        guard isOneValue(value) else { return .malformed("is not JSON", field: text) }
        members.append((name, value))
      }
    }
    return .json(ParameterText.object(members))
  }

  private static func isJSON(_ part: Part) -> Bool {
    guard let type = part.contentType else { return part.value.first == UInt8(ascii: "[") }
    return OpenAPIMediaType.codec(String(decoding: ContentType(parsing: type).type, as: UTF8.self)) == .json
  }

  /// A part's value: JSON where the schema wants an object, text or bytes elsewhere.
  private static func json(_ part: Part, _ shape: OpenAPIShape) -> [UInt8] {
    switch shape {
    case .object, .array: return part.value.isEmpty ? Array("null".utf8) : part.value
    case .scalar: return part.isFile ? bytes(part.value, .scalar(.binary)) : bytes(part.value, shape)
    }
  }

  /// The Content-Type of parts without a file name, by their name.
  private static func partTypes(_ decoded: DecodedMultipart) -> [[UInt8]: [UInt8]] {
    var result: [[UInt8]: [UInt8]] = [:]
    let prefix = Array("content-type:".utf8)
    for header in decoded.partHeaders where header.value.prefix(prefix.count).map(asciiLowercased) == prefix {
      result[header.name] = Array(header.value.dropFirst(prefix.count).drop { $0 == 0x20 || $0 == 0x09 })
    }
    return result
  }

  /// The header fields that parts must or may have (3.1, "Encoding Object"), by the part's name. Parts of one name share what they have.
  static func partHeaders(
    _ body: [UInt8], contentType: [UInt8], _ type: OpenAPIMediaType
  ) -> [(field: String, header: OpenAPIParameter, outcome: ParameterDecoder.Outcome)] {
    let fields = type.fields.filter { !$0.headers.isEmpty }
    guard !fields.isEmpty, body.count <= maximumBytes else { return [] }
    let decoded = MultipartDecoder.decode(body, contentType: contentType)
    guard decoded.error == nil, decoded.partHeaders.count <= maximumFields * 4 else { return [] }
    var result: [(field: String, header: OpenAPIParameter, outcome: ParameterDecoder.Outcome)] = []
    for field in fields {
      let name = Array(field.parameter.name.utf8)
      let count = decoded.fields.count { $0.name == name } + decoded.files.count { $0.fieldName == name }
      guard count > 0 else { continue }
      for header in field.headers {
        let prefix = Array(header.name.lowercased().utf8) + [UInt8(ascii: ":")]
        let values = decoded.partHeaders.filter { $0.name == name && $0.value.prefix(prefix.count).map(asciiLowercased) == prefix }
          .map { Array($0.value.dropFirst(prefix.count).drop { $0 == 0x20 || $0 == 0x09 }) }
        if values.count < count { result.append((field.parameter.name, header, .absent)) }
        if values.count > count, case .scalar = header.shape { result.append((field.parameter.name, header, .repeated)) }
        for value in values { result.append((field.parameter.name, header, ParameterDecoder.simple(header, value, isCoded: false))) }
      }
    }
    return result
  }

  private static func isOneValue(_ json: [UInt8]) -> Bool {
    let tape = JSONTape()
    return json.withUnsafeBufferPointer { tape.read($0) } == nil
  }

  // MARK: Bytes

  /// Each byte of a binary string becomes a character, so that lengths are counted in bytes (3.1, "Considerations for File Uploads").
  private static func bytes(_ body: [UInt8], _ shape: OpenAPIShape) -> [UInt8] {
    guard case .scalar(let kinds) = shape, kinds.contains(.binary) else { return ParameterText.scalar(body, shape) }
    var output: [UInt8] = [UInt8(ascii: "\"")]
    output.reserveCapacity(body.count * 2 + 2)
    for byte in body {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      // Written out, since a pattern may ask for what they are.
      case 0..<0x20: ParameterText.appendControl(byte, to: &output)
      case 0x80...: output += [0xC0 | byte >> 6, 0x80 | byte & 0x3F]
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
    return output
  }
}
