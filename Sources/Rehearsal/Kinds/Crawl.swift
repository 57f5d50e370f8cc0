/// The way through a catalogue that those take who want all of it: releases, their albums, their tracks.
struct Crawl: Sendable {
  private var page: Int
  private var albums: [Int] = []
  private var tracks: [Int] = []

  init(_ random: inout RandomSource) { page = 1 + random.index(300) }

  /// The next page of it. Most of what is listed exists.
  mutating func next(_ random: inout RandomSource) -> Ask {
    if let track = tracks.popLast() { return random.chance(0.06) ? EventAPI.lyrics(track) : EventAPI.track(track) }
    if let album = albums.popLast() {
      let first = album * Catalogue.tracksPerAlbum
      // In the order in which the album's answer lists them, which is not that of their numbers.
      tracks = (0..<random.integer(2...6)).map { _ in first + random.index(Catalogue.tracksPerAlbum) }.filter {
        Catalogue.hasTrack($0) || random.chance(0.1)
      }
      return EventAPI.album(album)
    }
    page += 1
    albums = (0..<random.integer(5...12)).map { _ in 1 + random.index(Catalogue.albums) }.filter { Catalogue.hasAlbum($0) }
    return EventAPI.releases(page: page)
  }
}

/// One client that crawls until it has enough.
struct CrawlingClient: Script {
  var crawl: Crawl
  let identity: Int
  var left: Int
  /// Seconds between requests on average.
  let gap: Double
  /// Standard deviation of the gap's logarithm: 0.05 for a loop with a sleep, 1 for chance.
  let spread: Double

  init(_ identity: Int, left: Int, gap: Double, spread: Double, _ stage: inout Stage) {
    crawl = Crawl(&stage.random)
    self.identity = identity
    self.left = left
    self.gap = gap
    self.spread = spread
  }

  mutating func turn(_ stage: inout Stage) -> Double? {
    guard left > 0 else { return nil }
    left -= 1
    let answer = stage.send(crawl.next(&stage.random), as: identity)
    return (answer.isOverload ? 3 : 1) * stage.random.logNormal(median: gap, spread: spread)
  }
}
