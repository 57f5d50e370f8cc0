import Glibc

/// Many clients with the same rare oddity are one actor: slow scrapers over hundreds of addresses, lists of passwords in many hands.
///
/// A shape is the step at which a client was most unlike the crowd. A campaign is a shape that many suspicious clients from many
/// networks have, and hardly anybody else.
struct CampaignBook: Sendable {
  struct Campaign: Sendable {
    var members: Float = 0
    /// Clients of the shape that turned out to be people.
    var forgiven: Float = 0
    /// Networks by hash, for a count of up to about 200.
    var networks: UInt64 = 0
    /// Clients in good standing that take the step.
    var others: Float = 0
    var establishedAt: Int64 = 0
    /// How much likelier its step makes a member than anybody else, in bits.
    var bits: Float = 0
  }

  static let leastMembers: Float = 12
  private static let leastNetworks = 8
  /// Members among all who take the step.
  private static let leastShare: Float = 0.7
  private static let maximumBits: Float = 6
  private static let maximumShapes = 16_384

  private(set) var campaigns: [UInt32: Campaign] = [:]

  /// Notes a client that has just become suspicious.
  ///
  /// - Parameter others: clients in good standing that take the step.
  mutating func note(_ shape: UInt32, network: UInt64, others: Float, at time: Int64) {
    guard campaigns.count < Self.maximumShapes || campaigns[shape] != nil else { return }
    var campaign = campaigns[shape] ?? Campaign()
    campaign.members += 1
    campaign.networks |= 1 << (mixed(network) & 63)
    campaign.others = others
    campaigns[shape] = Self.judged(campaign, at: time)
  }

  /// A client that was noted has acted since.
  mutating func forgive(_ shape: UInt32) {
    guard var campaign = campaigns[shape] else { return }
    campaign.members = max(0, campaign.members - 1)
    campaign.forgiven += 1
    campaigns[shape] = Self.judged(campaign, at: campaign.establishedAt)
  }

  private static func judged(_ campaign: Campaign, at time: Int64) -> Campaign {
    var campaign = campaign
    let people = campaign.forgiven + campaign.others
    let isEstablished =
      campaign.members >= leastMembers && campaign.networks.nonzeroBitCount >= leastNetworks
      && campaign.members >= leastShare * (campaign.members + people)
    if isEstablished, campaign.establishedAt == 0 { campaign.establishedAt = time }
    if !isEstablished { campaign.establishedAt = 0 }
    campaign.bits = isEstablished ? min(maximumBits, log2(campaign.members / (people + 1))) : 0
    return campaign
  }

  /// When the campaign was recognized; nil if there is none of this shape.
  func established(_ shape: UInt32) -> (time: Int64, bits: Float)? {
    guard let campaign = campaigns[shape], campaign.establishedAt > 0 else { return nil }
    return (campaign.establishedAt, campaign.bits)
  }
}

extension CampaignBook {
  func write(to writer: inout SnapshotWriter) {
    writer.put(UInt64(campaigns.count))
    for (shape, campaign) in campaigns.sorted(by: { $0.key < $1.key }) {
      writer.put(shape)
      writer.put(campaign)
    }
  }

  mutating func read(from reader: inout SnapshotReader) throws(SnapshotError) {
    campaigns = [:]
    for _ in 0..<(try reader.takeCount(atMost: Self.maximumShapes)) {
      var shape: UInt32 = 0
      var campaign = Campaign()
      try reader.take(&shape)
      try reader.take(&campaign)
      campaigns[shape] = campaign
    }
  }
}
