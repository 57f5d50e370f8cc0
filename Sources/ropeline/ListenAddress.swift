/// `host:port`, `[::1]:port` or `:port` (all addresses).
struct ListenAddress: Equatable, CustomStringConvertible {
  var host: String
  var port: Int

  init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else {
      return nil
    }
    var host = text[..<colon]
    if host.first == "[" {
      guard host.last == "]" else { return nil }
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    self.host = host.isEmpty ? "0.0.0.0" : String(host)
    self.port = port
  }

  var description: String { "\(shownHost):\(port)" }

  var shownHost: String { host.contains(":") ? "[\(host)]" : host }
}
