import BodyDecoding
import Detection
import Glibc
import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1
import PatternScan
import RuleEngine
import SecLang

// What each stage of an inspection costs by itself, in nanoseconds of CPU time; one line a stage: name, nanoseconds, and the
// nanoseconds of a yardstick where there is one in this process.
// Usage: stage-bench DIRECTORY, with the texts that Benchmarks/stages.sh makes; run a release build.

guard CommandLine.arguments.count == 2 else {
  print("usage: stage-bench DIRECTORY")
  exit(2)
}
let directory = CommandLine.arguments[1]

func file(_ name: String) throws -> [UInt8] { try FileSystemRuleReader().read("\(directory)/\(name)") }

/// Nanoseconds of CPU time that one call takes: the median of seven batches of ten milliseconds.
func cost(_ body: () -> Void) -> Double {
  func batch(_ count: Int) -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    let start = time.tv_sec * 1_000_000_000 + time.tv_nsec
    for _ in 0..<count { body() }
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec * 1_000_000_000 + time.tv_nsec - start)
  }
  body()
  let once = max(batch(3) / 3, 20)
  let count = max(Int(10_000_000 / once), 1)
  return (0..<7).map { _ in batch(count) / Double(count) }.sorted()[3]
}

func show(_ name: String, _ nanoseconds: Double, beside yardstick: Double? = nil) {
  func rounded(_ number: Double) -> String { String((number * 10).rounded() / 10) }
  print("\(name)\t\(rounded(nanoseconds))\t\(yardstick.map(rounded) ?? "-")")
}

/// Whatever is computed, and must not be left out for not being used.
nonisolated(unsafe) var kept = 0

try heads()
try transformations()
try patterns()
try bodies()

/// Reading a request's head: ours, and NIO's handler over llhttp.
func heads() throws {
  let head = try file("head")
  let own = cost {
    if case .head(let parsed, _) = head.withUnsafeBytes({ RequestHeadParser().parse($0) }) { kept &+= parsed.head.fields.count }
  }
  let channel = EmbeddedChannel()
  try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
  let buffer = ByteBuffer(bytes: head)
  let peer = cost {
    _ = try? channel.writeInbound(buffer)
    while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
      if case .head(let head) = part { kept &+= head.headers.count }
    }
  }
  show("parse a head", own, beside: peer)
}

/// Each transformation on a kilobyte in which most of them find something.
func transformations() throws {
  for name in TransformationName.allCases where name != .none {
    let text = try file(name == .hexDecode ? "hex" : name == .base64Decode || name == .base64DecodeExt ? "base64" : "text")
    var output: [UInt8] = []
    let context = TransformationContext()
    show(
      "t:\(name.rawValue)",
      cost { text.withUnsafeBufferPointer { if transform(name, $0, context: context, into: &output) { kept &+= output.count } } })
  }
}

/// The prefilter over all patterns of the rules, beside asking each of them; and single operators.
func patterns() throws {
  var options = RulesOptions()
  options.loadsCRS = true
  var sources: Set<[UInt8]> = []
  for statement in try RulesLoader(options: options).load().statements {
    guard case .rule(let rule) = statement.content, let condition = rule.condition, condition.name.value == .rx,
      !condition.operand.value.hasMacros
    else { continue }
    sources.insert(condition.operand.value.source)
  }
  let ordered = sources.sorted { $0.lexicographicallyPrecedes($1) }
  let compiled = ordered.compactMap { try? RegexPattern($0, options: [.dotAll, .multiline]) }
  let filter = GramFilter(ordered.map { RequiredTexts(pattern: $0) })
  let answer = UnsafeMutablePointer<UInt64>.allocate(capacity: filter.wordCount)
  defer { answer.deallocate() }
  let scratch = RegexScratch()
  for (name, bytes) in [("a value of 24 bytes", try file("value")), ("a value of 1 kB", try file("prose"))] {
    bytes.withUnsafeBufferPointer { text in
      let filtered = cost {
        filter.scan(text, into: answer)
        kept &+= Int(truncatingIfNeeded: answer[0])
      }
      let asked = cost { for pattern in compiled where scratch.firstMatch(pattern, in: text) == .match { kept &+= 1 } }
      show("prefilter of \(ordered.count) patterns, \(name)", filtered, beside: asked)
    }
  }
  let pattern = try RegexPattern(try file("pattern"), options: [.dotAll, .multiline])
  let value = try file("value")
  show("confirm one pattern", cost { value.withUnsafeBufferPointer { if scratch.firstMatch(pattern, in: $0) == .match { kept &+= 1 } } })
  let phrases = PhraseSet(try file("phrases").split(separator: 0x0A).map(Array.init))
  show("@pmFromFile", cost { value.withUnsafeBufferPointer { if phrases.firstMatch(in: $0) != nil { kept &+= 1 } } })
  let attack = try file("attack")
  show("@detectSQLi", cost { attack.withUnsafeBufferPointer { kept &+= SQLInjectionDetector.detect($0)?.count ?? 0 } })
  show("@detectXSS", cost { attack.withUnsafeBufferPointer { if CrossSiteScriptingDetector.detect($0) { kept &+= 1 } } })
}

func bodies() throws {
  for size in ["1k", "16k"] {
    let json = try file("json-\(size)")
    show("JSON \(size)", cost { kept &+= JSONFlattener.flatten(json).list.count })
  }
  let form = try file("form")
  show("form 1k", cost { kept &+= form.withUnsafeBufferPointer { URLEncodedDecoder.decode($0, maximumCount: 1000).values.count } })
  let multipart = try file("multipart")
  let type = Array("multipart/form-data; boundary=0123456789abcdef".utf8)
  show(
    "multipart 16k", cost { kept &+= MultipartDecoder.decode(multipart, contentType: type, limits: MultipartLimits()).fields.count })
}

extension MacroText {
  /// Whether something is only known when a request is there.
  var hasMacros: Bool { parts.contains { if case .literal = $0 { false } else { true } } }
}
