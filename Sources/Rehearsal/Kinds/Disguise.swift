/// What abusers do to look like fans. In a hard rehearsal all of them do it; otherwise some hide and some do not care.
extension Stage {
  /// A user agent: a tool's own name, or that of a browser or an app.
  ///
  /// - Parameter tool: how many of these abusers do not care; in a hard rehearsal all do.
  mutating func abuserAgent(tool: Double) -> String {
    if !isHard, random.chance(tool) { return random.pick(UserAgents.tools) }
    return random.chance(0.7) ? random.pick(UserAgents.desktopBrowsers) : random.pick(UserAgents.phoneApps)
  }

  /// A session or none; in a hard rehearsal always one.
  mutating func abuserSession(_ probability: Double) -> String { isHard || random.chance(probability) ? newSession() : "-" }

  /// An address from a hosting network or, if it must not look like one, through somebody's line.
  mutating func abuserAddress(residential: Double) -> String {
    random.chance(isHard ? max(residential, 0.6) : residential) ? addresses.residential(&random) : addresses.hosting(&random)
  }

  /// An abuser's script; in a hard rehearsal one that acts as a fan first.
  mutating func disguised(_ script: any Script, as identity: Identity) -> any Script {
    guard isHard else { return script }
    let device = device(of: identity)
    return Disguised(fan: FanScript(device, as: identity, steps: random.geometric(mean: 4), &self), script: script)
  }

  /// For one of many identities that are only used for a few requests: plans a short visit like a fan's, in a hard rehearsal.
  ///
  /// - Returns: seconds until it is over; 0 if there is none.
  mutating func planVisit(as identity: Int) -> Double {
    guard isHard else { return 0 }
    var delay = 0.0
    plan(EventAPI.home(), in: delay, as: identity)
    delay += random.logNormal(median: 4, spread: 0.6)
    plan(EventAPI.nextDrop(), in: delay, as: identity)
    delay += random.logNormal(median: 5, spread: 0.6)
    let album = isAfterDrop ? Catalogue.drop : Catalogue.popularAlbum(&random)
    plan(EventAPI.album(album, isOut: isAfterDrop), in: delay, as: identity)
    delay += random.logNormal(median: 4, spread: 0.6)
    guard random.chance(0.5) else { return delay }
    let track = Catalogue.track(of: album, &random)
    plan(EventAPI.playStart(track), in: delay, as: identity)
    for beat in 1...random.integer(1...3) {
      plan(
        EventAPI.heartbeat(track), in: delay + Double(beat) * Player.heartbeatSeconds + random.logNormal(median: 0.09, spread: 0.9),
        as: identity)
    }
    return delay + 100
  }

  private func device(of identity: Identity) -> Device {
    if UserAgents.phoneApps.contains(identity.userAgent) { return .phoneApp }
    return UserAgents.phoneBrowsers.contains(identity.userAgent) ? .phoneBrowser : .desktop
  }
}

/// A fan until the fan has had enough.
private struct Disguised: Script {
  var fan: FanScript?
  var script: any Script

  mutating func turn(_ stage: inout Stage) -> Double? {
    if var acting = fan {
      // Taken out, so that its storage has one owner.
      fan = nil
      if let next = acting.turn(&stage) {
        fan = acting
        return next
      }
      return stage.random.logNormal(median: 20, spread: 0.6)
    }
    return script.turn(&stage)
  }
}
