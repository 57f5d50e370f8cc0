import Testing

@testable import Behavior

@Suite("Snapshots")
struct SnapshotTests {
  private static let configuration: BehaviorConfiguration = {
    var configuration = BehaviorConfiguration()
    configuration.maximumClients = 2048
    configuration.secret = 99
    return configuration
  }()

  private func learned() -> Audience {
    let audience = Audience(Self.configuration)
    audience.visit(people: 200)
    for number in 0..<25 { audience.ask("203.0.113.9", "/items/\(3000 + number)", after: 800) }
    return audience
  }

  @Test("a restored engine goes on as the one that was saved would have")
  func goesOn() throws {
    let before = learned()
    let bytes = before.engine.snapshot()
    let after = Audience(engine: try BehaviorEngine(Self.configuration, restoring: bytes), now: before.now)
    let isSame = after.engine.snapshot() == bytes
    #expect(isSame)
    for number in 0..<30 {
      let address = number % 3 == 0 ? "203.0.113.9" : "192.0.0.\(number)"
      let one = before.ask(address, "/items/\(number)", after: 900)
      let other = after.ask(address, "/items/\(number)", after: 900)
      #expect(before.engine.bits(one) == after.engine.bits(other))
      #expect(one.requests == other.requests && one.isFlagged == other.isFlagged)
    }
  }

  @Test("a damaged, cut or foreign file is refused with a reason, whatever byte is hit")
  func damaged() throws {
    let bytes = learned().engine.snapshot()
    var refused = 0
    let places = stride(from: 0, to: bytes.count, by: max(1, bytes.count / 37))
    for place in places {
      var damaged = bytes
      damaged[place] ^= 0x41
      do {
        _ = try BehaviorEngine(Self.configuration, restoring: damaged)
        Issue.record("byte \(place) was not missed")
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    for count in [0, 5, 17, 18, 40, bytes.count / 2, bytes.count - 1] {
      #expect(throws: SnapshotError.self) { try BehaviorEngine(Self.configuration, restoring: Array(bytes.prefix(count))) }
    }
    #expect(refused > 35)
  }

  @Test("a snapshot of another size of table is refused")
  func otherSize() {
    let bytes = learned().engine.snapshot()
    #expect(throws: SnapshotError.self) { try BehaviorEngine(BehaviorConfiguration(), restoring: bytes) }
  }

  @Test("content that lies about itself is an error, not a crash")
  func liars() {
    var random: UInt64 = 5
    for length in [0, 8, 30, 200, 5000] {
      var content: [UInt8] = []
      for _ in 0..<length {
        random = random &* 6_364_136_223_846_793_005 &+ 1
        content.append(UInt8(random >> 56))
      }
      #expect(throws: SnapshotError.self) { try BehaviorEngine(Self.configuration, restoring: Snapshot.framed(content)) }
    }
  }
}
