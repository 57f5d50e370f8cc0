import CXML2
import Synchronization

/// A document type (DTD) or a schema (W3C XML Schema 1.0) that XML bodies are held against. Safe from any task.
///
/// It is read once, from one file: neither an entity nor an import is followed. Bodies are read without their own document type.
public final class XMLValidator: @unchecked Sendable {
  // Unchecked: what libxml2 read is used under the lock alone.
  /// Why a document cannot be used; its author is at fault.
  public struct Mistake: Error, Sendable, Equatable {
    public var reason: String
  }

  private enum Kind {
    case documentType(xmlDtdPtr)
    case schema(xmlSchemaPtr)
  }

  private let kind: Kind
  /// libxml2 completes its content models while it validates.
  private let lock = Mutex(())

  /// - Parameter documentType: the external subset: declarations of elements and attributes.
  public init(documentType bytes: [UInt8]) throws(Mistake) {
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    if Self.namesOtherFiles(bytes) { throw Mistake(reason: "a document type must be in one file: it names others") }
    let input = bytes.withUnsafeBytes { text in
      xmlParserInputBufferCreateMem(text.bindMemory(to: CChar.self).baseAddress, Int32(clamping: text.count), XML_CHAR_ENCODING_NONE)
    }
    // The buffer is freed by the reader.
    guard let input, let dtd = xmlIOParseDTD(nil, input, XML_CHAR_ENCODING_NONE) else {
      throw Mistake(reason: Self.lastError("document type"))
    }
    kind = .documentType(dtd)
  }

  public init(schema bytes: [UInt8]) throws(Mistake) {
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    let decoded = XMLDecoder.decode(bytes)
    if let error = decoded.error { throw Mistake(reason: "this is no XML: \(error.message)") }
    if let imports = XMLPath("//*[local-name()='include' or local-name()='import' or local-name()='redefine']/@schemaLocation"),
      XMLPath.evaluate([imports], in: bytes).first?.isEmpty == false
    {
      throw Mistake(reason: "a schema must be in one file: it includes others")
    }
    let schema = bytes.withUnsafeBytes { text -> xmlSchemaPtr? in
      let parser = xmlSchemaNewMemParserCtxt(text.bindMemory(to: CChar.self).baseAddress, Int32(clamping: text.count))
      guard let parser else { return nil }
      defer { xmlSchemaFreeParserCtxt(parser) }
      xmlSchemaSetParserStructuredErrors(parser, { _, _ in }, nil)
      return xmlSchemaParse(parser)
    }
    guard let schema else { throw Mistake(reason: Self.lastError("schema")) }
    kind = .schema(schema)
  }

  deinit {
    switch kind {
    case .documentType(let dtd): xmlFreeDtd(dtd)
    case .schema(let schema): xmlSchemaFree(schema)
    }
  }

  /// Whether a body is well-formed and what it is held against allows it. A body with a document type of its own is not.
  public func allows(_ body: [UInt8]) -> Bool {
    let decoded = XMLDecoder.decode(body)
    guard decoded.error == nil, !decoded.isCut, !decoded.hasDocumentType else { return false }
    let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
    let document = body.withUnsafeBytes { text in
      xmlReadMemory(text.bindMemory(to: CChar.self).baseAddress, Int32(clamping: text.count), nil, nil, options)
    }
    guard let document else { return false }
    defer { xmlFreeDoc(document) }
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    return lock.withLock { _ in
      switch kind {
      case .documentType(let dtd):
        guard let context = xmlNewValidCtxt() else { return false }
        defer { xmlFreeValidCtxt(context) }
        return xmlValidateDtd(context, document, dtd) == 1
      case .schema(let schema):
        guard let context = xmlSchemaNewValidCtxt(schema) else { return false }
        defer { xmlSchemaFreeValidCtxt(context) }
        xmlSchemaSetValidStructuredErrors(context, { _, _ in }, nil)
        return xmlSchemaValidateDoc(context, document) == 0
      }
    }
  }

  /// Whether an entity of a document type stands elsewhere.
  private static func namesOtherFiles(_ bytes: [UInt8]) -> Bool {
    bytes.split(separator: UInt8(ascii: "<")).contains { declaration in
      declaration.starts(with: "!ENTITY".utf8)
        && declaration.split(whereSeparator: { $0 <= 0x20 }).contains { $0.elementsEqual("SYSTEM".utf8) || $0.elementsEqual("PUBLIC".utf8) }
    }
  }

  private static func lastError(_ what: String) -> String {
    guard let error = xmlGetLastError(), let text = error.pointee.message.map({ String(cString: $0) }) else { return "this is no \(what)" }
    return "this is no \(what): \(text.last == "\n" ? String(text.dropLast()) : text) (line \(error.pointee.line))"
  }
}
