import EvidenceModel

/// Somebody who feeds the API what it does not expect, to see where it breaks.
enum Fuzzer: EntityKind {
  static let name = "fuzzer"
  static let label = ClientClass.fuzzer
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.015, requestsEach: 165, arrival: .steady)

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.2), userAgent: stage.abuserAgent(tool: 0.6), session: stage.abuserSession(0.3))
    return stage.disguised(
      Fuzzing(
        identity: stage.take(identity), left: stage.volume(50...400), gap: stage.random.logUniform(0.1...4), style: stage.random.index(3)),
      as: identity)
  }
}

private struct Fuzzing: Script {
  let identity: Int
  var left: Int
  let gap: Double
  /// What it tries: 0 broken encodings, 1 values out of range, 2 names of parameters and resources.
  let style: Int

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    stage.send(ask(&stage.random), as: identity)
    return stage.random.logNormal(median: gap, spread: 0.6)
  }

  private func ask(_ random: inout RandomSource) -> Ask {
    var ask: Ask
    switch style {
    case 0: ask = Ask(random.pick(Self.valued) + random.pick(Self.broken), status: 400, size: 120)
    case 1: ask = Ask(random.pick(Self.valued) + random.pick(Self.extreme), status: 422, size: 140)
    default:
      let name = random.pick(Self.names)
      ask =
        random.chance(0.5) ? Ask("/v1/\(name)", status: 404, size: 96) : Ask("/v1/tracks/\(12 + random.index(9_000))?\(name)=1", size: 900)
    }
    // Some of it is let through, some of it breaks something.
    let fate = random.unit()
    if fate < 0.12 { ask = ask.answered(200, size: 700) } else if fate < 0.17 { ask = ask.answered(500, size: 150) }
    if random.chance(0.2) {
      ask.method = random.pick(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
      if ask.status == 200 || random.chance(0.6) { ask = ask.answered(405) }
    }
    return ask
  }

  private static let valued = [
    "/v1/search?q=", "/v1/search?q=rain&page=", "/v1/releases?limit=", "/v1/tracks/", "/v1/albums/", "/v1/playlists?id=", "/v1/suggest?q=",
    "/v1/charts/today?country=",
  ]
  private static let broken = [
    "%zz", "%", "%0", "%00", "%00abc", "%c0%ae", "%ff%fe", "%u0041", "a%0d%0aX-Injected:1", "%e2%28%a1", "\"", "<>", "%1f", "%7f", "%25%25",
    "[]", "{}", "&&&&", "==", "%20%20%09",
    "a=b=c&;", "%f0%9f",
  ]
  private static let extreme = [
    "-1", "0", "2147483648", "99999999999999999999", "-9223372036854775809", "1e309", "NaN", "undefined", "null", "true", "0x10", "1.0",
    "1,2", "[1]", "%7B%7D",
    String(repeating: "A", count: 600), String(repeating: "9", count: 120), "%F0%9F%92%A9", "%E2%80%AE", "%7B%7B7*7%7D%7D", "%24%7B7*7%7D",
    "%25s%25n", "1%27", "1%22",
  ]
  private static let names = [
    "admin", "debug", "test", "internal", "users", "users/1", "config", "export", "token", "v2", "graphql", "me/roles", "isAdmin", "role",
    "verbose", "fields", "include",
    "expand", "callback", "redirect", "url", "file", "path", "cmd", "backup", "upload", "keys", "secrets", "staff", "billing", "invoices",
    "webhooks", "events", "metrics",
  ]
}
