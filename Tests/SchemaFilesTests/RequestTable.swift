import Foundation
import HTTPModel
import OpenAPIValidation
import SchemaFiles

/// Requests of a file, one a line: expectation, method, target, fields (parted by `|`), Content-Type and body, parted by tabs.
struct RequestTable {
  struct Row {
    /// `good`, or the one kind of finding.
    var expectation: String
    var head: RequestHead
    var body: [UInt8]
    var line: Int
  }

  let rows: [Row]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Documents")

  init(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    var rows: [Row] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty && line.first != "#"
    {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      precondition(cells.count == 6, "\(name):\(index + 1) has \(cells.count) cells")
      var fields = cells[3].split(separator: "|").map { field in
        let colon = field.firstIndex(of: ":")!
        return Field(String(field[..<colon]), String(field[field.index(after: colon)...].drop { $0 == " " }))
      }
      if !cells[4].isEmpty { fields.append(Field("Content-Type", cells[4])) }
      rows.append(
        Row(
          expectation: cells[0], head: RequestHead(method: cells[1], target: cells[2], fields: fields), body: Self.bytes(cells[5]),
          line: index + 1))
    }
    self.rows = rows
  }

  /// `\r`, `\n` and `\xHH` of the file; everything else stands for itself.
  private static func bytes(_ text: String) -> [UInt8] {
    var output: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.first else {
        output.append(byte)
        continue
      }
      switch next {
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "x"):
        output.append(UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)!)
        rest = rest.dropFirst(2)
      default:
        // An escape of JSON.
        output += [byte, next]
      }
      rest = rest.dropFirst()
    }
    return output
  }

  /// What an inspector finds in one request, as the proxy asks it.
  static func findings(_ row: Row, _ inspector: OpenAPIInspector) -> [OpenAPIFinding] {
    let (operation, findings) = inspector.inspect(row.head)
    guard let operation else { return findings }
    let types = row.head.fields.filter { $0.isNamed("content-type") }.map(\.value)
    return findings + inspector.inspectBody(row.body, contentTypes: types, operation: operation)
  }

  static func inspector(_ name: String) throws -> OpenAPIInspector { try inspector(at: folder.appendingPathComponent(name).path) }

  static func inspector(at path: String) throws -> OpenAPIInspector {
    let loader = SchemaFileLoader { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
    return OpenAPIInspector(try loader.openAPI(at: path))
  }
}
