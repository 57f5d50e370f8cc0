/// The invented service's music: numbers that exist, numbers that do not, and which of them people want.
struct Catalogue: Sendable {
  static let tracksPerAlbum = 12
  static let albums = 20_000
  static let artists = 6_000
  /// Tracks of album `a` have the numbers 12a to 12a + 11, so that somebody who plays an album asks for numbers in order.
  static let tracks = (albums + 1) * tracksPerAlbum
  /// The album that is dropped: newer than all others.
  static let drop = albums + 1
  /// The event whose tickets go on sale with it.
  static let event = 71

  static func album(of track: Int) -> Int { track / tracksPerAlbum }
  static func artist(of album: Int) -> Int { 1 + Int(RandomSource.mix(UInt64(album)) % UInt64(artists)) }

  /// One number in fourteen was withdrawn or never given.
  static func hasTrack(_ track: Int) -> Bool {
    track >= tracksPerAlbum && track < tracks + tracksPerAlbum && (album(of: track) == drop || RandomSource.mix(UInt64(track)) % 14 != 0)
  }

  static func hasAlbum(_ album: Int) -> Bool {
    album >= 1 && album <= drop && RandomSource.mix(UInt64(album) << 20) % 40 != 0 || album == drop
  }

  /// The album on a rank of popularity, from 0.
  static func album(rank: Int) -> Int {
    // 7,919 has no factor in common with the number of albums, so that each has its rank.
    1 + (rank * 7919 + 1031) % albums
  }

  /// An album that people ask for; the first ranks far more often.
  static func popularAlbum(_ random: inout RandomSource) -> Int {
    for _ in 0..<4 {
      let album = album(rank: random.rank(of: albums))
      if hasAlbum(album) { return album }
    }
    return album(rank: 0)
  }

  /// A track of an album; the first ones more often, as people begin at the top.
  static func track(of album: Int, _ random: inout RandomSource) -> Int {
    for _ in 0..<6 {
      let track = album * tracksPerAlbum + min(random.index(tracksPerAlbum), random.index(tracksPerAlbum))
      if hasTrack(track) { return track }
    }
    return album * tracksPerAlbum
  }

  /// Seconds.
  static func length(of track: Int) -> Double { 140 + Double(RandomSource.mix(UInt64(track) &+ 77) % 170) }
}
