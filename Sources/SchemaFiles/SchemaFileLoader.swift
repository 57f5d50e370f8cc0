import BodyDecoding
import Glibc
import OpenAPIValidation
import SchemaValidation

/// Reads OpenAPI documents from files, YAML or JSON, with the files that they refer to. Nothing is fetched from a network.
public struct SchemaFileLoader {
  private let read: (String) throws -> [UInt8]

  /// References to more files than these are an error of the document.
  private static let maximumFiles = 1000

  /// - Parameter read: the bytes of the file at a path.
  public init(read: @escaping (String) throws -> [UInt8]) { self.read = read }

  /// - Parameter path: of the document; references are relative to the file that they stand in.
  /// - Throws: `SchemaErrors`: every mistake of the document, with file, line and column.
  public func openAPI(at path: String, options: OpenAPIOptions = OpenAPIOptions()) throws(SchemaErrors) -> OpenAPIDocument {
    let (root, documents) = try load(path)
    return try OpenAPIDocument(root, documents: documents, options: options)
  }

  // MARK: Files

  private func load(_ path: String) throws(SchemaErrors) -> (SchemaDocument, SchemaDocuments) {
    let base = Self.uri(ofPath: path)
    var documents = SchemaDocuments()
    var errors: [SchemaError] = []
    let root: SchemaDocument
    do throws(SchemaError) { root = try document(base, name: path) } catch { throw SchemaErrors([error]) }
    documents.add(root)
    var known: Set<String> = [base]
    var waiting = Self.references(of: root)
    let given = path.contains("/") ? String(path[...path.lastIndex(of: "/")!]) : ""
    let folder = String(base[...base.lastIndex(of: "/")!])
    while let uri = waiting.popLast() {
      guard known.insert(uri).inserted else { continue }
      guard known.count <= Self.maximumFiles else {
        throw SchemaErrors([root.error("refers to more than \(Self.maximumFiles) files", at: 0)])
      }
      // A file that cannot be read is a mistake of whoever refers to it, if the reference is one at all and not an example.
      guard let bytes = try? read(Self.path(ofURI: uri)) else { continue }
      do throws(SchemaError) {
        // Files beside the document, or below it, are named as it was.
        let name = uri.hasPrefix(folder) ? given + Self.path(uri.dropFirst(folder.count)) : Self.path(ofURI: uri)
        let found = try document(bytes, uri: uri, name: name)
        documents.add(found)
        waiting += Self.references(of: found)
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw SchemaErrors(errors) }
    return (root, documents)
  }

  private func document(_ uri: String, name: String) throws(SchemaError) -> SchemaDocument {
    let bytes: [UInt8]
    do { bytes = try read(Self.path(ofURI: uri)) } catch {
      throw SchemaError("cannot be read: \(error)", document: name, pointer: "", at: SourcePosition(line: 1, column: 1))
    }
    return try document(bytes, uri: uri, name: name)
  }

  /// JSON by its first byte; YAML is the rest, and JSON with comments or trailing commas in a file that says it is YAML.
  private func document(_ bytes: [UInt8], uri: String, name: String) throws(SchemaError) -> SchemaDocument {
    let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
    let saysYAML = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    if first == UInt8(ascii: "{"), !saysYAML || (try? SchemaDocument(bytes, uri: uri, name: name)) != nil {
      return try SchemaDocument(bytes, uri: uri, name: name)
    }
    let yaml = try YAMLText(bytes, name: name)
    return try SchemaDocument(yaml.json, uri: uri, name: name, positions: yaml.positions)
  }

  /// The URIs of the files that a document's references name.
  private static func references(of document: SchemaDocument) -> [String] {
    let base = URIReference(document.uri)
    let view = document.view
    var list: [String] = []
    for node in 0..<view.count where view.kind(node) == .key && view.kind(node + 1) == .string {
      guard ["$ref", "$dynamicRef"].contains(document.string(node)) else { continue }
      let text = document.string(node + 1)
      if text.hasPrefix("#") { continue }
      let uri = URIReference(text).resolved(against: base).absolute
      guard uri.hasPrefix("file://"), uri != document.uri else { continue }
      list.append(uri)
    }
    return list
  }

  // MARK: Paths

  private static func uri(ofPath path: String) -> String {
    var full = path
    if !path.hasPrefix("/"), let directory = getcwd(nil, 0) {
      full = String(cString: directory) + "/" + path
      free(directory)
    }
    var coded = ""
    for character in full {
      switch character {
      case "%": coded += "%25"
      case "#": coded += "%23"
      case "?": coded += "%3F"
      default: coded.append(character)
      }
    }
    // Without dots, so that one file has one URI.
    return URIReference("file://" + coded).resolved(against: URIReference("file:///")).absolute
  }

  private static func path(ofURI uri: String) -> String { path(uri.dropFirst("file://".count)) }
  private static func path(_ coded: Substring) -> String { URIReference.percentDecoded(String(coded)) }
}
