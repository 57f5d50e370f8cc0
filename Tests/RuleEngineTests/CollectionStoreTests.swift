import HTTPModel
import SecLang
import Testing

@testable import RuleEngine

@Suite("Persistent collections")
struct CollectionStoreTests {
  /// Runs a request against the rules at a time, in seconds, and gives the ids of the rules that matched.
  private func run(_ compiled: CompiledRuleSet, _ store: CollectionStore, client: String = "192.0.2.1", at time: Int64) -> [Int] {
    let request = Request(
      head: RequestHead(method: "GET", target: "/"), client: Endpoint(address: client),
      received: Timestamp(microseconds: time * 1_000_000), id: "collection-test")
    var options = TransactionOptions()
    options.collections = store
    let transaction = Transaction(rules: compiled, scratch: EngineScratch(), request: request, options: options)
    for phase in 1...5 { transaction.run(phase: phase) }
    transaction.storeCollections()
    return transaction.matches.map(\.id)
  }

  private static let counter = """
    SecCollectionTimeout 100
    SecAction "id:1,phase:1,pass,nolog,initcol:ip=%{REMOTE_ADDR}"
    SecRule IP:IS_NEW "@eq 1" "id:2,phase:1,pass,log"
    SecAction "id:3,phase:1,pass,nolog,setvar:ip.count=+1,expirevar:ip.count=10"
    SecRule IP:COUNT "@ge 3" "id:4,phase:1,pass,log"
    """

  @Test func countersLastFromRequestToRequest() throws {
    let rules = try #require(RuleRun.compile(Self.counter))
    let store = CollectionStore()
    #expect(run(rules, store, at: 1000) == [2])
    #expect(run(rules, store, at: 1001) == [])
    #expect(run(rules, store, at: 1002) == [4])
    #expect(run(rules, store, client: "192.0.2.2", at: 1002) == [2], "another key, another record")
    #expect(run(rules, store, at: 1013) == [], "the counter has expired, the record has not")
    #expect(run(rules, store, at: 1200) == [2], "the record has expired")
    #expect(store.recordCount == 2)
  }

  @Test func deprecatevarTakesOffWhatTimeHasPassed() throws {
    let rules = try #require(
      RuleRun.compile(
        """
        SecAction "id:1,phase:1,pass,nolog,initcol:ip=k,deprecatevar:ip.score=5/10"
        SecRule IP:IS_NEW "@eq 1" "id:2,phase:1,pass,nolog,setvar:ip.score=20"
        SecRule IP:score "@eq 20" "id:20,phase:2,pass,log"
        SecRule IP:score "@eq 15" "id:15,phase:2,pass,log"
        SecRule IP:score "@eq 5" "id:5,phase:2,pass,log"
        SecRule IP:score "@eq 0" "id:30,phase:2,pass,log"
        """))
    let store = CollectionStore()
    #expect(run(rules, store, at: 1000) == [20])
    #expect(run(rules, store, at: 1009) == [20], "less than a period")
    #expect(run(rules, store, at: 1010) == [15], "since the last change")
    #expect(run(rules, store, at: 1035) == [5], "two periods, and a half that does not count")
    #expect(run(rules, store, at: 1999) == [30], "never below zero")
  }

  @Test func withoutAStoreEachTransactionStartsAnew() throws {
    let rules = try #require(RuleRun.compile(Self.counter))
    for _ in 0..<4 { #expect(RuleRun(rules, scratch: EngineScratch()).matchedRules == [2]) }
  }

  @Test func writesOfTransactionsAtTheSameTimeAddUp() {
    let store = CollectionStore()
    let key = store.key(.ip, application: "default", name: [1])
    let add = [CollectionWrite(record: key, change: .add(name: Array("n".utf8), amount: 5))]
    store.apply(add, at: 1, timeout: 100)
    store.apply(add, at: 1, timeout: 100)
    store.apply([CollectionWrite(record: key, change: .add(name: Array("n".utf8), amount: -3))], at: 2, timeout: 100)
    let record = store.snapshot(key, at: 2)
    #expect(record?.variables[Array("n".utf8)]?.value == Array("7".utf8))
    #expect(record?.updateCount == 3 && record?.created == 1 && record?.updated == 2)
  }

  @Test func namesValuesAndRemovalsAreKept() throws {
    let rules = try #require(
      RuleRun.compile(
        """
        SecAction "id:1,phase:1,pass,nolog,initcol:global=all,initcol:resource=%{REQUEST_FILENAME},setsid:abc,setuid:fan"
        SecRule GLOBAL:Last "@streq one" "id:2,phase:1,pass,log,setvar:!global.last"
        SecRule &GLOBAL:last "@eq 0" "id:3,phase:1,pass,log,setvar:global.last=one"
        SecRule SESSION:KEY "@streq abc" "id:4,phase:1,pass,log"
        SecRule USER:KEY|USERID "@streq fan" "id:5,phase:1,pass,log"
        SecRule RESOURCE:KEY "@streq /" "id:6,phase:1,pass,log"
        """))
    let store = CollectionStore()
    #expect(run(rules, store, at: 1) == [3, 4, 5, 6])
    #expect(run(rules, store, at: 2) == [2, 3, 4, 5, 6])
  }

  @Test func memoryIsBounded() {
    var limits = CollectionLimits()
    limits.maximumRecords = 320
    limits.maximumVariables = 2
    limits.maximumValueBytes = 4
    let store = CollectionStore(limits: limits)
    for number in 0..<10_000 {
      let key = store.key(.ip, application: "a", name: Array("\(number)".utf8))
      let writes = ["x", "y", "z"].map { CollectionWrite(record: key, change: .set(name: Array($0.utf8), value: Array("long value".utf8))) }
      store.apply(writes, at: 1, timeout: 100)
      #expect(store.recordCount <= 320 + 32)
      #expect(store.snapshot(key, at: 1)?.variables.count == 2)
      #expect(store.snapshot(key, at: 1)?.variables[Array("x".utf8)]?.value == Array("long".utf8))
    }
    #expect(store.forgottenCount > 9_000)
  }

  @Test func bytesAreBoundedToo() {
    var limits = CollectionLimits()
    limits.maximumBytes = 320 * 1024
    let store = CollectionStore(limits: limits)
    for number in 0..<3_000 {
      let key = store.key(.ip, application: "a", name: Array("\(number)".utf8))
      store.apply(
        [CollectionWrite(record: key, change: .set(name: Array("x".utf8), value: [UInt8](repeating: 1, count: 1000)))], at: 1, timeout: 100)
      // A kibibyte and more each; a shard may be over its share by the one that made it change generations.
      #expect(store.recordCount <= 320 + 16)
      #expect(store.snapshot(key, at: 1) != nil)
    }
    #expect(store.forgottenCount > 2_000 && store.recordCount > 100)
  }

  // MARK: State file

  private func filled() -> CollectionStore {
    let store = CollectionStore()
    for number in 0..<50 {
      let key = store.key(.ip, application: "a", name: Array("client \(number)".utf8))
      store.apply(
        [
          CollectionWrite(record: key, change: .add(name: Array("n".utf8), amount: number)),
          CollectionWrite(record: key, change: .expire(name: Array("n".utf8), seconds: 50)),
        ], at: 10, timeout: 100)
    }
    return store
  }

  @Test func stateSurvivesARestart() throws {
    let bytes = filled().encoded(at: 20)
    let other = CollectionStore()
    try other.restore(bytes)
    #expect(other.recordCount == 50)
    let key = other.key(.ip, application: "a", name: Array("client 7".utf8))
    #expect(other.snapshot(key, at: 20)?.variables[Array("n".utf8)]?.value == Array("7".utf8))
    #expect(other.snapshot(key, at: 60)?.variables.isEmpty == true)
    #expect(filled().encoded(at: 200).count < 100, "what has expired is not written")
  }

  @Test func damagedStateIsRefusedWhole() {
    let bytes = filled().encoded(at: 20)
    var tried = 0
    for position in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[position] ^= 0x10
      for damaged in [changed, Array(bytes[..<position])] {
        let store = CollectionStore()
        #expect(throws: CollectionState.Damaged.self) { try store.restore(damaged) }
        #expect(store.recordCount == 0)
        tried += 1
      }
    }
    #expect(tried > 200)
  }
}
