/// What a person does on such an evening: comes, looks around, listens, and perhaps comes back.
struct FanScript: Script {
  private enum Mood {
    case arriving, looking
    case listening(album: Int, track: Int)
  }

  private let device: Device
  private let identity: Int
  /// A browser's first request has no session yet; it comes with the answer.
  private let firstIdentity: Int
  private let sendsReferrer: Bool
  /// An old version of the app that asks for something that was taken away.
  private let isOutdated: Bool
  private let ownPlaylist: Int
  private var comesBack: Bool
  private var stepsLeft: Int
  private var mood = Mood.arriving
  private var player = Player()
  /// What the client has in its cache, by hashes; the oldest is given up.
  private var cached: [Int] = []

  /// - Parameters:
  ///   - identity: as whom; with a session, unless the fan refuses cookies.
  ///   - steps: things done, a play being one; about 5 on average if nil.
  init(_ device: Device, as identity: Identity, steps: Int? = nil, _ stage: inout Stage) {
    self.device = device
    var first = identity
    // One in three is new here.
    if device.isBrowser, stage.random.chance(0.35) { first.session = "-" }
    firstIdentity = stage.take(first)
    self.identity = stage.take(identity)
    sendsReferrer = device.isBrowser && !stage.random.chance(0.12)
    isOutdated = device == .phoneApp && stage.random.chance(0.015)
    ownPlaylist = 40_000 + stage.random.index(90_000)
    comesBack = steps == nil && stage.random.chance(0.12)
    // One in a hundred stays all evening and looks at everything.
    stepsLeft = steps ?? stage.random.geometric(mean: 5) * (stage.random.chance(0.01) ? 12 : 1)
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard stepsLeft > 0 else {
      guard comesBack else { return nil }
      comesBack = false
      stepsLeft = stage.random.geometric(mean: 3)
      mood = .arriving
      return stage.random.logNormal(median: 1_800, spread: 0.6)
    }
    stepsLeft -= 1
    switch mood {
    case .arriving:
      mood = .looking
      return arrive(&stage)
    case .looking: return look(&stage)
    case .listening(let album, let track): return listen(album, track, &stage)
    }
  }

  // MARK: Arriving

  private mutating func arrive(_ stage: inout Stage) -> Double {
    if device.isBrowser {
      // A link from a friend, or the front page.
      let landing =
        stage.random.chance(0.3)
        ? EventAPI.albumPage(stage.isAfterDrop ? Catalogue.drop : Catalogue.popularAlbum(&stage.random)) : EventAPI.page("/")
      stage.send(stage.random.chance(0.25) && sendsReferrer ? landing.from("https://social.example/") : landing, as: firstIdentity)
      if !stage.random.chance(0.5) {
        for asset in EventAPI.assets {
          stage.plan(asset.from(referrer), in: stage.random.uniform(0.05...0.6), as: stage.random.chance(0.3) ? firstIdentity : identity)
        }
      }
      later(EventAPI.home(), in: stage.random.uniform(0.3...1.2), &stage)
    } else {
      get(EventAPI.home(), &stage)
    }
    if stage.random.chance(0.5) { later(EventAPI.me(), in: stage.random.uniform(0.2...1.5), &stage) }
    if device == .phoneApp { later(EventAPI.nextDrop(), in: stage.random.uniform(0.1...0.8), &stage) }
    if stage.random.chance(0.1) { logIn(&stage) }
    return stage.random.logNormal(median: 4, spread: 0.7)
  }

  /// Most know their password, some try a few, and a few try many.
  private func logIn(_ stage: inout Stage) {
    var delay = stage.random.uniform(4...15)
    var failures = stage.random.chance(0.82) ? 0 : stage.random.geometric(mean: 1.8)
    while failures > 0 {
      stage.plan(EventAPI.login(false), in: delay, as: identity)
      delay += stage.random.logNormal(median: 9, spread: 0.6)
      failures -= 1
    }
    stage.plan(EventAPI.login(true), in: delay, as: identity)
  }

  // MARK: Looking around

  private mutating func look(_ stage: inout Stage) -> Double {
    if isOutdated { stage.send(Ask("/v1/banner/promo", status: 404, size: 96), as: identity) }
    let isOut = stage.isAfterDrop
    switch stage.random.weighted(isOut ? [34, 6, 14, 12, 6, 10, 3, 6] : [4, 28, 26, 14, 8, 12, 5, 2]) {
    case 0: return open(Catalogue.drop, &stage)
    case 1:
      get(EventAPI.nextDrop(), &stage)
      return stage.random.logNormal(median: 7, spread: 0.9)
    case 2: return open(Catalogue.popularAlbum(&stage.random), &stage)
    case 3: return search(&stage)
    case 4:
      let artist = Catalogue.artist(of: Catalogue.popularAlbum(&stage.random))
      get(EventAPI.artist(artist), &stage)
      return stage.random.logNormal(median: 6, spread: 0.8)
    case 5: return openPlaylist(&stage)
    case 6:
      get(EventAPI.charts(), &stage)
      return stage.random.logNormal(median: 8, spread: 0.8)
    default: return buyTickets(&stage)
    }
  }

  private mutating func open(_ album: Int, _ stage: inout Stage) -> Double {
    let answer = get(EventAPI.album(album, isOut: stage.isAfterDrop), &stage)
    if device.isBrowser, !has(EventAPI.cover(album).target.hashed) {
      later(EventAPI.cover(album), in: stage.random.uniform(0.1...0.5), &stage)
    }
    if stage.random.chance(0.66), answer?.status != 404 {
      mood = .listening(album: album, track: Catalogue.track(of: album, &stage.random))
    }
    return stage.random.logNormal(median: 5, spread: 0.8)
  }

  /// Types a text with suggestions on the way, and opens what it finds.
  private mutating func search(_ stage: inout Stage) -> Double {
    let text = SearchTexts.any(afterDrop: stage.isAfterDrop, &stage.random)
    var delay = 0.0
    if stage.random.chance(0.7) {
      var typed = ""
      for character in text {
        typed.append(character)
        delay += stage.random.logNormal(median: 0.16, spread: 0.5)
        // Asked for whenever the typing rests.
        if typed.count >= 3, stage.random.chance(0.25) { stage.plan(EventAPI.suggestions(typed).from(referrer), in: delay, as: identity) }
      }
    }
    later(EventAPI.search(text), in: delay + 0.2, &stage)
    let album = stage.random.chance(stage.isAfterDrop ? 0.5 : 0.1) ? Catalogue.drop : Catalogue.popularAlbum(&stage.random)
    if stage.random.chance(0.6), album != Catalogue.drop || stage.isAfterDrop {
      mood = .listening(album: album, track: Catalogue.track(of: album, &stage.random))
    }
    return delay + stage.random.logNormal(median: 5, spread: 0.7)
  }

  private mutating func openPlaylist(_ stage: inout Stage) -> Double {
    switch stage.random.weighted([5, 2, 1]) {
    case 0: get(EventAPI.playlist(stage.random.chance(0.6) ? 1 + stage.random.rank(of: 400) : ownPlaylist), &stage)
    case 1: get(EventAPI.playlists(), &stage)
    default:
      stage.send(EventAPI.newPlaylist(), as: identity)
      for step in 0..<stage.random.geometric(mean: 3) {
        stage.plan(EventAPI.addToPlaylist(ownPlaylist), in: stage.random.uniform(3...9) * Double(step + 1), as: identity)
      }
    }
    let album = Catalogue.popularAlbum(&stage.random)
    if stage.random.chance(0.6) { mood = .listening(album: album, track: Catalogue.track(of: album, &stage.random)) }
    return stage.random.logNormal(median: 5, spread: 0.8)
  }

  private mutating func buyTickets(_ stage: inout Stage) -> Double {
    get(EventAPI.tickets(), &stage)
    guard stage.isAfterDrop, stage.random.chance(0.5) else { return stage.random.logNormal(median: 12, spread: 0.7) }
    var delay = stage.random.logNormal(median: 14, spread: 0.5)
    let isSoldOut = stage.random.chance(min(0.9, stage.secondsSinceDrop / 900))
    stage.plan(isSoldOut ? EventAPI.addToCart().answered(409) : EventAPI.addToCart(), in: delay, as: identity)
    if !isSoldOut {
      delay += stage.random.logNormal(median: 35, spread: 0.5)
      stage.plan(EventAPI.cart(), in: delay - 6, as: identity)
      stage.plan(stage.random.chance(0.08) ? EventAPI.checkout().answered(402) : EventAPI.checkout(), in: delay, as: identity)
    }
    return delay + stage.random.logNormal(median: 10, spread: 0.7)
  }

  // MARK: Listening

  private mutating func listen(_ album: Int, _ track: Int, _ stage: inout Stage) -> Double {
    mood = .looking
    // Something plays already: it goes into the queue, of which the origin hears nothing yet.
    guard stage.now >= player.busyUntil else { return stage.random.logNormal(median: 8, spread: 0.8) }
    if stage.random.chance(0.35), !has(track) { get(EventAPI.track(track), &stage) }
    guard let over = player.play(track, &stage, as: identity) else { return stage.random.logNormal(median: 6, spread: 0.8) }
    if stage.random.chance(0.15) { later(EventAPI.lyrics(track), in: stage.random.uniform(2...20), &stage) }
    let isLast = track % Catalogue.tracksPerAlbum == Catalogue.tracksPerAlbum - 1
    if !isLast, stage.random.chance(0.64) {
      // The next of the album by itself, or by a thumb.
      mood = .listening(album: album, track: track + 1)
      return over + stage.random.logNormal(median: 0.5, spread: 0.6)
    }
    return stage.random.chance(0.4)
      ? stage.random.logNormal(median: 15, spread: 0.8) : over + stage.random.logNormal(median: 6, spread: 0.8)
  }

  // MARK: Requests

  private var referrer: String { sendsReferrer ? EventAPI.site + "/" : "" }

  /// Asks now, and again if the origin was too busy. An app that has the answer may not ask at all.
  ///
  /// - Returns: nil if nothing was asked.
  @discardableResult
  private mutating func get(_ ask: Ask, _ stage: inout Stage) -> Answer? {
    var ask = ask.from(referrer)
    if has(ask.target.hashed), ask.status == 200 {
      if !device.isBrowser, stage.random.chance(0.35) { return nil }
      if stage.random.chance(0.75) { ask = ask.revalidated }
    }
    let answer = stage.send(ask, as: identity)
    if answer.isOverload {
      var delay = 0.0
      for attempt in 1...stage.random.integer(1...3) {
        delay += stage.random.uniform(0.8...2.5) * Double(attempt)
        stage.plan(ask, in: delay, as: identity)
      }
    } else if answer.status == 200 {
      cached.append(ask.target.hashed)
      if cached.count > 24 { cached.removeFirst() }
    }
    return answer
  }

  /// Asks later, without seeing the answer.
  private mutating func later(_ ask: Ask, in seconds: Double, _ stage: inout Stage) {
    let isKnown = has(ask.target.hashed) && ask.status == 200
    stage.plan((isKnown && stage.random.chance(0.7) ? ask.revalidated : ask).from(referrer), in: seconds, as: identity)
    if !isKnown { cached.append(ask.target.hashed) }
  }

  private func has(_ hash: Int) -> Bool { cached.contains(hash) }
}

extension String {
  /// FNV-1a: the library's own hashes differ from run to run.
  var hashed: Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash)
  }
}
