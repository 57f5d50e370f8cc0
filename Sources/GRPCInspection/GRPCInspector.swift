import BodyDecoding

/// Holds gRPC requests against descriptors: method, frames, messages. Immutable; safe from any task.
public struct GRPCInspector: Sendable {
  public let descriptors: ProtoDescriptors
  public let limits: GRPCLimits

  public init(_ descriptors: ProtoDescriptors, limits: GRPCLimits = GRPCLimits()) {
    self.descriptors = descriptors
    self.limits = limits
  }

  public struct Result: Sendable {
    public var findings: [GRPCFinding] = []
    /// `string` fields for the rules, named by their way: `order.items.sku`.
    public var strings: [(name: [UInt8], value: [UInt8])] = []
    public var messages = 0
  }

  /// Whether a Content-Type is gRPC's or gRPC-Web's, by the type in lower case.
  public static func isGRPC(_ type: [UInt8]) -> Bool { type.starts(with: "application/grpc".utf8) }

  public func knows(_ path: [UInt8]) -> Bool { descriptors.methods[String(decoding: path, as: UTF8.self)] != nil }

  /// - Parameters:
  ///   - path: `/package.Service/Method`, which must be known.
  ///   - type: the media type in lower case.
  ///   - encoding: the field `grpc-encoding`; empty if there is none.
  ///   - isTruncated: not all of the body is here.
  public func inspect(_ body: [UInt8], path: [UInt8], type: [UInt8], encoding: [UInt8], isTruncated: Bool = false) -> Result {
    var result = Result()
    guard let method = descriptors.methods[String(decoding: path, as: UTF8.self)] else { return result }
    var body = body
    if type.starts(with: "application/grpc-web-text".utf8) {
      guard let decoded = Base64.decoded(body) else {
        result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: "the body is no base64"))
        return result
      }
      body = decoded
    }
    if type.contains(where: { $0 == UInt8(ascii: "+") }), !type.reversed().starts(with: "otorp+".utf8) {
      result.findings.append(GRPCFinding(kind: .limit, path: "", detail: "only protocol buffers are looked into"))
      return result
    }
    for frame in GRPCFrames(body, isTruncated: isTruncated) {
      switch frame {
      case .message(let range, let isCompressed):
        result.messages += 1
        guard result.messages <= limits.maximumMessages else {
          result.findings.append(GRPCFinding(kind: .limit, path: "", detail: "more than \(limits.maximumMessages) messages"))
          return result
        }
        if result.messages == 2, !method.isClientStreaming {
          result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: "several messages for a method that takes one"))
        }
        walk(Array(body[range]), isCompressed, encoding, method.input, &result)
      case .broken(let detail): result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: detail))
      case .trailers: continue
      }
    }
    if result.messages == 0, !method.isClientStreaming, !isTruncated, result.findings.isEmpty {
      result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: "there is no message"))
    }
    return result
  }

  private func walk(_ message: [UInt8], _ isCompressed: Bool, _ encoding: [UInt8], _ type: Int, _ result: inout Result) {
    var message = message
    if isCompressed {
      guard let codings = ContentCoding.list(of: encoding), !codings.isEmpty else {
        result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: "compressed in a way that grpc-encoding does not name"))
        return
      }
      var inflation = InflationLimits()
      inflation.maximumBytes = limits.maximumMessageBytes
      switch ContentDecoder.decode(message, codings: codings, limits: inflation) {
      case .complete(let bytes): message = bytes
      case .cut(_, let reason): return result.findings.append(GRPCFinding(kind: .limit, path: "", detail: reason))
      case .damaged(_, let reason): return result.findings.append(GRPCFinding(kind: .malformed, path: "", detail: reason))
      }
    }
    guard message.count <= limits.maximumMessageBytes else {
      return result.findings.append(GRPCFinding(kind: .limit, path: "", detail: "a message of \(message.count) bytes"))
    }
    message.withUnsafeBufferPointer { bytes in
      var walker = ProtobufWalker(bytes, descriptors: descriptors, limits: limits)
      walker.walk(0..<bytes.count, message: type)
      result.findings += walker.findings.prefix(max(limits.maximumFindings - result.findings.count, 0))
      result.strings += walker.strings.prefix(max(limits.maximumStrings - result.strings.count, 0))
    }
  }
}

/// The length-prefixed messages of a body (gRPC over HTTP/2, "Length-Prefixed-Message").
struct GRPCFrames: Sequence, IteratorProtocol {
  enum Frame: Equatable {
    case message(Range<Int>, isCompressed: Bool)
    /// Trailers of gRPC-Web.
    case trailers
    case broken(String)
  }

  private let body: [UInt8]
  private let isTruncated: Bool
  private var index = 0

  init(_ body: [UInt8], isTruncated: Bool) {
    self.body = body
    self.isTruncated = isTruncated
  }

  mutating func next() -> Frame? {
    guard index < body.count else { return nil }
    guard body.count - index >= 5 else { return fail("the body ends within a prefix") }
    let flag = body[index]
    let length = body[(index + 1)..<(index + 5)].reduce(0) { $0 << 8 | Int($1) }
    guard length <= body.count - index - 5 else { return fail("a message is longer than the body") }
    let range = (index + 5)..<(index + 5 + length)
    index = range.upperBound
    switch flag {
    case 0, 1: return .message(range, isCompressed: flag == 1)
    case 0x80, 0x81: return .trailers
    default: return fail("a prefix has an unknown flag")
    }
  }

  private mutating func fail(_ detail: String) -> Frame? {
    index = body.count
    return isTruncated ? nil : .broken(detail)
  }
}

/// RFC 4648 section 4; padding may stand between pieces, as gRPC-Web sends them.
enum Base64 {
  static func decoded(_ text: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(text.count / 4 * 3)
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      let value: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - 65)
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - 71)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte + 4)
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      case UInt8(ascii: "="):
        // The end of a piece: bits that are left over are none.
        bits = 0
        count = 0
        continue
      default: return nil
      }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return output
  }
}
