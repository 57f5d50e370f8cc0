import HTTPModel

/// What speaks for itself, whatever the crowd does: rules that match, errors, refused log-ins, broken parameters, ids in order.
enum HardEvidence {
  static func record(_ event: ClientEvent, _ match: EndpointTemplates.Match, in state: inout ClientState) {
    recordRules(event, in: &state)
    if event.hasKey { state.flags.insert(.hasKey) }
    if event.hasReferrer { state.flags.insert(.referrer) }
    if event.isClientError, event.status != 401 { state.clientErrors = state.clientErrors &+ 1 }
    if match.isAsset { state.assets = state.assets &+ 1 }
    if Malformation.isMalformed(event.query) { state.malformed = min(state.malformed, 254) + 1 }
    if event.isWrite {
      state.writes = state.writes &+ 1
      // A write that is answered 401 is a refused log-in, or a session that ended; one that succeeds at the same place clears it.
      if event.status == 401 || event.status == 403 && PathShape.isLogin(event.path) {
        state.failedLogins = min(state.failedLogins, 254) + 1
      } else if event.status < 400, PathShape.isLogin(event.path) {
        // A list has hits too: one right password does not clear a hundred wrong ones.
        state.failedLogins = state.failedLogins > 8 ? state.failedLogins : 0
      }
    }
    if let id = PathShape.trailingNumber(event.path) {
      let id = UInt32(clamping: id)
      if id > state.lastID, id - state.lastID <= 3, state.lastID > 0 { state.ascendingIDs = state.ascendingIDs &+ 1 }
      state.lastID = id
    }
  }

  /// A match is weak evidence: titles and names look like attacks. It grows with the score, with different rules, and little with the
  /// same one again.
  private static func recordRules(_ event: ClientEvent, in state: inout ClientState) {
    if event.isScanner { state.flags.insert(.scanner) }
    guard event.isRefusedByRules else {
      state.rules = max(0, state.rules - 0.02)
      return
    }
    var isNew = false
    for id in event.ruleIDs {
      let bit = UInt16(1) << UInt16(mixed(UInt64(truncatingIfNeeded: id)) & 15)
      if state.ruleSet & bit == 0 { isNew = true }
      state.ruleSet |= bit
    }
    let strength = min(Float(max(event.anomaly, 5)) / 5, 5)
    state.rules = min(20, state.rules + (0.6 + 0.6 * strength) * (isNew ? 1 : 0.6))
  }
}

/// What a path says by its shape.
public enum PathShape {
  private static let logins = ["login", "signin", "sign-in", "session", "sessions", "token", "auth", "wp-login.php", "authenticate"].map { Array($0.utf8) }

  public static func isLogin(_ path: [UInt8]) -> Bool {
    logins.contains { word in
      path.count >= word.count && zip(path.suffix(word.count), word).allSatisfy { asciiLowercased($0) == $1 }
    }
  }

  /// The number with which a path ends, such as 1042 in `/v1/tracks/1042`.
  public static func trailingNumber(_ path: [UInt8]) -> Int? {
    guard let slash = path.lastIndex(of: 0x2F) else { return nil }
    let tail = path[(slash + 1)...]
    guard !tail.isEmpty, tail.count <= 9, tail.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
    return tail.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
  }
}
