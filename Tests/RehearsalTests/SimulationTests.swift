import EvidenceModel
import LogAnalysis
import Testing

@testable import Rehearsal

@Suite("Simulation")
struct SimulationTests {
  @Test("writes as many lines as asked for", arguments: [1, 2, 37, 1_000, 9_000])
  func count(_ requests: Int) throws {
    let evening = try SimulatedEvening(requests)
    #expect(evening.lines.count == requests)
    #expect(try evening.rows().reduce(0) { $0 + $1.requests } == requests)
  }

  @Test("the same seed gives the same bytes, another one others", arguments: [false, true])
  func determinism(_ isHard: Bool) throws {
    let first = try SimulatedEvening(5_000, seed: 42) { $0.isHard = isHard }
    let second = try SimulatedEvening(5_000, seed: 42) { $0.isHard = isHard }
    let other = try SimulatedEvening(5_000, seed: 43) { $0.isHard = isHard }
    #expect(first.log == second.log)
    #expect(first.truth == second.truth)
    #expect(first.log != other.log)
  }

  @Test func everyLineIsOfTheFormatAndInOrderOfTime() throws {
    var last: Int64 = 0
    var count = 0
    for request in try SimulatedEvening(8_000).requests() {
      #expect(request.request.received.microseconds >= last)
      last = request.request.received.microseconds
      #expect(request.request.head.version == Array("HTTP/1.1".utf8))
      count += 1
    }
    #expect(count == 8_000)
  }

  @Test("the truth tells every request, and no identity twice", arguments: [false, true])
  func truth(_ isHard: Bool) throws {
    let evening = try SimulatedEvening(10_000, seed: 9) { $0.isHard = isHard }
    var sent: [Identity: Int] = [:]
    for request in try evening.requests() { sent[Identity(request), default: 0] += 1 }
    var told: [Identity: Int] = [:]
    var places: Set<String> = []
    for row in try evening.rows() {
      #expect(row.requests > 0)
      told[Identity(row), default: 0] += row.requests
      #expect(places.insert("\(row.entity) \(Identity(row))").inserted)
    }
    // Fans behind one address without a session share an identity: so sums, not rows.
    #expect(told == sent)
    #expect(sent.count > 200)
  }

  @Test func everyKindTakesPartAboutAsMuchAsCast() throws {
    let requests = 80_000
    let rows = try SimulatedEvening(requests, seed: 4).rows()
    var share: [String: Double] = [:]
    for row in rows { share[row.kind, default: 0] += Double(row.requests) / Double(requests) }
    let kinds = EntityKinds.all(isClean: false)
    for kind in kinds {
      let ratio = share[kind.name, default: 0] / kind.casting.share
      #expect((0.35...2).contains(ratio), "\(kind.name): \(ratio) of its share")
    }
    #expect(share.count == kinds.count)
    #expect(Set(kinds.map { $0.name }).count == kinds.count)
    #expect(abs(kinds.reduce(0) { $0 + $1.casting.share } - 1) < 0.02)
    // All classes but the one for those about whom nothing is known.
    #expect(Set(rows.map(\.label)) == Set(ClientClass.allCases).subtracting([.undecided]))
    #expect(Set(rows.map(\.group)) == Set(EntityGroup.allCases))
  }

  @Test func aCleanEveningHasNoMachines() throws {
    let rows = try SimulatedEvening(10_000) { $0.isClean = true }.rows()
    #expect(rows.allSatisfy { $0.label == .fan && $0.group.isFan })
    #expect(Set(rows.map(\.group)).count == 6)
  }

  @Test("requests rise by the surge", arguments: [(4.5, 3.0...6.5), (1.0, 1.2...2.6), (0.0, 0.6...1.5)])
  func surge(_ surge: Double, _ expected: ClosedRange<Double>) throws {
    let evening = try SimulatedEvening(16_000) {
      $0.surge = surge
      $0.isClean = true
    }
    let powerFans = Set(try evening.rows().filter { $0.group == .powerFan }.map { Identity($0) })
    let configuration = SimulationConfiguration()
    var before = 0
    var after = 0
    for request in try evening.requests() {
      let second = request.request.received.seconds - configuration.start.seconds - configuration.secondsToDrop
      // They gather before the drop and listen after it, whatever the surge is.
      if powerFans.contains(Identity(request)) { continue }
      if (-5_400..<(-1_800)).contains(second) { before += 1 }
      if (60..<660).contains(second) { after += 1 }
    }
    #expect(expected.contains(Double(after) / 600 / (Double(before) / 3_600)))
  }

  @Test func hardAbusersBeginAsFans() throws {
    for isHard in [false, true] {
      let evening = try SimulatedEvening(30_000, seed: 2) { $0.isHard = isHard }
      let abusers = Set(try evening.rows().filter { $0.kind == "vulnerability-scanner" || $0.kind == "fuzzer" }.map { Identity($0) })
      #expect(abusers.count > 2)
      var first: [Identity: [UInt8]] = [:]
      for request in try evening.requests() where abusers.contains(Identity(request)) && first[Identity(request)] == nil {
        first[Identity(request)] = request.request.head.target
      }
      let arrivals = first.values.count { target in
        target.elementsEqual("/".utf8) || ["/v1/home", "/assets/", "/album/"].contains { target.starts(with: $0.utf8) }
      }
      if isHard { #expect(arrivals == first.count) } else { #expect(arrivals < first.count / 4) }
      let tools = abusers.filter { UserAgents.tools.contains($0.userAgent) || UserAgents.scanners.contains($0.userAgent) }
      #expect(tools.isEmpty == isHard)
    }
  }

  @Test func theOriginSuffersAtTheDropAndFansTryAgain() throws {
    let evening = try SimulatedEvening(40_000, seed: 6)
    var errors = 0
    var early = 0
    var notModified = 0
    for request in try evening.requests() {
      let second = request.request.received.seconds - SimulationConfiguration().start.seconds
      if request.status >= 500, second < 9_000 { early += 1 }
      if request.status >= 500, (10_800..<12_000).contains(second) { errors += 1 }
      if request.status == 304 { notModified += 1 }
    }
    // Twenty minutes against two and a half hours.
    #expect(errors > 2 * early)
    #expect(notModified > 1_000)
  }
}
