import Detection
import EvidenceModel
import HTTPModel
import SecLang

/// No file but the text itself.
struct NoFiles: RuleFileReader {
  struct Missing: Error {}
  func read(_ path: String) throws -> [UInt8] { throw Missing() }
  func glob(_ pattern: String) -> [String] { [] }
}

/// Inspects one request as the shells do, and keeps what came of it.
func inspect(
  _ rules: String, mode: EnforcementMode = .block, method: String = "POST", target: String = "/", fields: [Field] = [], body: [UInt8] = [],
  status: Int = 200, configure: (inout InspectorConfiguration) -> Void = { _ in }
) throws -> (verdict: Verdict, outcome: InspectionOutcome) {
  var parser = RuleSetParser(reader: NoFiles())
  parser.parse(text: Array(rules.utf8), path: "test.conf")
  var configuration = InspectorConfiguration(mode: mode)
  configure(&configuration)
  let inspector = try Inspector(ruleSet: parser.finish(), configuration: configuration)
  let request = Request(
    head: RequestHead(method: method, target: target, fields: fields), client: Endpoint(address: "192.0.2.1"),
    received: Timestamp(microseconds: 1_790_000_000_000_000), id: "detection-test")
  let inspection = inspector.begin(request, scratch: inspector.makeScratch())
  var verdict = inspection.inspectHead()
  if verdict.kind != .block { verdict = inspection.inspectBody(body) }
  return (verdict, inspection.finish(status: status))
}
