import CXML2

/// Bounds on what is read of an XML body.
public struct XMLLimits: Sendable {
  /// Elements and attributes together; reading stops at more. 100,000 by default: about 10 MB of memory where an XPath needs a tree.
  public var maximumNodes = 100_000
  /// Elements inside one another; reading stops at more. 255 by default, just below libxml2's own bound.
  public var maximumDepth = 255

  public init() {}
}

/// What the rules see of an XML body.
public struct DecodedXML: Sendable, Equatable {
  /// All character data in document order (`XML:/*`); nil if there was no element.
  public var text: [UInt8]?
  /// The values of all attributes (`XML://@*`), in document order, UTF-8.
  public var attributes: [[UInt8]] = []
  /// Why the body is not well-formed, or was not read to its end.
  public var error: BodyError?
  /// Whether a limit ended the reading.
  public var isCut = false
  /// Whether it declares a document type. Of such a body no tree may be built: defaults of attributes could blow it up.
  public var hasDocumentType = false

  public init() {}
}

/// Reads XML with libxml2 as a stream of events: no document type, no entity but the five predefined ones, no network, no tree.
///
/// Reading goes on behind an error as far as libxml2 can: what an attacker put there may still reach a more forgiving reader.
/// Linear in the body's size.
public enum XMLDecoder {
  public static func decode(_ body: [UInt8], limits: XMLLimits = XMLLimits()) -> DecodedXML {
    let sink = XMLSink(limits: limits)
    var handler = XMLSink.handler()
    let user = Unmanaged.passUnretained(sink).toOpaque()
    guard let context = xmlCreatePushParserCtxt(&handler, user, nil, 0, nil) else {
      var result = DecodedXML()
      result.error = BodyError(message: "XML parsing error: out of memory", offset: 0)
      return result
    }
    defer {
      // Even for a reader of events, libxml2 keeps declared entities in a document that is the caller's to free.
      if let document = context.pointee.myDoc {
        context.pointee.myDoc = nil
        xmlFreeDoc(document)
      }
      xmlFreeParserCtxt(context)
    }
    _ = xmlCtxtUseOptions(context, XMLSink.options)
    sink.context = context
    withExtendedLifetime(sink) {
      body.withUnsafeBytes { bytes in
        var position = 0
        // In pieces: libxml2 counts in 32 bits.
        while position < bytes.count, !sink.result.isCut {
          let count = min(bytes.count - position, 1 << 20)
          _ = xmlParseChunk(context, bytes.baseAddress!.assumingMemoryBound(to: CChar.self) + position, Int32(count), 0)
          position += count
        }
        if !sink.result.isCut { _ = xmlParseChunk(context, nil, 0, 1) }
      }
    }
    return sink.result
  }
}

/// Takes libxml2's events.
final class XMLSink {
  var result = DecodedXML()
  var context: xmlParserCtxtPtr?
  private let limits: XMLLimits
  private var nodes = 0
  private var depth = 0

  init(limits: XMLLimits) { self.limits = limits }

  /// Nothing from the network, no reports on stderr, and on behind an error.
  static var options: Int32 {
    Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue | XML_PARSE_RECOVER.rawValue)
  }

  static func handler() -> xmlSAXHandler {
    var handler = xmlSAXHandler()
    handler.initialized = UInt32(XML_SAX2_MAGIC)
    handler.startElementNs = { user, _, _, _, _, _, count, defaulted, attributes in
      // Those that only the document type gives stand last; they were not sent with the element.
      XMLSink.of(user)?.start(attributeCount: Int(count - defaulted), attributes)
    }
    handler.endElementNs = { user, _, _, _ in XMLSink.of(user)?.depth -= 1 }
    handler.characters = { user, bytes, count in XMLSink.of(user)?.append(bytes, count) }
    handler.ignorableWhitespace = handler.characters
    handler.cdataBlock = { user, bytes, count in XMLSink.of(user)?.append(bytes, count) }
    // Never declared and never expanded: its name is all there is to show.
    handler.reference = { user, name in
      guard let sink = XMLSink.of(user), let name else { return }
      sink.result.text = (sink.result.text ?? []) + [0x26] + Array(String(cString: name).utf8) + [0x3b]
    }
    handler.internalSubset = { user, _, _, _ in
      XMLSink.of(user)?.result.hasDocumentType = true
      XMLSink.of(user)?.fail("a document type declaration is not read", offset: nil)
    }
    handler.serror = { user, error in
      // Warnings (1) are about style, such as a relative namespace name.
      guard let sink = XMLSink.of(user), let error, error.pointee.level != XML_ERR_WARNING, error.pointee.level != XML_ERR_NONE else {
        return
      }
      let text = error.pointee.message.map { String(cString: $0) } ?? "not well-formed"
      let line = text.last == "\n" ? String(text.dropLast()) : text
      sink.fail("\(line) (line \(error.pointee.line))", offset: sink.context.map { Int(xmlByteConsumed($0)) })
    }
    return handler
  }

  private static func of(_ user: UnsafeMutableRawPointer?) -> XMLSink? {
    user.map { Unmanaged<XMLSink>.fromOpaque($0).takeUnretainedValue() }
  }

  private func start(attributeCount: Int, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) {
    if result.text == nil { result.text = [] }
    depth += 1
    nodes += 1 + attributeCount
    guard nodes <= limits.maximumNodes, depth <= limits.maximumDepth else {
      cut(nodes > limits.maximumNodes ? "more than \(limits.maximumNodes) nodes" : "deeper than \(limits.maximumDepth) elements")
      return
    }
    guard let attributes else { return }
    // Five pointers each: local name, prefix, namespace, first byte of the value, its end.
    for index in 0..<attributeCount {
      guard let first = attributes[index * 5 + 3], let end = attributes[index * 5 + 4], end >= first else { continue }
      result.attributes.append(Array(UnsafeBufferPointer(start: first, count: end - first)))
    }
  }

  private func append(_ bytes: UnsafePointer<xmlChar>?, _ count: Int32) {
    guard let bytes, count > 0, result.text != nil else { return }
    result.text?.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
  }

  private func cut(_ reason: String) {
    result.isCut = true
    fail(reason, offset: context.map { Int(xmlByteConsumed($0)) })
    if let context { xmlStopParser(context) }
  }

  /// The first error is the one that explains the others.
  private func fail(_ reason: String, offset: Int?) {
    guard result.error == nil else { return }
    result.error = BodyError(message: "XML parsing error: \(reason)", offset: max(offset ?? 0, 0))
  }
}
