import CXML2
import Glibc

/// An XPath 1.0 expression over an XML body, for targets other than `XML:/*` and `XML://@*`.
public struct XMLPath: Sendable, Equatable {
  public let expression: String
  /// What the `xmlns` actions of the rule say.
  public let namespaces: [Namespace]

  public struct Namespace: Sendable, Equatable {
    public var prefix: String
    public var uri: String

    public init(prefix: String, uri: String) {
      self.prefix = prefix
      self.uri = uri
    }
  }

  /// Nil if the expression is no XPath; the rule's author is at fault.
  public init?(_ expression: String, namespaces: [Namespace] = []) {
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    guard let compiled = xmlXPathCompile(expression) else { return nil }
    xmlXPathFreeCompExpr(compiled)
    self.expression = expression
    self.namespaces = namespaces
  }

  /// What one body yields for each of several expressions; the tree is built once. `XMLDecoder` must have found the
  /// body within limits and without a document type.
  ///
  /// - Parameter maximumValues: of one expression; further ones are left out.
  public static func evaluate(_ paths: [XMLPath], in body: [UInt8], maximumValues: Int = 10_000) -> [[[UInt8]]] {
    let nothing = Array(repeating: [[UInt8]](), count: paths.count)
    // Per thread: libxml2 would print to stderr otherwise.
    xmlSetStructuredErrorFunc(nil) { _, _ in }
    guard !paths.isEmpty, let context = xmlNewParserCtxt() else { return nothing }
    defer { xmlFreeParserCtxt(context) }
    // No entity is ever declared, so none can be expanded.
    context.pointee.sax.pointee.entityDecl = nil
    context.pointee.sax.pointee.externalSubset = nil
    let document = body.withUnsafeBytes { bytes in
      xmlCtxtReadMemory(context, bytes.bindMemory(to: CChar.self).baseAddress, Int32(clamping: bytes.count), nil, nil, XMLSink.options)
    }
    guard let document else { return nothing }
    defer { xmlFreeDoc(document) }
    return paths.map { $0.values(in: document, maximumValues) }
  }

  private func values(in document: xmlDocPtr, _ maximum: Int) -> [[UInt8]] {
    guard let context = xmlXPathNewContext(document) else { return [] }
    defer { xmlXPathFreeContext(context) }
    // Steps of the evaluation; a path such as //*//*//* over a large body ends here.
    context.pointee.opLimit = 1_000_000
    for namespace in namespaces { _ = xmlXPathRegisterNs(context, namespace.prefix, namespace.uri) }
    guard let result = xmlXPathEvalExpression(expression, context) else { return [] }
    defer { xmlXPathFreeObject(result) }
    guard result.pointee.type == XPATH_NODESET else {
      guard let text = xmlXPathCastToString(result) else { return [] }
      defer { free(text) }
      return [Self.bytes(text)]
    }
    guard let nodes = result.pointee.nodesetval else { return [] }
    return (0..<min(Int(nodes.pointee.nodeNr), maximum)).compactMap { index in
      guard let content = xmlNodeGetContent(nodes.pointee.nodeTab[index]) else { return nil }
      defer { free(content) }
      return Self.bytes(content)
    }
  }

  private static func bytes(_ text: UnsafeMutablePointer<xmlChar>) -> [UInt8] {
    Array(UnsafeBufferPointer(start: text, count: Int(xmlStrlen(text))))
  }
}
