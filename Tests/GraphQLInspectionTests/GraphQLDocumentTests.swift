import GraphQLInspection
import Testing

@Suite("GraphQL documents")
struct GraphQLDocumentTests {
  private static func measure(_ text: String, _ limits: GraphQLLimits = GraphQLLimits()) -> GraphQLMeasure? {
    guard case .read(let document) = GraphQLDocument.read(Array(text.utf8), limits: limits) else { return nil }
    return document.measure
  }

  @Test(
    "depth, aliases, root fields and cost, fragments expanded",
    arguments: [
      ("{a}", 1, 0, 1, 1), ("{a b c}", 1, 0, 3, 3), ("query Q { a { b { c } } }", 3, 0, 1, 3), ("{ x: a y: a }", 1, 2, 2, 2),
      ("{ a(first: 10) { b c } }", 2, 0, 1, 21), ("{ a(first: 10) { b(limit: 10) { c } } }", 3, 0, 1, 111),
      ("{ a { ...F } } fragment F on T { b { x: c } }", 3, 1, 1, 3), ("{ ...F ...F } fragment F on T { x: a }", 1, 2, 2, 2),
      ("{ ... on T { a } ... @include(if: true) { b } }", 1, 0, 2, 2), ("{ a(first: 5) { ...F } } fragment F on T { b c }", 2, 0, 1, 11),
      ("query A { a } query B { a { b } }", 2, 0, 1, 2),
      ("query ($x: [Int!]! = [1, 2] @d) @e(f: {g: 1}) { a(b: $x) @skip(if: true) }", 1, 0, 1, 1),
      ("{ a(first: $n) { b } }", 2, 0, 1, 2), ("{ a(first: 99999999999999999999) { b } }", 2, 0, 1, 1_000_000_000),
    ] as [(String, Int, Int, Int, Int)])
  func measures(_ row: (text: String, depth: Int, aliases: Int, rootFields: Int, cost: Int)) {
    let measure = Self.measure(row.text)
    #expect(
      measure.map { [$0.depth, $0.aliases, $0.rootFields, $0.cost] } == [row.depth, row.aliases, row.rootFields, row.cost], "\(row.text)")
  }

  @Test(
    "what is no executable document",
    arguments: [
      "", "{", "}", "{}", "{a", "{a{}}", "{a(}", "{a()}", "{a(b)}", "{a(b:)}", "query", "query {", "fragment F { a }",
      "fragment on on T { a } {b}",
      "{ ...F }", "fragment F on T { a }", "{a} fragment F on T {b} fragment F on T {c}", "type T { a: Int }", "{a(b: 01)}", "{a(b: 1.)}",
      "{a(b: \"x)}", "{a(b: \"x\ny\")}", "{a(b: \"\"\"x)}", "{a(b: 1x)}", "{a ..b}", "{a: }", "{a @}", "{a(b: [1)}", "{a(b: {c 1})}",
      "{a(b: $)}",
      "query ($a Int) {b}", "query () {b}", "{é}", "{a}}", "subscription S",
    ])
  func broken(_ text: String) {
    guard case .broken = GraphQLDocument.read(Array(text.utf8)) else { return #expect(Bool(false), "\(text) was taken") }
  }

  @Test func cyclesAreFound() {
    for text in [
      "{...A} fragment A on T {...A}", "{...A} fragment A on T {b{...B}} fragment B on T {...A}",
      "{x} fragment A on T {...B} fragment B on T {...A}",
    ] {
      guard case .cycle = GraphQLDocument.read(Array(text.utf8)) else { return #expect(Bool(false), "\(text)") }
    }
  }

  @Test func fragmentsThatMultiplyAreCountedNotWalked() {
    // Each fragment spreads the next one twice: 2^40 fields.
    var text = "{...F0}"
    for index in 0..<40 { text += " fragment F\(index) on T {...F\(index + 1) ...F\(index + 1)}" }
    text += " fragment F40 on T {x: a}"
    #expect(Self.measure(text)?.cost == 1_000_000_000)
    #expect(Self.measure(text)?.aliases == 1_000_000_000)
  }

  @Test func depthCostsNoStack() {
    var limits = GraphQLLimits()
    limits.maximumTokens = 1_000_000
    limits.maximumBytes = 10_000_000
    let deep = String(repeating: "{a", count: 200_000) + String(repeating: "}", count: 200_000)
    #expect(Self.measure(deep, limits)?.depth == 200_000)
    let list = "{a(b: " + String(repeating: "[", count: 200_000) + String(repeating: "]", count: 200_000) + ")}"
    #expect(Self.measure(list, limits)?.depth == 1)
    guard case .tooLarge = GraphQLDocument.read(Array(deep.utf8)) else { return #expect(Bool(false)) }
  }

  @Test func introspectionAndMutationsAreSeen() {
    #expect(Self.measure("{__schema{types{name}}}")?.hasIntrospection == true)
    #expect(Self.measure("{...F} fragment F on Query {x: __type(name: \"A\"){name}}")?.hasIntrospection == true)
    #expect(Self.measure("{a{__typename}}")?.hasIntrospection == false)
    #expect(Self.measure("mutation {a}")?.hasMutation == true)
  }

  @Test func argumentsAreNamedAndDecoded() {
    let text = #"query Q($v: String = "d") { user(id: "1\u0027 OR", f: {in: ["a", RED, 1.5]}) { posts(q: """x "y" """) @d(e: "f") } }"#
    guard case .read(let document) = GraphQLDocument.read(Array(text.utf8)) else { return #expect(Bool(false)) }
    let list = document.arguments.map { String(decoding: $0.name, as: UTF8.self) + "=" + String(decoding: $0.value, as: UTF8.self) }
    #expect(list == ["$v=d", "user.id=1' OR", "user.f=a", "user.f=RED", "user.f=1.5", #"user.posts.q=x "y" "#, "@d.e=f"])
  }

  @Test(
    "requests of all shapes",
    arguments: [
      ("query=%7Ba%7D", "", "", 1, 0, false), ("", #"{"query": "{a}"}"#, "application/json", 1, 0, false),
      ("", #"[{"query": "{a}"}, {"query": "{b}"}]"#, "application/json", 2, 0, false), ("", "{a}", "application/graphql", 1, 0, false),
      ("", "query=%7Ba%7D&x=1", "application/x-www-form-urlencoded", 1, 0, false), ("", "{a}", "application/json", 0, 0, true),
      ("extensions=%7B%7D", "", "", 0, 1, false), ("", #"{"extensions": {"persistedQuery": {}}}"#, "application/json", 0, 1, false),
      ("", #"{"query": "{a}", "query": "{b}"}"#, "text/plain", 2, 0, false), ("", "5", "application/json", 0, 0, true),
      (
        "", "--b\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\": \"{a}\"}\r\n--b--\r\n",
        "multipart/form-data; boundary=b", 1, 0, false
      ),
    ] as [(String, String, String, Int, Int, Bool)])
  func requests(_ row: (query: String, body: String, type: String, documents: Int, persisted: Int, isBroken: Bool)) {
    let request = GraphQLRequest.read(
      query: Array(row.query.utf8), body: Array(row.body.utf8), contentType: Array(row.type.utf8), maximumBatch: 10)
    #expect(
      request.documents.count == row.documents && request.persistedCount == row.persisted && (request.problem != nil) == row.isBroken,
      "\(request)")
  }

  @Test func aBatchIsReadOneBeyondItsLimit() {
    let body = "[" + Array(repeating: #"{"query": "{a}"}"#, count: 50).joined(separator: ",") + "]"
    #expect(
      GraphQLRequest.read(query: [], body: Array(body.utf8), contentType: Array("application/json".utf8), maximumBatch: 10).count == 11)
  }
}
