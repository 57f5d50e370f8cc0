import Testing

@testable import Rehearsal

@Suite("Address prefix")
struct AddressPrefixTests {
  @Test(
    "covers its addresses and no other",
    arguments: [
      ("198.51.100.0/24", "198.51.100.255", true), ("198.51.100.0/24", "198.51.101.0", false), ("198.51.100.77/24", "198.51.100.1", true),
      ("198.51.100.4/30", "198.51.100.7", true), ("198.51.100.4/30", "198.51.100.8", false), ("198.51.100.4", "198.51.100.4", true),
      ("0.0.0.0/0", "203.0.113.9", true), ("2001:db8::/48", "2001:db8:0:1::1", true), ("2001:db8::/48", "2001:db8:1::1", false),
      ("2001:db8::1", "2001:0db8:0:0:0:0:0:1", true),
    ] as [(String, String, Bool)])
  func coverage(_ network: String, _ address: String, _ isCovered: Bool) throws {
    let prefix = try #require(AddressPrefix(network))
    let other = try #require(AddressPrefix(address))
    #expect((other.network(prefix.length) == prefix) == isCovered)
  }

  @Test(
    "is nil for what is no network",
    arguments: ["", "-", "198.51.100", "198.51.100.0/33", "198.51.100.0/-1", "::/129", "a.example", "1.2.3.4/", "/24"])
  func refusal(_ text: String) { #expect(AddressPrefix(text) == nil) }

  @Test func plannedAddressesAreAddresses() {
    let plan = AddressPlan(seed: 3, fans: 50_000)
    var random = RandomSource(seed: 1)
    var v6 = 0
    var carriers: Set<AddressPrefix> = []
    for line in 0..<2_000 {
      for text in [
        plan.home(line, device: line % 3), plan.carrier(&random), plan.office(line), plan.campus(line % 5, &random), plan.hosting(&random),
        plan.residential(&random),
      ] {
        #expect(AddressPrefix(text)?.isWhole == true, "\(text)")
      }
      if plan.home(line, device: 0).contains(":") { v6 += 1 }
      if let carrier = AddressPrefix(plan.carrier(&random)) { carriers.insert(carrier.network(24)) }
    }
    #expect((450...750).contains(v6))
    #expect(carriers.count == plan.carrierBlocks)
    #expect(plan.home(7, device: 1) == plan.home(7, device: 1))
  }
}
