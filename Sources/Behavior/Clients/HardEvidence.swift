import HTTPModel

/// What speaks for itself, whatever the crowd does: rules that match, errors, refused log-ins, broken parameters, ids in order.
enum HardEvidence {
  static func record(
    _ event: ClientEvent, _ match: EndpointTemplates.Match, _ purpose: PathPurpose, previous: Int, network: UInt64, isKnown: Bool,
    isTeaching: Bool,
    in state: inout ClientState,
    crowd: inout CrowdModel
  ) {
    recordRules(event, in: &state)
    if event.hasKey { state.flags.insert(.hasKey) }
    // Who asks for the same missing thing again and again is a program with a mistake in it; a scanner asks for ever new ones.
    if event.isClientError, event.status != 401, !isKnown || event.isWrite { state.composition.clientErrors += 1 }
    if match.isAsset { state.composition.assets += 1 }
    if Malformation.isMalformed(event.query) { state.malformed = min(state.malformed, 254) + 1 }
    if event.violatesSchema { state.schemaViolations = min(state.schemaViolations, 254) + 1 }
    if state.loginPlace != 0, !match.isAsset, !purpose.contains(.login) {
      if isTeaching, state.failedLogins > 0 { crowd.logins.goOn(from: state.loginPlace, at: state.lastSeen) }
      state.loginPlace = 0
    }
    if event.isWrite {
      state.composition.writes += 1
      switch LoginAnswer(event, isLogin: purpose.contains(.login), redirects: crowd.logins.redirects) {
      case .refused:
        let isFirst = state.loginPlace == 0
        if isFirst { state.loginPlace = LoginBook.place(after: previous) }
        if isTeaching, isFirst {
          crowd.logins.fail(
            isBare: state.isBare, isAgain: state.failedLogins > 0, from: state.loginPlace, network: network, at: event.time.microseconds)
        }
        state.failedLogins = min(state.failedLogins, 254) + 1
      case .accepted:
        if isTeaching {
          crowd.logins.succeed(
            isBare: state.isBare, from: state.loginPlace != 0 ? state.loginPlace : LoginBook.place(after: previous),
            endsFailure: state.loginPlace != 0, hadFailed: state.failedLogins > 0, isRedirected: event.status >= 300,
            at: event.time.microseconds)
        }
        // A list has hits too: one right password does not clear a hundred wrong ones.
        state.failedLogins = state.failedLogins > 8 ? state.failedLogins : 0
        state.loginPlace = 0
      case .none: break
      }
    }
    if let id = PathShape.trailingNumber(event.path) {
      let id = UInt32(truncatingIfNeeded: id) & 0xFF_FFFF
      if id > state.lastID, id - state.lastID <= 3, state.lastID > 0 { state.composition.ascendingIDs += 1 }
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
      let bit = UInt8(1) << UInt8(mixed(UInt64(truncatingIfNeeded: id)) & 7)
      if state.ruleSet & bit == 0 { isNew = true }
      state.ruleSet |= bit
    }
    let strength = min(Float(max(event.anomaly, 5)) / 5, 5)
    // One rule may be mistaken; several that agree on one request seldom are.
    state.rules = min(20, state.rules + min(5, 1.2 + 1.4 * (strength - 1)) * (isNew ? 1 : 0.6))
  }
}

/// How a log-in was answered.
enum LoginAnswer {
  case refused, accepted
  /// It was none, or the answer says nothing.
  case none

  /// - Parameter redirects: whether this application sends those on who got in: a page instead of that is the form again.
  init(_ event: ClientEvent, isLogin: Bool, redirects: Bool) {
    // A write that is answered 401 is a refused log-in, or a session that ended.
    if event.status == 401 || event.status == 403 && isLogin || event.status == 200 && isLogin && redirects {
      self = .refused
    } else {
      self = isLogin && event.status < 400 ? .accepted : .none
    }
  }
}
