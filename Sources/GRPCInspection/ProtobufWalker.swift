/// What of a message does not agree with its descriptor.
public struct GRPCFinding: Sendable, Equatable {
  public enum Kind: Sendable { case unknownField, malformed, unknownEnumValue, limit }

  public var kind: Kind
  /// Names of fields, with dots between them: `order.items.sku`.
  public var path: String
  public var detail: String
}

/// What one message may hold.
public struct GRPCLimits: Sendable, Equatable {
  /// Messages within messages; protocol buffers' own default is 100.
  public var maximumDepth = 100
  /// Fields of one message with all that is in it, items of packed fields counted in. Default 100,000.
  public var maximumFields = 100_000
  /// Bytes of one message once inflated. Default 4 MiB, as gRPC's own.
  public var maximumMessageBytes = 4 << 20
  /// Messages of one request. Default 1,000.
  public var maximumMessages = 1000
  /// Strings shown to the rules. Default 1,000.
  public var maximumStrings = 1000
  /// Findings kept. Default 20.
  public var maximumFindings = 20

  public init() {}
}

/// Walks messages by their descriptors with a stack of its own; linear in the bytes.
struct ProtobufWalker {
  private struct Level {
    var reader: ProtobufReader
    var message: Int
    var pathLength: Int
    var oneofs: UInt64 = 0
    /// Numbers below 64 that were seen, for required fields.
    var seen: UInt64 = 0
    /// `google.protobuf.Any`: what it says it holds, and where that lies.
    var anyType: String?
    var anyValue: Range<Int>?
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let descriptors: ProtoDescriptors
  private let limits: GRPCLimits
  private var path: [UInt8] = []
  private var fieldsLeft: Int
  private(set) var findings: [GRPCFinding] = []
  /// `string` fields with the way to them, decoded as they stand.
  private(set) var strings: [(name: [UInt8], value: [UInt8])] = []

  init(_ bytes: UnsafeBufferPointer<UInt8>, descriptors: ProtoDescriptors, limits: GRPCLimits) {
    self.bytes = bytes
    self.descriptors = descriptors
    self.limits = limits
    fieldsLeft = limits.maximumFields
  }

  mutating func walk(_ range: Range<Int>, message: Int) {
    var levels = [Level(reader: ProtobufReader(bytes, range), message: message, pathLength: 0)]
    while let top = levels.indices.last {
      if levels[top].reader.isAtEnd {
        let level = levels.removeLast()
        path.removeLast(max(path.count - level.pathLength, 0))
        checkRequired(level)
        // What an Any holds is walked in its place.
        if let type = level.anyType {
          let value = level.anyValue ?? 0..<0
          guard let target = descriptors.messageByName["." + (type.split(separator: "/").last.map(String.init) ?? "")] else {
            report(.unknownField, "an Any holds a type that is not in the set")
            continue
          }
          levels.append(Level(reader: ProtobufReader(bytes, value), message: target, pathLength: path.count))
        }
        continue
      }
      path.removeLast(max(path.count - levels[top].pathLength, 0))
      guard fieldsLeft > 0 else { return report(.limit, "more than \(limits.maximumFields) fields") }
      fieldsLeft -= 1
      guard let (number, wireType) = levels[top].reader.tag() else { return report(.malformed, "a tag is broken") }
      guard let field = descriptors.messages[levels[top].message].fields[number] else {
        guard levels[top].reader.skip(wireType: wireType, number: number) else { return report(.malformed, "an unknown field is broken") }
        report(.unknownField, "has no field with the number \(number)")
        continue
      }
      if !path.isEmpty { path.append(UInt8(ascii: ".")) }
      path += Array(field.name.utf8)
      guard take(field, wireType, &levels, top) else { return }
    }
  }

  /// False ends the walk: what comes next cannot be told apart.
  private mutating func take(_ field: ProtoDescriptors.Field, _ wireType: Int, _ levels: inout [Level], _ top: Int) -> Bool {
    if field.number < 64 { levels[top].seen |= 1 << UInt64(field.number) }
    if field.oneof >= 0, field.oneof < 64 {
      let bit: UInt64 = 1 << UInt64(field.oneof)
      // The last one counts for some, the first for others.
      if levels[top].oneofs & bit != 0 { report(.malformed, "a oneof is set more than once") }
      levels[top].oneofs |= bit
    }
    guard wireType == field.type.wireType else {
      if wireType == 2, field.isRepeated, field.type.wireType != 2, field.type != .group { return takePacked(field, &levels[top].reader) }
      report(.malformed, "has the wrong wire type")
      let isSkipped = levels[top].reader.skip(wireType: wireType, number: field.number)
      if !isSkipped { report(.malformed, "is cut off") }
      return isSkipped
    }
    switch field.type {
    case .message:
      guard let range = levels[top].reader.delimited() else { return cutOff() }
      guard levels.count < limits.maximumDepth else {
        report(.limit, "nested deeper than \(limits.maximumDepth)")
        return false
      }
      levels.append(Level(reader: ProtobufReader(bytes, range), message: field.target, pathLength: path.count))
      return true
    case .string, .bytes:
      guard let range = levels[top].reader.delimited() else { return cutOff() }
      if field.type == .string { takeString(range) }
      if descriptors.messages[levels[top].message].name == ".google.protobuf.Any" {
        if field.number == 1 { levels[top].anyType = String(decoding: bytes[range], as: UTF8.self) }
        if field.number == 2 { levels[top].anyValue = range }
      }
      return true
    case .group:
      report(.limit, "is a group, which is not looked into")
      return levels[top].reader.skip(wireType: 3, number: field.number) || cutOff()
    default:
      if field.type.wireType != 0 { return levels[top].reader.skip(field.type.wireType == 1 ? 8 : 4) || cutOff() }
      guard let value = levels[top].reader.varint() else { return cutOff() }
      check(value, field)
      return true
    }
  }

  private mutating func takePacked(_ field: ProtoDescriptors.Field, _ reader: inout ProtobufReader) -> Bool {
    guard let range = reader.delimited() else { return cutOff() }
    let width = field.type.wireType == 1 ? 8 : field.type.wireType == 5 ? 4 : 0
    if width > 0 {
      if range.count % width != 0 { report(.malformed, "is packed unevenly") }
      fieldsLeft -= range.count / width
      return true
    }
    var items = ProtobufReader(bytes, range)
    while !items.isAtEnd {
      guard let value = items.varint() else {
        report(.malformed, "is packed unevenly")
        return true
      }
      fieldsLeft -= 1
      check(value, field)
    }
    return true
  }

  private mutating func takeString(_ range: Range<Int>) {
    let text = bytes[range]
    if !UTF8Check.isValid(UnsafeBufferPointer(rebasing: text)) { report(.malformed, "is not valid UTF-8") }
    if strings.count < limits.maximumStrings {
      strings.append((path, Array(text)))
    } else if strings.count == limits.maximumStrings {
      report(.limit, "more than \(limits.maximumStrings) strings")
      strings.append((path, []))
    }
  }

  private mutating func check(_ value: UInt64, _ field: ProtoDescriptors.Field) {
    switch field.type {
    case .enumeration:
      if !descriptors.enums[field.target].values.contains(Int32(truncatingIfNeeded: value)) {
        report(.unknownEnumValue, "has no value \(Int32(truncatingIfNeeded: value))")
      }
    case .bool: if value > 1 { report(.malformed, "is no boolean") }
    case .uint32, .sint32: if value > UInt64(UInt32.max) { report(.malformed, "does not fit into 32 bits") }
    case .int32:
      let signed = Int64(bitPattern: value)
      if signed > Int64(Int32.max) || signed < Int64(Int32.min) { report(.malformed, "does not fit into 32 bits") }
    default: break
    }
  }

  private mutating func checkRequired(_ level: Level) {
    for field in descriptors.messages[level.message].fields.values.sorted(by: { $0.number < $1.number })
    where field.isRequired && field.number < 64 && level.seen & (1 << UInt64(field.number)) == 0 {
      report(.malformed, "lacks the required field \(field.name)")
    }
  }

  private mutating func cutOff() -> Bool {
    report(.malformed, "is cut off")
    return false
  }

  private mutating func report(_ kind: GRPCFinding.Kind, _ detail: String) {
    let path = String(decoding: path.prefix(200), as: UTF8.self)
    guard findings.count < limits.maximumFindings, !findings.contains(where: { $0.kind == kind && $0.path == path }) else { return }
    findings.append(GRPCFinding(kind: kind, path: path, detail: detail))
  }
}

enum UTF8Check {
  static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var decoder = UTF8()
    var iterator = text.makeIterator()
    while true {
      switch decoder.decode(&iterator) {
      case .scalarValue: continue
      case .emptyInput: return true
      case .error: return false
      }
    }
  }
}
