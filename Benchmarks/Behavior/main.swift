import Behavior
import CAllocationCount
import Glibc
import HTTPModel

// What an event costs, beside a bare random read-modify-write of 128 bytes in a table of the same size, and what memory a crowd and a
// flood take. Usage: behavior-bench [CLIENTS] [MINTED]
// (1,000,000 clients and a flood of 10,000,000 identities if not given); run a release build.

let clients = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 1_000_000
let minted = CommandLine.arguments.dropFirst(2).first.flatMap(Int.init) ?? 10_000_000
let start: Int64 = 1_790_000_000_000_000

/// Nanoseconds of CPU time of this thread.
func cpu() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Resident megabytes of this process.
func resident() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var text = [CChar](repeating: 0, count: 128)
  guard fgets(&text, 128, file) != nil else { return 0 }
  let words = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(separator: " ")
  return words.count > 1 ? (Int(words[1]) ?? 0) * 4096 / 1_000_000 : 0
}

struct Random {
  var state: UInt64
  mutating func next(_ most: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(most))
  }
}

func identity(_ number: Int) -> ClientIdentity {
  var hash = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
  hash ^= hash >> 29
  // About a hundred share an address and a user agent.
  let shared = UInt64(number / 100) &* 0xD6E8_FEB8_6659_FD93
  return ClientIdentity(client: hash, address: shared, agent: shared &+ 2, network: shared >> 40)
}

/// An audience's requests: pages, items, things done with them, and what pages load along.
var events: [ClientEvent] = (0..<256).map { number in
  let (method, path) =
    switch number % 8 {
    case 0: ("GET", "/home")
    case 1: ("GET", "/v1/search")
    case 2: ("POST", "/v1/items/\(1000 + number)/like")
    case 3: ("GET", "/assets/app.\(number % 5).js")
    case 4: ("POST", "/v1/plays/heartbeat")
    default: ("GET", "/v1/items/\(1000 + number)")
    }
  return ClientEvent(
    time: Timestamp(microseconds: start), status: 200, path: Array(path.utf8), query: number % 8 == 1 ? Array("q=rain\(number)".utf8) : [],
    method: Array(method.utf8), userAgent: Array("Mozilla/5.0 (X11; Linux x86_64)".utf8), hasSession: true)
}

/// What a client asks for at a step: everybody goes the same way, each to things of its own.
func visit(_ client: Int, _ step: Int) -> Int { (client & 31) * 8 + [0, 1, 5, 2, 3, 6, 4, 7][step & 7] }

func line(_ text: String) { print(text) }

// 1. The bare table.
var random = Random(state: 1)
let rounds = 4_000_000
struct Entry { var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0) }
let bare = UnsafeMutablePointer<Entry>.allocate(capacity: clients * 2)
bare.initialize(repeating: Entry(), count: clients * 2)
let before = cpu()
var found: UInt64 = 0
for _ in 0..<rounds {
  // Where to go next depends on what was found, as it does where each event is a request of its own.
  let index = Int((UInt64(random.next(clients)) &+ found) % UInt64(clients)) * 2
  bare[index].words.0 &+= 1
  bare[index + 1].words.3 &+= bare[index].words.0
  found = bare[index + 1].words.3 & 1
}
let bareTime = Double(cpu() - before) / Double(rounds)
bare.deallocate()

// 2. Known clients.
let base = resident()
var configuration = BehaviorConfiguration()
configuration.maximumClients = clients
configuration.secret = 42
let engine = BehaviorEngine(configuration)
// Where they stand for good: taken out of an array, each would be copied first.
let asked = UnsafeMutablePointer<ClientEvent>.allocate(capacity: events.count)
asked.initialize(from: events, count: events.count)
var now = start
@MainActor func ask(_ number: Int, _ which: Int) -> ClientState {
  now += 40
  asked[which & 255].time = Timestamp(microseconds: now)
  return engine.observe(asked[which & 255], of: identity(number))
}
// Three quarters of the places: in a fuller table some sets run over, and their clients come and go.
let crowd = clients * 3 / 4
for round in 0..<3 { for number in 0..<crowd { _ = ask(number, visit(number, round)) } }
let memory = resident() - base
ropeline_allocations_start()
let known = cpu()
for _ in 0..<rounds {
  // The first half is left to be the fans of the flood below.
  let client = crowd / 2 + random.next(crowd / 2)
  _ = ask(client, visit(client, 3 + random.next(5)))
}
let eventTime = Double(cpu() - known) / Double(rounds)
let allocated = Double(ropeline_allocations_stop()) / Double(rounds)
line("clients \(crowd) in \(clients) places")
line("bare read-modify-write of 128 bytes  \(Int(bareTime)) ns")
line("event of a known client              \(Int(eventTime)) ns, \(Double(Int(eventTime / bareTime * 10)) / 10) times as much")
line("allocations an event                 \(Double(Int(allocated * 1000)) / 1000)")
line("resident for them                    \(memory) MB")

// 3. A flood of identities that ask once each.
let flagged = (0..<2000).map { number -> Int in
  for _ in 0..<14 {
    var event = events[4]
    now += 1000
    event.time = Timestamp(microseconds: now)
    event.path = Array("/login".utf8)
    event.status = 401
    _ = engine.observe(event, of: identity(number))
  }
  return number
}
let known2 = flagged.filter { engine.state(of: identity($0), at: Timestamp(microseconds: now))?.isFlagged ?? false }
let fans = Array(stride(from: 5000, to: 15_000, by: 10))
let fansBefore = fans.map { ask($0, visit($0, 3)).isFlagged }
let beforeFlood = resident()
let flood = cpu()
for number in 0..<minted { _ = ask(1_000_000_000 + number, random.next(256)) }
let floodTime = Double(cpu() - flood) / Double(minted)
let still = known2.count { engine.state(of: identity($0), at: Timestamp(microseconds: now))?.isFlagged ?? false }
let fansAfter = fans.map { ask($0, visit($0, 4)).isFlagged }
line("flood of \(minted) identities         \(Int(floodTime)) ns each, \(resident() - beforeFlood) MB more")
line("flagged before, flagged after        \(still) of \(known2.count)")
line("fans whose verdict changed           \(zip(fansBefore, fansAfter).count { $0 != $1 }) of \(fans.count)")
