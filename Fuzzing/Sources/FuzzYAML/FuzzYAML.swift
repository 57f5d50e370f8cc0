import FuzzDriver
import Glibc
import HTTPModel
import OpenAPIValidation
import SchemaFiles
import SchemaValidation

@main
struct FuzzYAML {
  static func main() {
    exit(runFuzzer { fuzzYAML($0, $1) })
  }
}

private struct Missing: Error {}

/// An OpenAPI document in YAML. No text may trap the reader or the compiler, mistakes have a place, and a document that is taken can be
/// asked. Both readers of YAML must agree. Each run loads and frees a document, so that the leak checker sees what stays behind.
private func fuzzYAML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  if let quick = try? YAMLText(text, name: "a"), let general = try? YAMLText(text, name: "a", isGeneral: true) {
    precondition(quick.json == general.json && quick.positions == general.positions, "the readers of YAML disagree")
  } else {
    precondition((try? YAMLText(text, name: "a")) == nil && (try? YAMLText(text, name: "a", isGeneral: true)) == nil)
  }
  let loader = SchemaFileLoader { path in
    guard path == "/a.yaml" else { throw Missing() }
    return text
  }
  do throws(SchemaErrors) {
    let document = try loader.openAPI(at: "/a.yaml")
    let inspector = OpenAPIInspector(document)
    for method in ["GET", "POST"] {
      let (operation, findings) = inspector.inspect(RequestHead(method: method, target: "/a/1?b=2", fields: []))
      precondition(findings.count < 1000)
      guard let operation else { continue }
      _ = inspector.inspectBody(Array("{\"a\": [1]}".utf8), contentTypes: [Array("application/json".utf8)], operation: operation)
    }
  } catch {
    precondition(!error.list.isEmpty && error.list.allSatisfy { $0.line >= 1 && $0.column >= 1 })
  }
  return 0
}
