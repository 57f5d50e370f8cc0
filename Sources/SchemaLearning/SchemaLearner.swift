/// Learns an OpenAPI document from traffic. Confined to one thread; memory is bounded by the shape of the API, not by the traffic.
///
/// Only what the origin answered well counts: paths that nobody serves are a scanner's list, not an API.
public final class SchemaLearner {
  private let root = PathTree()
  public private(set) var requests = 0
  public private(set) var used = 0

  public init() {}

  public func add(_ request: ObservedRequest) {
    requests += 1
    guard (200..<400).contains(request.status), request.path.first == UInt8(ascii: "/"), request.path.count <= 2048,
      Self.methods.contains(where: { request.method.elementsEqual($0.utf8) })
    else { return }
    let segments = request.path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
    if root.add(segments[...], request) { used += 1 }
  }

  private static let methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"]

  /// One operation that was seen.
  struct Operation {
    var method: String
    var path: String
    /// Names of path parameters with what was seen of them.
    var pathParameters: [(name: String, values: ValueProfile)]
    var profile: OperationProfile
  }

  /// All operations, in the order of their paths.
  func operations() -> [Operation] {
    root.collapse()
    var list: [Operation] = []
    walk(root, "", [], "", into: &list)
    return list.sorted { ($0.path, $0.method) < ($1.path, $1.method) }
  }

  private func walk(
    _ node: PathTree, _ path: String, _ parameters: [(name: String, values: ValueProfile)], _ last: String, into list: inout [Operation]
  ) {
    for (method, profile) in node.operations {
      list.append(
        Operation(
          method: String(decoding: method, as: UTF8.self), path: path.isEmpty ? "/" : path, pathParameters: parameters, profile: profile))
    }
    for (name, child) in node.literals {
      let text = Self.printable(name)
      walk(child, path + "/" + text, parameters, text, into: &list)
    }
    if let child = node.parameter {
      let name = Self.parameterName(after: last, taken: parameters.map(\.name))
      walk(child, path + "/{\(name)}", parameters + [(name, node.values)], "", into: &list)
    }
  }

  /// `tracks` gives `trackId`.
  private static func parameterName(after segment: String, taken: [String]) -> String {
    var base = segment.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    if base.hasSuffix("ies"), base.count > 4 {
      base = base.dropLast(3) + "y"
    } else if base.hasSuffix("s"), base.count > 2 {
      base.removeLast()
    }
    var name = base.isEmpty ? "id" : base + "Id"
    var number = 2
    while taken.contains(name) {
      name = (base.isEmpty ? "id" : base + "Id") + String(number)
      number += 1
    }
    return name
  }

  /// A segment as it may stand in a template: braces would be names.
  private static func printable(_ bytes: [UInt8]) -> String {
    var text = ""
    for byte in bytes {
      if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "{"), byte != UInt8(ascii: "}") {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }

  /// The document as YAML. The same traffic gives the same bytes.
  public func document(title: String) -> String {
    var writer = YAMLWriter()
    writer.line(0, "# Learned from \(used) answered requests of \(requests). Bodies and header fields are not in logs: add them by hand.")
    writer.line(0, "# x-confidence: high is 100 requests from 10 clients or more, medium 20 from 3.")
    writer.line(0, "openapi: 3.1.0")
    writer.line(0, "info:")
    writer.line(1, "title: " + YAMLWriter.quoted(Array(title.utf8)))
    writer.line(1, "version: learned")
    let operations = operations()
    writer.line(0, operations.isEmpty ? "paths: {}" : "paths:")
    var path = ""
    for operation in operations {
      if operation.path != path { writer.line(1, YAMLWriter.quoted(Array(operation.path.utf8)) + ":") }
      path = operation.path
      write(operation, to: &writer)
    }
    return writer.text
  }

  private func write(_ operation: Operation, to writer: inout YAMLWriter) {
    let profile = operation.profile
    writer.line(2, operation.method.lowercased() + ":")
    writer.line(3, "x-confidence: \(profile.confidence)")
    writer.line(3, "x-requests: \(profile.requests)")
    let parameters = profile.believableParameters
    if !parameters.isEmpty || !operation.pathParameters.isEmpty { writer.line(3, "parameters:") }
    for (name, values) in operation.pathParameters {
      writer.line(4, "- { name: \(name), in: path, required: true, schema: \(values.schema) }")
    }
    for (name, parameter) in parameters {
      // One request in a thousand without it is somebody's mistake.
      let isRequired = parameter.requests * 1000 >= profile.requests * 999 && profile.requests >= 20
      var schema = parameter.values.schema
      var style = ""
      if parameter.repeated * 20 >= parameter.requests {
        schema = "{ type: array, items: \(schema) }"
      } else if parameter.lists * 20 >= parameter.requests {
        schema = "{ type: array, items: { type: string } }"
        style = "explode: false, "
      }
      let required = isRequired ? "required: true, " : ""
      writer.line(
        4, "- { name: \(YAMLWriter.quoted(name)), in: query, \(required)\(style)x-seen: \(parameter.requests), schema: \(schema) }")
    }
    writer.line(3, "responses:")
    for (status, count) in profile.statuses.sorted(by: { $0.key < $1.key }) {
      writer.line(4, "'\(status)': { description: \(count) answers }")
    }
  }
}

/// Lines of YAML.
struct YAMLWriter {
  private(set) var text = ""

  mutating func line(_ depth: Int, _ content: String) { text += String(repeating: "  ", count: depth) + content + "\n" }

  /// In double quotes; bytes that are no UTF-8 and control characters are written out.
  static func quoted(_ bytes: [UInt8]) -> String {
    var output = "\""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"", "\\": output += "\\" + String(scalar)
      case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output + "\""
  }
}
