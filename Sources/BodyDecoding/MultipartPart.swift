import HTTPModel

/// What the headers of one part say.
struct MultipartPart {
  /// Without line ends; folded lines joined.
  var headerLines: [[UInt8]] = []
  /// The field's name, or nil if none is given.
  private(set) var name: [UInt8]?
  private(set) var fileName: [UInt8]?
  private(set) var extendedFileName: [UInt8]?
  private(set) var contentType: [UInt8]?
  /// The first thing that is wrong.
  private(set) var problem: String?
  private var dispositionCount = 0
  private var contentTypeCount = 0

  /// Reads `headerLines`; what is odd but readable goes to `flags`.
  mutating func readHeaders(_ flags: inout MultipartFlags) {
    for line in headerLines { line.withUnsafeBufferPointer { readHeader($0, &flags) } }
    if name == nil {
      flags.invalidPart = true
      note(dispositionCount == 0 ? "Part without a Content-Disposition header" : "Part without a name")
    }
  }

  private mutating func readHeader(_ line: UnsafeBufferPointer<UInt8>, _ flags: inout MultipartFlags) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return note("Invalid part header (colon missing)") }
    // Names are printable ASCII; values may hold UTF-8, which browsers send in file names.
    let isNameClean = colon > 0 && line[..<colon].allSatisfy { $0 > 0x20 && $0 < 0x7F }
    let isValueClean = line[(colon + 1)...].allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    if !isNameClean || !isValueClean { note("Invalid part header (contains invalid character)") }

    // A name that is wrong only by blanks around it is read: a lenient server does.
    let headerName = trimmed(line[..<colon]).map(asciiLowercased)
    if headerName == Self.contentDisposition {
      dispositionCount += 1
      if dispositionCount > 1 { refuse("Content-Disposition twice in a part", &flags) }
      readDisposition(line, from: colon + 1, &flags)
    } else if headerName == Self.contentTypeName {
      contentTypeCount += 1
      if contentTypeCount > 1 { refuse("Content-Type twice in a part", &flags) }
      if contentType == nil { contentType = Array(trimmed(line[(colon + 1)...])) }
    }
  }

  private static let contentDisposition = Array("content-disposition".utf8)
  private static let contentTypeName = Array("content-type".utf8)
  private static let formData = Array("form-data".utf8)

  private mutating func readDisposition(_ line: UnsafeBufferPointer<UInt8>, from start: Int, _ flags: inout MultipartFlags) {
    let value = line[start...].drop(while: isBlank)
    let typeEnd = value.firstIndex { $0 == UInt8(ascii: ";") || isBlank($0) } ?? line.count
    if line[value.startIndex..<typeEnd].map(asciiLowercased) != Self.formData { refuse("Content-Disposition is not form-data", &flags) }
    for parameter in HeaderParameters.parse(line, from: typeEnd) { take(parameter, &flags) }
  }

  private mutating func take(_ parameter: HeaderParameter, _ flags: inout MultipartFlags) {
    if parameter.lacksSemicolon { flags.missingSemicolon = true }
    if parameter.quoting == .single || parameter.hasStrayQuote { flags.invalidQuoting = true }
    if parameter.isUnterminated {
      flags.invalidQuoting = true
      note("Quote not closed in Content-Disposition")
    }
    if !parameter.hasEquals || parameter.hasBlankAroundEquals { flags.invalidPart = true }

    let base = parameter.name.prefix { $0 != UInt8(ascii: "*") }
    let isExtended = base.count < parameter.name.count
    if base.elementsEqual("name".utf8) {
      // Neither RFC 7578 nor browsers know `name*`; frameworks that read any extended parameter would take it.
      if isExtended { refuse("Extended form of a part's name", &flags) } else if name != nil { refuse("Name twice in a part", &flags) }
      if name == nil { name = parameter.value }
    } else if base.elementsEqual("filename".utf8) {
      takeFileName(parameter, isExtended: isExtended, &flags)
    }
  }

  private mutating func takeFileName(_ parameter: HeaderParameter, isExtended: Bool, _ flags: inout MultipartFlags) {
    guard isExtended else {
      if fileName != nil { refuse("File name twice in a part", &flags) }
      if fileName == nil { fileName = parameter.value }
      return
    }
    // `filename*0`, the continuations of RFC 2231, are not for HTTP (RFC 8187 section 3.1).
    if parameter.name.last != UInt8(ascii: "*") || parameter.name.count != "filename*".utf8.count {
      refuse("File name in several pieces", &flags)
    } else if extendedFileName != nil {
      refuse("File name twice in a part", &flags)
    }
    guard let (decoded, isValid) = Self.decodeExtended(parameter.value) else {
      flags.invalidPart = true
      if extendedFileName == nil { extendedFileName = parameter.value }
      return
    }
    if !isValid { flags.invalidPart = true }
    if extendedFileName == nil { extendedFileName = decoded }
  }

  /// RFC 8187 section 3.2.1: `charset'language'value`, percent-encoded. Nil without the two quotes.
  private static func decodeExtended(_ value: [UInt8]) -> (decoded: [UInt8], isValid: Bool)? {
    guard let first = value.firstIndex(of: UInt8(ascii: "'")) else { return nil }
    guard let second = value[(first + 1)...].firstIndex(of: UInt8(ascii: "'")) else { return nil }
    var decoded: [UInt8] = []
    let isValid = value[(second + 1)...].withUnsafeBufferPointer { URLCoding.decode($0, plusIsSpace: false, into: &decoded) }
    return (decoded, isValid)
  }

  private func trimmed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var text = text.drop(while: isBlank)
    while let last = text.last, isBlank(last) { text = text.dropLast() }
    return text
  }

  private mutating func refuse(_ text: String, _ flags: inout MultipartFlags) {
    flags.invalidPart = true
    note(text)
  }

  private mutating func note(_ text: String) {
    if problem == nil { problem = text }
  }
}
