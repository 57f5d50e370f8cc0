/// One argument, cookie, form field or member of a document, as the rules see it. A value; safe from any task.
public struct NamedValue: Sendable, Equatable {
  public var name: [UInt8]
  public var value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ value: String) {
    self.init(name: Array(name.utf8), value: Array(value.utf8))
  }
}

/// Many named values in one block of bytes.
///
/// A document of a thousand leaves would cost two thousand small arrays; here it costs two that grow. Take `forEach` on a hot
/// path and `Array(list)` elsewhere. A value; safe from any task.
public struct NamedValueList: Sendable, Equatable {
  /// Name and value of every entry, one after the other.
  var bytes: [UInt8] = []
  var entries: [Entry] = []

  /// The name is `nameStart..<valueStart`, the value `valueStart..<end`.
  struct Entry: Sendable, Equatable {
    var nameStart: Int
    var valueStart: Int
    var end: Int
  }

  public init() {}

  /// Calls `body` with the name and the value of each entry in their order of arrival. The buffers end with the call.
  public func forEach(_ body: (_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Void) {
    bytes.withUnsafeBufferPointer { block in
      for entry in entries {
        body(
          UnsafeBufferPointer(rebasing: block[entry.nameStart..<entry.valueStart]),
          UnsafeBufferPointer(rebasing: block[entry.valueStart..<entry.end]))
      }
    }
  }
}

extension NamedValueList: RandomAccessCollection {
  public var startIndex: Int { 0 }
  public var endIndex: Int { entries.count }

  /// A copy of the entry. The index must be one of `indices`.
  public subscript(index: Int) -> NamedValue {
    let entry = entries[index]
    return NamedValue(name: Array(bytes[entry.nameStart..<entry.valueStart]), value: Array(bytes[entry.valueStart..<entry.end]))
  }
}
