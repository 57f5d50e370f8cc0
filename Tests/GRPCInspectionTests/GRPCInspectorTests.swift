import Foundation
import GRPCInspection
import Testing

/// Messages of `Protos/tickets.proto` were encoded once by swift-protobuf; see `Tests/Fixtures/grpc-messages`.
@Suite("gRPC")
struct GRPCInspectorTests {
  private static let set: [UInt8] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Protos/tickets.binpb")
    return [UInt8]((try? Data(contentsOf: file)) ?? Data())
  }()
  private static let buy = "/box.office.Tickets/Buy"

  private static func inspector(_ limits: GRPCLimits = GRPCLimits()) throws -> GRPCInspector {
    GRPCInspector(try ProtoDescriptors([set]), limits: limits)
  }

  private static func frame(_ message: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    [flag] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
  }

  private static func inspect(
    _ body: [UInt8], path: String = buy, type: String = "application/grpc", encoding: String = "", limits: GRPCLimits = GRPCLimits()
  ) throws -> GRPCInspector.Result {
    try inspector(limits).inspect(body, path: Array(path.utf8), type: Array(type.utf8), encoding: Array(encoding.utf8))
  }

  /// The messages of `messages.txt` by name.
  private static let messages: [String: [UInt8]] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Protos/messages.txt")
    var result: [String: [UInt8]] = [:]
    for line in ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n") where line.first != "#" {
      let words = line.split(separator: " ")
      let digits = Array(words[1])
      result[String(words[0])] = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }
    return result
  }()

  private static func message(_ name: String) throws -> [UInt8] { try #require(messages[name]) }

  @Test func methodsOfTheSetAreKnown() throws {
    let inspector = try Self.inspector()
    #expect(inspector.descriptors.methodPaths == [Self.buy, "/box.office.Tickets/BuyMany", "/box.office.Tickets/Watch"])
    #expect(inspector.knows(Array(Self.buy.utf8)) && !inspector.knows(Array("/box.office.Tickets/Refund".utf8)))
  }

  @Test func aGoodMessageHasNoFindingsAndItsStringsAreNamed() throws {
    let result = try Self.inspect(Self.frame(try Self.message("order")))
    #expect(result.findings.isEmpty, "\(result.findings)")
    let strings = result.strings.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }
    #expect(
      strings == [
        "buyer=a@b.example' OR 1=1", "seats.row=A", "seats.neighbor.row=B", "seats.row=C", "labels.key=k", "labels.value=v", "card=4111",
        "note.text=é", "tags=x", "tags=y",
      ])
    #expect(try Self.inspect(Self.frame([])).findings.isEmpty)
  }

  @Test func whatAnAnyHoldsIsWalked() throws {
    let result = try Self.inspect(Self.frame(try Self.message("any-seat")))
    #expect(result.findings.isEmpty && result.strings.contains { $0.value == Array("hidden".utf8) }, "\(result)")
    #expect(try Self.inspect(Self.frame(try Self.message("any-duration"))).findings.map(\.kind) == [.unknownField])
  }

  @Test(
    "broken messages",
    arguments: [
      ([0x0A, 0x05, 0x61], GRPCFinding.Kind.malformed, "a string longer than the message"), ([0x0A, 0x01, 0xFF], .malformed, "no UTF-8"),
      ([0x08, 0x01], .malformed, "a string as a varint"), ([0x10, 0x07], .unknownEnumValue, "no such tier"),
      ([0x00], .malformed, "field number 0"),
      ([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .malformed, "an endless varint"),
      ([0x10], .malformed, "a varint without bytes"),
      ([0xA0, 0x06, 0x01], .unknownField, "field 100"), ([0xA3, 0x06, 0xA4, 0x06], .unknownField, "an unknown group"),
      ([0xA3, 0x06, 0x08, 0x01], .malformed, "a group without an end"),
      ([0x3A, 0x01, 0x34, 0x40, 0x05], .malformed, "a oneof set twice"), ([0x60, 0x02], .malformed, "a boolean of 2"),
      ([0x68, 0x80, 0x80, 0x80, 0x80, 0x20], .malformed, "more than 32 bits"),
      ([0x22, 0x02, 0x01, 0x80], .malformed, "unevenly packed"),
      ([0x82, 0x01, 0x07, 0, 0, 0, 0, 0, 0, 0], .malformed, "seven bytes of doubles"),
      ([0x2A, 0x02, 0x01, 0x09], .unknownEnumValue, "packed enums"),
      ([0x51, 0x01], .malformed, "a cut fixed64"), ([0x0F], .malformed, "wire type 7"),
      ([0x1A, 0x02, 0x08, 0x01], .malformed, "within a seat"),
    ] as [([UInt8], GRPCFinding.Kind, String)])
  func broken(_ row: (message: [UInt8], kind: GRPCFinding.Kind, why: String)) throws {
    let result = try Self.inspect(Self.frame(row.message))
    #expect(result.findings.map(\.kind) == [row.kind], "\(row.why): \(result.findings)")
  }

  @Test func everyPrefixOfAGoodMessageIsGoodOrMalformed() throws {
    let message = try Self.message("order")
    var count = 0
    for length in 0..<message.count {
      count += 1
      for finding in try Self.inspect(Self.frame(Array(message.prefix(length)))).findings {
        #expect(finding.kind == .malformed, "\(length): \(finding)")
      }
    }
    #expect(count > 80)
  }

  @Test(
    "frames",
    arguments: [
      ([], "there is no message"), ([0, 0, 0, 0], "ends within a prefix"), ([0, 0, 0, 0, 5, 1], "longer than the body"),
      ([2, 0, 0, 0, 0], "unknown flag"),
      ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "several messages"), ([1, 0, 0, 0, 0], "does not name"),
      ([0, 0xFF, 0xFF, 0xFF, 0xFF], "longer than the body"),
    ] as [([UInt8], String)])
  func frames(_ row: (body: [UInt8], part: String)) throws {
    let result = try Self.inspect(row.body)
    #expect(result.findings.map(\.kind) == [.malformed] && result.findings[0].detail.contains(row.part), "\(result.findings)")
  }

  @Test func streamsWebAndCompressedFramesAreRead() throws {
    let message = try Self.message("order")
    let two = Self.frame(message) + Self.frame(message)
    #expect(try Self.inspect(two, path: "/box.office.Tickets/BuyMany").findings.isEmpty)
    #expect(try Self.inspect(two, path: "/box.office.Tickets/BuyMany").messages == 2)
    let text = [UInt8](Data(Self.frame(message)).base64EncodedString().utf8)
    #expect(try Self.inspect(text, type: "application/grpc-web-text+proto").strings.count == 10)
    #expect(try Self.inspect(Array("***".utf8), type: "application/grpc-web-text").findings.map(\.kind) == [.malformed])
    #expect(try Self.inspect(two, type: "application/grpc+json").findings.map(\.kind) == [.limit])
    // gzip of 0x0A 0x01 0x61: a buyer called "a".
    let gzip: [UInt8] = [
      0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xE3, 0x62, 0x4C, 0x04, 0x00, 0x4B, 0x3C, 0x78, 0xD1, 0x03, 0x00, 0x00,
      0x00,
    ]
    #expect(try Self.inspect(Self.frame(gzip, flag: 1), encoding: "gzip").strings.map(\.value) == [Array("a".utf8)])
    #expect(try Self.inspect(Self.frame(Array(gzip.dropLast()), flag: 1), encoding: "gzip").findings.map(\.kind) != [])
    #expect(try Self.inspect(Self.frame(gzip, flag: 1), encoding: "lz4").findings.map(\.kind) == [.malformed])
  }

  @Test func nestingAndSizeAreLimited() throws {
    let message = try Self.message("deep")
    #expect(try Self.inspect(Self.frame(message)).findings.isEmpty)
    var limits = GRPCLimits()
    limits.maximumDepth = 50
    #expect(try Self.inspect(Self.frame(message), limits: limits).findings.map(\.kind) == [.limit])
    limits = GRPCLimits()
    limits.maximumFields = 10
    #expect(try Self.inspect(Self.frame(message), limits: limits).findings.map(\.kind) == [.limit])
    limits = GRPCLimits()
    limits.maximumMessageBytes = 10
    #expect(try Self.inspect(Self.frame(message), limits: limits).findings.map(\.kind) == [.limit])
  }

  @Test func setsThatCannotBeUsedAreRefused() throws {
    for bytes in [[], Array("not a set".utf8), [0x0A, 0x02, 0x22], [0x0A, 0x00]] as [[UInt8]] {
      #expect(throws: ProtoDescriptorError.self) { try ProtoDescriptors([bytes]) }
    }
    // Without the file that defines Any.
    let bytes = try Self.message("part")
    #expect(throws: ProtoDescriptorError.self) { try ProtoDescriptors([bytes]) }
    for length in stride(from: 0, to: Self.set.count, by: 7) { _ = try? ProtoDescriptors([Array(Self.set.prefix(length))]) }
  }
}
