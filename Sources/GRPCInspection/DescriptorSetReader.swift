/// Reads `google.protobuf.FileDescriptorSet` by its field numbers (descriptor.proto). Unknown fields are passed over.
struct DescriptorSetReader {
  struct Method {
    var path: String
    var input: String
    var output: String
    var isClientStreaming: Bool
    var isServerStreaming: Bool
  }

  private(set) var messages: [ProtoDescriptors.Message] = []
  private(set) var enums: [ProtoDescriptors.Enumeration] = []
  private(set) var methods: [Method] = []

  /// Messages within messages; deeper ones are no real file.
  private static let maximumDepth = 64

  /// One field of a message: number, its bytes if it has a length, else its number.
  private typealias Entry = (number: Int, range: Range<Int>, value: UInt64)

  /// False if the bytes are not of this form.
  mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let files = Self.entries(bytes, 0..<bytes.count), files.contains(where: { $0.number == 1 }) else { return false }
    for file in files where file.number == 1 {
      guard let entries = Self.entries(bytes, file.range) else { return false }
      let package = entries.last { $0.number == 2 }.map { Self.text(bytes, $0.range) } ?? ""
      let prefix = package.isEmpty ? "" : "." + package
      for entry in entries {
        switch entry.number {
        case 4: guard readMessage(bytes, entry.range, prefix, depth: 0) else { return false }
        case 5: guard readEnum(bytes, entry.range, prefix) else { return false }
        case 6: guard readService(bytes, entry.range, package) else { return false }
        default: break
        }
      }
    }
    return true
  }

  private mutating func readMessage(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ prefix: String, depth: Int
  ) -> Bool {
    guard depth < Self.maximumDepth, let entries = Self.entries(bytes, range) else { return false }
    let name = prefix + "." + (entries.last { $0.number == 1 }.map { Self.text(bytes, $0.range) } ?? "")
    var message = ProtoDescriptors.Message(name: name, fields: [:])
    for entry in entries {
      switch entry.number {
      case 2:
        guard let field = Self.field(bytes, entry.range) else { return false }
        message.fields[field.number] = field
      case 3: guard readMessage(bytes, entry.range, name, depth: depth + 1) else { return false }
      case 4: guard readEnum(bytes, entry.range, name) else { return false }
      default: break
      }
    }
    messages.append(message)
    return true
  }

  private static func field(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> ProtoDescriptors.Field? {
    guard let entries = entries(bytes, range) else { return nil }
    func number(_ field: Int) -> Int? { entries.last { $0.number == field }.map { Int(truncatingIfNeeded: $0.value) } }
    func string(_ field: Int) -> String { entries.last { $0.number == field }.map { text(bytes, $0.range) } ?? "" }
    guard let tag = number(3), tag > 0, let type = number(5).flatMap(ProtoDescriptors.FieldType.init(rawValue:)) else { return nil }
    return ProtoDescriptors.Field(
      number: tag, name: string(1), type: type, isRepeated: number(4) == 3, isRequired: number(4) == 2, typeName: string(6),
      oneof: number(9) ?? -1)
  }

  private mutating func readEnum(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ prefix: String) -> Bool {
    guard let entries = Self.entries(bytes, range) else { return false }
    let name = prefix + "." + (entries.last { $0.number == 1 }.map { Self.text(bytes, $0.range) } ?? "")
    var enumeration = ProtoDescriptors.Enumeration(name: name, values: [])
    for entry in entries where entry.number == 2 {
      guard let value = Self.entries(bytes, entry.range) else { return false }
      enumeration.values.insert(Int32(truncatingIfNeeded: value.last { $0.number == 2 }?.value ?? 0))
    }
    enums.append(enumeration)
    return true
  }

  private mutating func readService(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ package: String) -> Bool {
    guard let entries = Self.entries(bytes, range) else { return false }
    let name = entries.last { $0.number == 1 }.map { Self.text(bytes, $0.range) } ?? ""
    for entry in entries where entry.number == 2 {
      guard let method = Self.entries(bytes, entry.range) else { return false }
      func string(_ field: Int) -> String { method.last { $0.number == field }.map { Self.text(bytes, $0.range) } ?? "" }
      func isSet(_ field: Int) -> Bool { method.last { $0.number == field }.map { $0.value != 0 } ?? false }
      methods.append(
        Method(
          path: "/" + (package.isEmpty ? "" : package + ".") + name + "/" + string(1), input: string(2), output: string(3),
          isClientStreaming: isSet(5), isServerStreaming: isSet(6)))
    }
    return true
  }

  /// The fields of a message; nil if it is broken.
  private static func entries(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [Entry]? {
    var reader = ProtobufReader(bytes, range)
    var list: [Entry] = []
    while !reader.isAtEnd {
      guard let (number, wireType) = reader.tag() else { return nil }
      switch wireType {
      case 0:
        guard let value = reader.varint() else { return nil }
        list.append((number, 0..<0, value))
      case 2:
        guard let range = reader.delimited() else { return nil }
        list.append((number, range, 0))
      default: guard reader.skip(wireType: wireType, number: number) else { return nil }
      }
    }
    return list
  }

  private static func text(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }
}
