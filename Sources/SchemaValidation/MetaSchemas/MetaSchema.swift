/// A meta-schema that is part of the product: schemas may refer to it without it being handed in.
struct MetaSchema: Sendable {
  /// Absolute, without a fragment.
  var uri: String
  var text: StaticString

  /// All of them.
  static let all: [MetaSchema] = early + draft201909 + draft202012

  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
}
