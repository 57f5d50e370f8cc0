import DatabaseFixture
import Foundation
import Testing

@testable import AddressFacts

@Suite("Address databases")
struct GeoDatabaseTests {
  private func file(_ bytes: [UInt8]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-\(UUID().uuidString).mmdb").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  private static let sample = DatabaseFile.bytes([
    (
      [192, 0, 2, 0], 24,
      .map([
        ("country", .map([("iso_code", .text("NO")), ("names", .map([("en", .text("Norway"))]))])),
        ("continent", .map([("code", .text("EU"))])), ("city", .map([("names", .map([("en", .text("Bergen"))]))])),
        ("subdivisions", .list([.map([("iso_code", .text("46"))])])),
        ("location", .map([("latitude", .double(60.39)), ("longitude", .double(5.32))])),
      ])
    ),
    (
      [198, 51, 100, 0], 25,
      .map([("autonomous_system_number", .number(64_496)), ("autonomous_system_organization", .text("Example Hosting"))])
    ),
  ])

  @Test func knownAddressesHaveFacts() throws {
    let path = try file(Self.sample)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let database = try GeoDatabase(path: path)
    #expect(database.type == "Test-City")
    var expected = AddressFacts()
    expected.countryCode = "NO"
    expected.countryName = "Norway"
    expected.continentCode = "EU"
    expected.city = "Bergen"
    expected.region = "46"
    expected.latitude = 60.39
    expected.longitude = 5.32
    #expect(database.facts(of: "192.0.2.77") == expected)
    #expect(database.facts(of: "198.51.100.127")?.systemNumber == 64_496)
    #expect(database.facts(of: "198.51.100.127")?.systemName == "Example Hosting")
  }

  @Test("Others have none", arguments: ["198.51.100.128", "192.0.3.0", "2001:db8::1", "", "fan", "192.0.2.77 ", "localhost"])
  func others(_ address: String) throws {
    let path = try file(Self.sample)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try GeoDatabase(path: path).facts(of: address) == nil)
  }

  @Test func badFilesAreRefusedWithAReason() throws {
    #expect(throws: GeoDatabase.OpenError.self) { try GeoDatabase(path: "/nonexistent/city.mmdb") }
    let path = try file(Array("no database".utf8))
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      _ = try GeoDatabase(path: path)
      Issue.record("opened")
    } catch {
      #expect(error.description.hasPrefix("\(path): ") && error.reason.count > 10)
    }
  }

  /// Cut and damaged files: an error or an answer, never a crash.
  @Test func damagedFilesDoNotCrash() throws {
    var tried = 0
    for position in stride(from: 0, to: Self.sample.count, by: 3) {
      for damaged in [
        Array(Self.sample[..<position]), Self.sample.enumerated().map { $0.offset == position ? $0.element ^ 0x55 : $0.element },
      ] {
        let path = try file(damaged)
        defer { try? FileManager.default.removeItem(atPath: path) }
        if let database = try? GeoDatabase(path: path) { _ = database.facts(of: "192.0.2.77") }
        tried += 1
      }
    }
    #expect(tried > 300)
  }
}
