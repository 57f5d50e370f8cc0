/// Why a schema cannot be used: the fault of whoever wrote or supplied it. Trying again does not help.
public struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One clause for people.
  public var message: String
  /// The document, as it was named; empty for one without a name.
  public var document: String
  /// JSON Pointer (RFC 6901) to the value at fault; empty for the whole document.
  public var pointer: String
  /// Bytes from the start of the document.
  public var offset: Int
  /// Counted from 1; the column in bytes.
  public var line: Int
  public var column: Int

  public var description: String {
    let place = document.isEmpty ? "" : document + ":"
    return "\(place)\(line):\(column): \(message)" + (pointer.isEmpty ? "" : " (at \(pointer))")
  }

  init(_ message: String, document: String, pointer: String, offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    self.message = Self.printable(message)
    self.document = document
    self.pointer = pointer
    self.offset = offset
    let before = bytes.prefix(offset)
    line = 1 + before.reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
    column = 1 + (before.lastIndex(of: 0x0A).map { offset - $0 - 1 } ?? offset)
  }

  /// For a document whose places are known, such as YAML.
  package init(_ message: String, document: String, pointer: String, offset: Int = 0, at position: SourcePosition) {
    self.message = Self.printable(message)
    self.document = document
    self.pointer = pointer
    self.offset = offset
    line = Int(position.line)
    column = Int(position.column)
  }

  /// Messages quote the document: nothing of it may move a terminal's cursor or fill a screen.
  private static func printable(_ text: String) -> String {
    var output = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(400) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: output.append("\u{FFFD}")
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}

/// Every mistake of a document and of those that it refers to, in the order in which they were found. Never empty.
public struct SchemaErrors: Error, Sendable, Equatable, CustomStringConvertible {
  public var list: [SchemaError]

  public init(_ list: [SchemaError]) { self.list = list }

  /// One a line.
  public var description: String { list.map(\.description).joined(separator: "\n") }
}

/// Line and column of a text, counted from 1.
package struct SourcePosition: Sendable, Equatable {
  package var line: Int32
  package var column: Int32

  package init(line: Int, column: Int) {
    self.line = Int32(clamping: line)
    self.column = Int32(clamping: column)
  }
}
