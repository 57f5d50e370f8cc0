import FuzzDriver
import Glibc
import HTTPModel
import OpenAPIValidation

@main
struct FuzzParameters {
  static func main() {
    exit(runFuzzer { fuzzParameters($0, $1) })
  }
}

/// Every style, and every kind of body that is not JSON.
private let document = ##"""
  {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {
   "/s/{a}/{b}": {"get": {"parameters": [
     {"name": "a", "in": "path", "required": true, "schema": {"type": "array", "items": {"type": "integer"}}},
     {"name": "b", "in": "path", "required": true, "explode": true, "schema": {"type": "object", "properties": {"x": {"type": "integer"}}}}]}},
   "/l/{a}": {"get": {"parameters": [{"name": "a", "in": "path", "required": true, "style": "label", "explode": true, "schema": {"type": "object"}}]}},
   "/m/{a}": {"get": {"parameters": [{"name": "a", "in": "path", "required": true, "style": "matrix", "explode": true, "schema": {"type": "array"}}]}},
   "/f/{a}.{b}": {"get": {"parameters": [{"name": "a", "in": "path", "required": true, "schema": {}}, {"name": "b", "in": "path", "required": true, "style": "matrix", "schema": {"type": "object"}}]}},
   "/q": {"get": {"parameters": [
     {"name": "a", "in": "query", "schema": {"type": "array", "items": {"type": "number"}}},
     {"name": "b", "in": "query", "explode": false, "schema": {"type": "object", "properties": {"x": {"type": "boolean"}}}},
     {"name": "c", "in": "query", "style": "deepObject", "schema": {"type": "object", "properties": {"x": {"type": ["null", "integer"]}}}},
     {"name": "d", "in": "query", "style": "pipeDelimited", "explode": false, "schema": {"type": "array"}},
     {"name": "e", "in": "query", "style": "spaceDelimited", "explode": false, "schema": {"type": "array"}},
     {"name": "f", "in": "query", "content": {"application/json": {"schema": {"type": "object"}}}},
     {"name": "g", "in": "query", "schema": {"type": "object", "properties": {"y": {}}}},
     {"name": "H", "in": "header", "explode": true, "schema": {"type": "object"}}, {"name": "i", "in": "cookie", "schema": {"type": "array"}}]},
    "post": {"requestBody": {"content": {
     "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "object"}, "c": {"type": "object", "properties": {"x": {}}}, "d": {"type": "integer"}}}, "encoding": {"c": {"style": "deepObject"}}},
     "multipart/form-data": {"schema": {"type": "object", "properties": {"a": {"type": "array"}, "b": {"type": "object"}, "d": {"type": "integer"}}}, "encoding": {"b": {"contentType": "application/json, text/*"}}},
     "text/*": {"schema": {"type": "integer"}}, "*/*": {"schema": {"contentMediaType": "a/b", "maxLength": 5}}}}}}}}
  """##

nonisolated(unsafe) private let inspector: OpenAPIInspector = {
  do { return OpenAPIInspector(try OpenAPIDocument(Array(document.utf8))) } catch { fatalError("\(error)") }
}()

/// Lines: a target, a header field's value, a Content-Type; the rest is a body. Nothing may trap, and findings have bounds.
private func fuzzParameters(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let lines = Array(UnsafeBufferPointer(start: start, count: count)).split(separator: 0x0A, maxSplits: 3, omittingEmptySubsequences: false)
    .map(Array.init)
  guard lines.count == 4 else { return 0 }
  for method in ["GET", "POST"] {
    let head = RequestHead(
      line: [], method: Array(method.utf8), target: lines[0], version: Array("HTTP/1.1".utf8),
      fields: [Field(name: [0x48], value: lines[1]), Field(name: Array("Cookie".utf8), value: lines[1])])
    let (operation, findings) = inspector.inspect(head)
    precondition(findings.count < 1000)
    guard let operation else { continue }
    let more = inspector.inspectBody(lines[3], contentTypes: [lines[2]], operation: operation)
    precondition(more.count < 1000)
  }
  return 0
}
