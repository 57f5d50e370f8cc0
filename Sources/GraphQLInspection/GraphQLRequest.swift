import BodyDecoding

/// The documents that one HTTP request carries (GraphQL over HTTP: GET, JSON, `application/graphql`, forms, multipart uploads).
public struct GraphQLRequest: Sendable, Equatable {
  /// In the order of a batch.
  public var documents: [[UInt8]] = []
  /// Operations without a document that are asked for by a hash or an id.
  public var persistedCount = 0
  /// Why the request could not be read.
  public var problem: String?

  public var count: Int { documents.count + persistedCount }

  /// - Parameters:
  ///   - query: what stands after the question mark.
  ///   - contentType: empty if there is none.
  public static func read(query: [UInt8], body: [UInt8], contentType: [UInt8], maximumBatch: Int) -> GraphQLRequest {
    var request = GraphQLRequest()
    // A server may take the query from the target of a POST too.
    request.take(URLEncodedDecoder.decode(query).values)
    guard !body.isEmpty else { return request }
    let type = String(decoding: ContentType(parsing: contentType).type, as: UTF8.self)
    switch type {
    case "application/graphql": request.documents.append(body)
    case "application/x-www-form-urlencoded": request.take(URLEncodedDecoder.decode(body).values)
    case "multipart/form-data":
      let decoded = MultipartDecoder.decode(body, contentType: contentType)
      if let operations = decoded.fields.first(where: { $0.name == Array("operations".utf8) }) {
        request.takeJSON(operations.value, maximumBatch)
      } else {
        request.take(decoded.fields)
      }
    // Whatever it calls itself: many servers read JSON without asking for the type.
    default: request.takeJSON(body, maximumBatch)
    }
    return request
  }

  private mutating func take(_ values: [NamedValue]) {
    var hasQuery = false
    var isPersisted = false
    for value in values {
      switch String(decoding: value.name, as: UTF8.self) {
      case "query":
        documents.append(value.value)
        hasQuery = true
      case "extensions", "id", "queryId", "documentId", "doc_id": isPersisted = true
      default: break
      }
    }
    if isPersisted, !hasQuery { persistedCount += 1 }
  }

  private mutating func takeJSON(_ text: [UInt8], _ maximumBatch: Int) {
    let tape = JSONTape()
    text.withUnsafeBufferPointer { bytes in
      if let error = tape.read(bytes) {
        problem = "\(error.message) (byte \(error.offset))"
        return
      }
      let view = tape.view
      switch view.kind(0) {
      case .object: takeOperation(view, 0)
      case .array:
        var node = 1
        // One beyond the limit is enough to say that it was exceeded.
        while node < view.next(0), count <= maximumBatch {
          takeOperation(view, node)
          node = view.next(node)
        }
      default: problem = "neither an operation nor a list of them"
      }
    }
  }

  private mutating func takeOperation(_ view: JSONView, _ node: Int) {
    guard view.kind(node) == .object else {
      problem = "an operation is no object"
      return
    }
    var hasQuery = false
    var key = node + 1
    while key < view.next(node) {
      if view.text(key).elementsEqual("query".utf8), view.kind(key + 1) == .string {
        documents.append(Array(view.text(key + 1)))
        hasQuery = true
      }
      key = view.next(key + 1)
    }
    if !hasQuery { persistedCount += 1 }
  }
}
