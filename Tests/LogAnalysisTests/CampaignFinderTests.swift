import HTTPModel
import Testing

@testable import LogAnalysis

@Suite("Campaigns")
struct CampaignFinderTests {
  private func hand(_ client: Int, step: Int = 7, network: Int? = nil, minute: Int = 0, agent: String = "a", isFlagged: Bool = true)
    -> CampaignFinder.Hand
  {
    let time = Timestamp(microseconds: 1_790_000_000_000_000 + Int64(minute) * 60_000_000)
    return CampaignFinder.Hand(
      client: client, step: step, network: UInt64(network ?? client), first: time, last: time, userAgent: Array(agent.utf8),
      bits: isFlagged ? 15 : 4, isFlagged: isFlagged)
  }

  @Test("many flagged clients that do the same are one campaign; few, or of one network, are none")
  func core() {
    #expect(CampaignFinder.campaigns((0..<12).map { hand($0) }).map(\.hands.count) == [12])
    #expect(CampaignFinder.campaigns((0..<11).map { hand($0) }).isEmpty)
    #expect(CampaignFinder.campaigns((0..<40).map { hand($0, network: $0 % 7) }).isEmpty)
    #expect(CampaignFinder.campaigns((0..<22).map { hand($0, step: $0 % 2) }).isEmpty, "eleven each of two kinds")
  }

  @Test("half an hour without a new hand ends a campaign, and the larger one comes first")
  func time() {
    let hands = (0..<12).map { hand($0, minute: $0) } + (12..<30).map { hand($0, minute: 60 + $0) }
    #expect(CampaignFinder.campaigns(hands).map(\.hands.count) == [18, 12])
  }

  @Test("who is not flagged joins by what it does, when, and with what")
  func joining() {
    let core = (0..<12).map { hand($0, minute: $0) }
    let others = [
      hand(100, minute: 5, isFlagged: false), hand(101, minute: 50, isFlagged: false), hand(102, minute: 5, agent: "b", isFlagged: false),
      hand(103, step: 8, minute: 5, isFlagged: false),
    ]
    let found = CampaignFinder.campaigns(core + others)
    #expect(found.map { $0.hands.map(\.client) } == [Array(0..<12) + [100]])
    #expect(found.first?.core == 12)
  }
}
