import Behavior
import ClientSources
import Detection
import EvidenceModel
import HTTPModel
import Reporting

/// What came of the reading, as a report.
extension LogAnalyzer {
  /// What came of it. The same input gives the same report.
  public func finish() -> Report {
    report.first = first.map(TimestampFormat.rfc3339)
    report.last = last.map(TimestampFormat.rfc3339)
    var records = clients.map { (record($0.key, $0.value), $0.value) }
    if let overflow { records.append((record(ClientKey(ip: "0.0.0.0/0", userAgent: Array("(others)".utf8)), overflow), overflow)) }
    records.sort {
      let (left, right) = ($0.0, $1.0)
      if left.verdict.score != right.verdict.score { return left.verdict.score > right.verdict.score }
      if left.requests != right.requests { return left.requests > right.requests }
      if left.ip != right.ip { return left.ip < right.ip }
      if left.userAgent != right.userAgent { return left.userAgent.lexicographicallyPrecedes(right.userAgent) }
      return (left.session ?? "", left.key ?? "") < (right.session ?? "", right.key ?? "")
    }
    report.clients = records.map(\.0)
    nameCampaigns(records.map(\.1))
    report.rules = rules.filter { $0.value.requests > 0 }.map {
      Report.RuleCount(id: $0.key, message: $0.value.message, requests: $0.value.requests)
    }
    .sorted { ($1.requests, $0.id) < ($0.requests, $1.id) }
    report.endpoints = Array(
      endpoints.values.sorted { ($1.requests, $0.method, $0.path) < ($0.requests, $1.method, $1.path) }.prefix(1000))
    report.schema = violations.map {
      Report.SchemaCount(endpoint: $0.key.endpoint, kind: $0.key.kind, field: $0.key.field, requests: $0.value)
    }
    .sorted { ($1.requests, $0.endpoint, $0.kind, $0.field) < ($0.requests, $1.endpoint, $1.kind, $1.field) }
    report.events = behavior.events.map { Report.Event(start: TimestampFormat.rfc3339($0.start), isDetected: $0.isDetected) }
    report.timeline = minutes.values.sorted { $0.start < $1.start }
    return report
  }

  /// - Parameter clients: in the order of the report's.
  private func nameCampaigns(_ clients: [Client]) {
    var hands: [CampaignFinder.Hand] = []
    for (index, client) in clients.enumerated() where client.requests <= CampaignFinder.mostRequests {
      let told = report.clients[index]
      let isFlagged = told.verdict.kind != .allow
      let bits = behavior.bits(client.state)
      guard isFlagged || bits >= CampaignFinder.leastBits || behavior.isAmongFailingLogins(client.state),
        let step = behavior.habit(client.state)
      else { continue }
      hands.append(
        CampaignFinder.Hand(
          client: index, step: step, network: client.identity.network, first: client.first, last: client.last,
          userAgent: told.userAgent, bits: bits, isFlagged: isFlagged))
    }
    report.campaigns = CampaignFinder.campaigns(hands).map { campaign in
      let members = campaign.hands.map(\.client)
      var labels: [ClientClass: Int] = [:]
      for member in members.prefix(campaign.core) { labels[report.clients[member].verdict.label, default: 0] += 1 }
      let label = labels.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .undecided
      let requests = members.reduce(0) { $0 + report.clients[$1].requests }
      return Report.Campaign(
        label: label,
        shape: "mostly \(behavior.name(ofStep: campaign.step)), \(max(1, requests / members.count)) requests each, from "
          + "\(campaign.networks) networks with \(Set(campaign.hands.map(\.userAgent)).count) user agents",
        members: members, flagged: campaign.core, addresses: Set(members.map { report.clients[$0].ip }).count,
        networks: campaign.networks, requests: requests,
        firstSeen: TimestampFormat.rfc3339(campaign.hands.map(\.first).min() ?? Timestamp(microseconds: 0)),
        lastSeen: TimestampFormat.rfc3339(campaign.hands.map(\.last).max() ?? Timestamp(microseconds: 0)))
    }
  }

  private func record(_ key: ClientKey, _ client: Client) -> Report.Client {
    var client = client
    let last = behavior.state(of: client.identity, at: client.last)
    if client.worst > .allow, let rest = behavior.withdrawal(client.state, asLastSeen: last) {
      client.state = rest
      client.worst = .allow
    }
    if client.worst == .allow,
      let (state, time) = behavior.afterthought(
        client.state, asLastSeen: last, of: client.identity,
        hasSession: key.session != nil || key.key != nil)
    {
      // Found out through others after its last request: by then it had made them all.
      client.state = state
      client.atRequest = client.requests
      client.reachedAt = max(time, client.last).seconds
    } else if client.worst > .allow, key.session == nil, key.key == nil, behavior.isShared(client.state, client.identity) {
      client.state = behavior.withoutVerdict(client.state)
    }
    let verdict = behavior.judgement(client.state, declared: client.declared, hasKey: isPartner(key.key))
    let isFlagged = verdict.kind != .allow
    return Report.Client(
      ip: key.ip, userAgent: key.userAgent, session: key.session.map(shown), key: key.key.map(shown), verdict: verdict,
      requests: client.requests, ruleMatches: client.ruleMatches, atRequest: isFlagged ? client.atRequest ?? client.requests : nil,
      reachedAt: isFlagged ? client.reachedAt ?? client.last.seconds : nil, firstSeen: TimestampFormat.rfc3339(client.first),
      lastSeen: TimestampFormat.rfc3339(client.last), evidence: behavior.evidence(client.state), country: client.country,
      system: client.system,
      collateral: isFlagged ? behavior.collateral(client.identity, hasSession: key.session != nil || key.key != nil) : 0)
  }

  private func shown(_ identity: [UInt8]) -> String {
    if configuration.showsRawIdentities { return String(decoding: identity, as: UTF8.self) }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in identity { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
