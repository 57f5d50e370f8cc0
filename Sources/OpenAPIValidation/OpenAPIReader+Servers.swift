import SchemaValidation

/// The paths of servers' URLs.
extension OpenAPIReader {
  /// More combinations of variables' values than these are an error.
  private static let maximumPaths = 64

  /// - Returns: without a slash at the end, each once; every value of a variable's `enum` is one of its own.
  func servers(_ list: OpenAPINode) throws(SchemaError) -> [String] {
    guard kind(list) == .array else { throw error("servers must be an array", at: list) }
    var paths: [String] = []
    for server in elements(of: list) {
      guard let url = try string("url", of: server) else { throw error("a server must have a url", at: server) }
      var urls = [url]
      if let variables = member("variables", of: server) {
        for (key, value) in try members(variables) {
          guard let standard = try string("default", of: value) else { throw error("a server variable must have a default", at: value) }
          let values = member("enum", of: value).map { elements(of: $0).filter { kind($0) == .string }.map { text($0) } } ?? [standard]
          let name = "{\(text(key))}"
          urls = urls.flatMap { url in
            url.contains(name)
              ? values.map { url.split(separator: name, omittingEmptySubsequences: false).joined(separator: $0) } : [url]
          }
          guard urls.count <= Self.maximumPaths else { throw error("the variables of a server have too many values", at: variables) }
        }
      }
      for url in urls {
        var path = URIReference(url).path
        while path.hasSuffix("/") { path.removeLast() }
        // A server URL may be relative to where the document is.
        if !path.isEmpty, !path.hasPrefix("/") { path = "/" + path }
        if !paths.contains(path) { paths.append(path) }
      }
    }
    return paths.isEmpty ? [""] : paths
  }
}
