/// All kinds of entities: the index. Their shares are of all requests and add up to 1.
enum EntityKinds {
  static let fans: [any EntityKind.Type] = [
    FanAlone.self, HouseholdFan.self, CarrierFan.self, OfficeFan.self, CampusFan.self, PowerFan.self,
  ]

  static let benignMachines: [any EntityKind.Type] = [Partner.self, Crawler.self, Monitor.self, LinkPreview.self]

  static let abusers: [any EntityKind.Type] = [
    FastScraper.self, SlowScraper.self, SpreadScraper.self, HeadlessScraper.self, RotatingScraper.self, SequentialEnumerator.self,
    PartitionedEnumerator.self, Fuzzer.self, VulnerabilityScanner.self, Attacker.self, CredentialStuffer.self,
    SpreadCredentialStuffer.self, PerfectPlayer.self, ShortPlayer.self, TicketBot.self, Flooder.self,
  ]

  static func all(isClean: Bool) -> [any EntityKind.Type] { isClean ? fans : fans + benignMachines + abusers }
}
