import HTTPModel
import RuleEngine
import SecLang
import Testing

/// Files for the parser that live in the test.
struct MemoryReader: RuleFileReader {
  var files: [String: String] = [:]

  struct Missing: Error {}

  func read(_ path: String) throws -> [UInt8] {
    guard let text = files[path] else { throw Missing() }
    return Array(text.utf8)
  }

  func glob(_ pattern: String) -> [String] { files.keys.filter { $0 == pattern }.sorted() }
}

/// Runs rules over one request, all five phases, as the shells do.
struct RuleRun {
  var matchedRules: [Int] = []
  var messages: [String] = []
  var data: [String] = []
  var intervention: (status: Int, rule: Int)?
  var isHeldBack = false
  var limits = 0

  /// What the origin answers.
  struct Answer: Sendable {
    var status = 200
    var fields = [Field("Content-Type", "text/html")]
    var body = ""
  }

  init(
    _ rules: String, method: String = "GET", target: String = "/", fields: [Field] = [], body: String = "", isBraked: Bool = false,
    scratch: EngineScratch? = nil, answer: Answer = Answer(), reader: MemoryReader = MemoryReader(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    // Rules that do not compile are an issue already; an empty set lets the test end.
    let compiled = Self.compile(rules, reader: reader, sourceLocation: sourceLocation) ?? RuleSetCompiler.compile(RuleSet()).rules!
    self.init(
      compiled, method: method, target: target, fields: fields, body: body, isBraked: isBraked, scratch: scratch ?? EngineScratch(),
      answer: answer)
  }

  init(
    _ compiled: CompiledRuleSet, method: String = "GET", target: String = "/", fields: [Field] = [], body: String = "",
    isBraked: Bool = false, scratch: EngineScratch, answer: Answer = Answer()
  ) {
    let head = RequestHead(method: method, target: target, fields: fields)
    let request = Request(
      head: head, body: .absent, client: Endpoint(address: "192.0.2.1", port: 40_000),
      received: Timestamp(microseconds: 1_790_000_000_123_456),
      id: "test-request-1")
    var options = TransactionOptions()
    options.isBraked = isBraked
    options.environment = [("HOME", "/root")]
    let transaction = Transaction(rules: compiled, scratch: scratch, request: request, options: options)
    transaction.run(phase: 1)
    if !body.isEmpty { transaction.giveBody(Array(body.utf8)) }
    transaction.run(phase: 2)
    let response = Response(status: answer.status, fields: answer.fields)
    transaction.giveResponse(response)
    transaction.run(phase: 3)
    if !answer.body.isEmpty, transaction.responseBodyDemand(for: response) != .none {
      transaction.giveResponseBody(Array(answer.body.utf8))
    }
    transaction.run(phase: 4)
    transaction.run(phase: 5)
    matchedRules = transaction.matches.map(\.id)
    messages = transaction.matches.map { String(decoding: $0.message, as: UTF8.self) }
    data = transaction.matches.map { String(decoding: $0.data, as: UTF8.self) }
    intervention = transaction.intervention.map { ($0.status, $0.ruleID) }
    isHeldBack = transaction.isInterventionHeldBack
    limits = transaction.matchLimitCount
  }

  static func compile(
    _ rules: String, reader: MemoryReader = MemoryReader(), sourceLocation: SourceLocation = #_sourceLocation
  ) -> CompiledRuleSet? {
    var parser = RuleSetParser(reader: reader)
    parser.parse(text: Array(rules.utf8), path: "test.conf")
    let ruleSet = parser.finish()
    let (compiled, diagnostics) = RuleSetCompiler.compile(ruleSet)
    for diagnostic in ruleSet.diagnostics + diagnostics where diagnostic.severity == .error {
      Issue.record("\(diagnostic.message) at \(diagnostic.range.start)", sourceLocation: sourceLocation)
    }
    return compiled
  }
}
