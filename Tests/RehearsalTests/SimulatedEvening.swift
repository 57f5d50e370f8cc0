import LogAnalysis

@testable import Rehearsal

/// The files of one evening, in memory.
struct SimulatedEvening {
  var log: [UInt8] = []
  var truth: [UInt8] = []

  init(_ requests: Int, seed: UInt64 = 1, _ change: (inout SimulationConfiguration) -> Void = { _ in }) throws {
    var configuration = SimulationConfiguration()
    configuration.requests = requests
    configuration.seed = seed
    change(&configuration)
    var simulation = Simulation(configuration)
    var log: [UInt8] = []
    var truth: [UInt8] = []
    try simulation.run(log: { log += $0 }, truth: { truth += $0 })
    self.log = log
    self.truth = truth
  }

  var lines: [[UInt8]] { log.split(separator: 0x0A).map(Array.init) }

  func requests() throws -> [LoggedRequest] { try lines.map { try LogFormat.ropeline.parse($0).get() } }

  func rows() throws -> [TruthRow] {
    var table = TruthTable(file: "truth.csv")
    for (index, line) in truth.split(separator: 0x0A).enumerated() {
      try Array(line).withUnsafeBufferPointer { try table.add($0, number: index + 1) }
    }
    return table.rows
  }
}

extension Identity {
  /// As whom a line of the log was sent.
  init(_ request: LoggedRequest) {
    func text(_ bytes: [UInt8]?) -> String { bytes.map { String(decoding: $0, as: UTF8.self) } ?? "-" }
    self.init(
      ip: request.request.client.address, userAgent: text(request.userAgent), session: text(request.sessionID), key: text(request.apiKey))
  }

  init(_ row: TruthRow) { self.init(ip: row.ip, userAgent: row.userAgent, session: row.session, key: row.key) }
}
