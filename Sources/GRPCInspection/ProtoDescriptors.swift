/// The messages, enums and services of a compiled `FileDescriptorSet` (`protoc --include_imports --descriptor_set_out`). Immutable.
public struct ProtoDescriptors: Sendable {
  /// `FieldDescriptorProto.Type`.
  enum FieldType: Int, Sendable {
    case double = 1
    case float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32, enumeration, sfixed32
    case sfixed64, sint32, sint64

    /// How one value stands on the wire.
    var wireType: Int {
      switch self {
      case .double, .fixed64, .sfixed64: 1
      case .float, .fixed32, .sfixed32: 5
      case .string, .message, .bytes: 2
      case .group: 3
      case .int64, .uint64, .int32, .bool, .uint32, .enumeration, .sint32, .sint64: 0
      }
    }
  }

  struct Field: Sendable {
    var number: Int
    var name: String
    var type: FieldType
    var isRepeated: Bool
    /// Proto 2 `required`.
    var isRequired: Bool
    /// Of a message or enum: with a dot in front, until it is resolved.
    var typeName: String
    /// Index in `messages` or `enums`, -1 for scalars.
    var target = -1
    /// Number of the oneof, -1 for none.
    var oneof: Int
  }

  struct Message: Sendable {
    var name: String
    var fields: [Int: Field]
  }

  struct Enumeration: Sendable {
    var name: String
    var values: Set<Int32>
  }

  struct Method: Sendable {
    var input: Int
    var output: Int
    var isClientStreaming: Bool
    var isServerStreaming: Bool
  }

  private(set) var messages: [Message] = []
  private(set) var enums: [Enumeration] = []
  /// By path: `/package.Service/Method`.
  private(set) var methods: [String: Method] = [:]
  private(set) var messageByName: [String: Int] = [:]

  /// Paths of all methods, sorted.
  public var methodPaths: [String] { methods.keys.sorted() }

  /// Takes in a set; several sets may be put together.
  /// - Throws: `ProtoDescriptorError` if the bytes are no descriptor set or name types that are not in it.
  public init(_ sets: [[UInt8]]) throws(ProtoDescriptorError) {
    var reader = DescriptorSetReader()
    for set in sets {
      let isRead = set.withUnsafeBufferPointer { reader.read($0) }
      guard isRead else { throw ProtoDescriptorError("not a FileDescriptorSet (protoc --include_imports --descriptor_set_out=FILE)") }
    }
    messages = reader.messages
    enums = reader.enums
    for (index, message) in messages.enumerated() { messageByName[message.name] = index }
    var enumByName: [String: Int] = [:]
    for (index, enumeration) in enums.enumerated() { enumByName[enumeration.name] = index }
    for index in messages.indices {
      for (number, field) in messages[index].fields {
        let known: Int?
        switch field.type {
        case .message, .group: known = messageByName[field.typeName]
        case .enumeration: known = enumByName[field.typeName]
        default: continue
        }
        guard let known else {
          throw ProtoDescriptorError("\(messages[index].name).\(field.name) is of the type \(field.typeName), which is not in the set")
        }
        messages[index].fields[number]?.target = known
      }
    }
    for method in reader.methods {
      guard let input = messageByName[method.input], let output = messageByName[method.output] else {
        throw ProtoDescriptorError("\(method.path) uses a message that is not in the set")
      }
      methods[method.path] = Method(
        input: input, output: output, isClientStreaming: method.isClientStreaming, isServerStreaming: method.isServerStreaming)
    }
    guard !methods.isEmpty else { throw ProtoDescriptorError("the set has no service") }
  }
}

/// Why a descriptor set cannot be used: the operator's to mend.
public struct ProtoDescriptorError: Error, Sendable, Equatable, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
