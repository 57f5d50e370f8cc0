/// The invented service's endpoints: the only place that knows their paths, sizes and costs.
enum EventAPI {
  static let host = "api.backstage.example"
  static let site = "https://backstage.example"

  // MARK: Looking around

  static func home() -> Ask { Ask("/v1/home", size: 5_200, cost: 2) }
  static func nextDrop() -> Ask { Ask("/v1/drops/next", size: 812, cost: 0.5) }
  static func me() -> Ask { Ask("/v1/me", size: 640) }
  static func charts() -> Ask { Ask("/v1/charts/today", size: 5_200, cost: 0.5) }
  static func releases(page: Int) -> Ask { Ask("/v1/releases?page=\(page)&limit=50", size: 14_000 + page % 900, cost: 2) }
  static func health() -> Ask { Ask("/v1/health", size: 20, cost: 0.2) }

  /// - Parameter isOut: false before the drop, when the album of the evening is not there yet.
  static func album(_ album: Int, isOut: Bool = true) -> Ask {
    let ask = Ask("/v1/albums/\(album)", size: 2_900 + album % 1_700)
    return Catalogue.hasAlbum(album) && (isOut || album != Catalogue.drop) ? ask : ask.answered(404)
  }

  static func artist(_ artist: Int) -> Ask {
    let ask = Ask("/v1/artists/\(artist)", size: 2_100 + artist % 2_300)
    return artist >= 1 && artist <= Catalogue.artists ? ask : ask.answered(404)
  }

  static func track(_ track: Int, isOut: Bool = true) -> Ask {
    let ask = Ask("/v1/tracks/\(track)", size: 760 + track % 620)
    return Catalogue.hasTrack(track) && (isOut || Catalogue.album(of: track) != Catalogue.drop) ? ask : ask.answered(404)
  }

  static func lyrics(_ track: Int) -> Ask {
    let ask = Ask("/v1/tracks/\(track)/lyrics", size: 1_400 + track % 2_600)
    // Instrumentals have none: a 404 that nobody did anything wrong for.
    return Catalogue.hasTrack(track) && track % 9 != 4 ? ask : ask.answered(404)
  }

  /// - Parameter text: as typed; it is encoded here.
  static func search(_ text: String, page: Int = 1) -> Ask {
    let paging = page > 1 ? "&page=\(page)" : ""
    return Ask("/v1/search?q=\(encoded(text))\(paging)", size: 1_900 + text.utf8.count * 37, cost: 4)
  }

  static func suggestions(_ text: String) -> Ask { Ask("/v1/suggest?q=\(encoded(text))", size: 420, cost: 1.5) }

  // MARK: Listening

  static func playStart(_ track: Int) -> Ask { Ask("POST", "/v1/tracks/\(track)/plays", status: 201, size: 96, sent: 118, cost: 2) }
  static func heartbeat(_ track: Int) -> Ask {
    Ask("POST", "/v1/tracks/\(track)/plays/heartbeat", status: 204, size: 0, sent: 64, cost: 0.3)
  }
  static func playEnd(_ track: Int) -> Ask { Ask("POST", "/v1/tracks/\(track)/plays/end", status: 204, size: 0, sent: 82, cost: 0.5) }

  // MARK: An account

  static func login(_ isRight: Bool) -> Ask {
    Ask("POST", "/v1/login", status: isRight ? 200 : 401, size: isRight ? 412 : 74, sent: 71, cost: 6)
  }
  static func playlists() -> Ask { Ask("/v1/playlists", size: 2_200) }
  static func playlist(_ id: Int) -> Ask { Ask("/v1/playlists/\(id)", size: 3_100 + id % 800) }
  static func newPlaylist() -> Ask { Ask("POST", "/v1/playlists", status: 201, size: 140, sent: 96, cost: 2) }
  static func addToPlaylist(_ id: Int) -> Ask { Ask("POST", "/v1/playlists/\(id)/tracks", status: 201, size: 88, sent: 58) }

  // MARK: Buying

  static func tickets() -> Ask { Ask("/v1/tickets/\(Catalogue.event)", size: 1_240, cost: 2) }
  static func addToCart() -> Ask { Ask("POST", "/v1/cart", status: 201, size: 310, sent: 92, cost: 4) }
  static func cart() -> Ask { Ask("/v1/cart", size: 540) }
  static func checkout() -> Ask { Ask("POST", "/v1/checkout", status: 201, size: 420, sent: 340, cost: 8) }

  // MARK: The web site

  /// What a browser loads along with the application, served by the cache.
  static let assets: [Ask] = [
    Ask("/assets/app.7c1e9f.js", size: 214_300, cost: 0), Ask("/assets/app.7c1e9f.css", size: 38_120, cost: 0),
    Ask("/assets/logo.svg", size: 2_310, cost: 0), Ask("/assets/inter.woff2", size: 71_800, cost: 0),
  ]
  static func cover(_ album: Int) -> Ask { Ask("/covers/\(album).webp", size: 18_000 + album % 9_000, cost: 0) }
  static func page(_ path: String) -> Ask { Ask(path, size: 6_800, cost: 1) }
  static func albumPage(_ album: Int) -> Ask { Ask("/album/\(album)", status: Catalogue.hasAlbum(album) ? 200 : 404, size: 7_900, cost: 1) }
  static func robots() -> Ask { Ask("/robots.txt", size: 210, cost: 0) }
  static func sitemap(_ part: Int) -> Ask { Ask("/sitemap-\(part).xml", size: 48_000, cost: 0) }

  /// Percent-encodes a query value as browsers do: a blank becomes `+`.
  static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x2A: result.unicodeScalars.append(Unicode.Scalar(byte))
      case 0x20: result += "+"
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
