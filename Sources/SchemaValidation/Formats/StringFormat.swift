/// The formats that can be asserted (2020-12 validation, section 7.3, and those of earlier drafts under the same names).
///
/// The list of all of them; a name that is not here asserts nothing.
enum StringFormat: Int32, CaseIterable {
  case dateTime, date, time, duration
  case email, idnEmail, hostname, idnHostname, ipv4, ipv6
  case uri, uriReference, iri, iriReference, uriTemplate, uuid
  case jsonPointer, relativeJSONPointer, regex
  /// OpenAPI 3.0: base64.
  case byte

  init?(name: String) {
    switch name {
    case "date-time": self = .dateTime
    case "date": self = .date
    case "time": self = .time
    case "duration": self = .duration
    case "email": self = .email
    case "idn-email": self = .idnEmail
    case "hostname": self = .hostname
    case "idn-hostname": self = .idnHostname
    case "ipv4": self = .ipv4
    case "ipv6": self = .ipv6
    case "uri": self = .uri
    case "uri-reference": self = .uriReference
    case "iri": self = .iri
    case "iri-reference": self = .iriReference
    case "uri-template": self = .uriTemplate
    case "uuid": self = .uuid
    case "json-pointer": self = .jsonPointer
    case "relative-json-pointer": self = .relativeJSONPointer
    case "regex": self = .regex
    // Not in the registry, but widely written.
    case "byte", "base64": self = .byte
    default: return nil
    }
  }

  /// Whether a text, which is valid UTF-8, has this format.
  func accepts(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = ByteScanner(text)
    switch self {
    case .dateTime: return DateTimeFormat.isDateTime(bytes)
    case .date: return DateTimeFormat.isDate(bytes)
    case .time: return DateTimeFormat.isTime(bytes)
    case .duration: return DurationFormat.isDuration(bytes)
    case .email: return EmailFormat.isEmail(bytes, isInternational: false)
    case .idnEmail: return EmailFormat.isEmail(bytes, isInternational: true)
    case .hostname: return HostnameFormat.isHostname(text)
    case .idnHostname: return HostnameFormat.isInternationalHostname(text)
    case .ipv4: return IPAddressFormat.isIPv4(text)
    case .ipv6: return IPAddressFormat.isIPv6(text)
    case .uri: return URIFormat(text, isInternational: false).isAbsolute()
    case .uriReference: return URIFormat(text, isInternational: false).isReference()
    case .iri: return URIFormat(text, isInternational: true).isAbsolute()
    case .iriReference: return URIFormat(text, isInternational: true).isReference()
    case .uriTemplate: return URITemplateFormat.isTemplate(text)
    case .uuid: return UUIDFormat.isUUID(text)
    case .jsonPointer: return JSONPointerFormat.isPointer(bytes)
    case .relativeJSONPointer: return JSONPointerFormat.isRelativePointer(bytes)
    case .byte: return Base64Format.isBase64(text)
    case .regex: return (try? ECMAPattern.translate(String(decoding: text, as: UTF8.self))) != nil
    }
  }
}
