/// Fields in which a peer says where a request came from. Servers and applications believe one or the other of them, so only a
/// trusted peer may say such things.
enum ForwardingClaim {
  /// Fields beside `X-Forwarded-…` that proxies and networks of content delivery put a client's address into.
  private static let addresses: Set<String> = [
    "x-real-ip", "true-client-ip", "cf-connecting-ip", "cf-connecting-ipv6", "cf-pseudo-ipv4", "x-client-ip", "client-ip",
    "x-cluster-client-ip", "x-originating-ip", "x-remote-ip", "x-remote-addr", "x-original-forwarded-for", "x-envoy-external-address",
    "fastly-client-ip", "x-azure-clientip", "x-appengine-user-ip", "forwarded", "forwarded-for", "x-forwarded",
  ]

  /// - Parameter name: lower case.
  static func isMade(by name: String) -> Bool { name.hasPrefix("x-forwarded-") || addresses.contains(name) }

  /// How a name with underscores is read where fields become variables, as in CGI (RFC 3875 section 4.1.18): there
  /// `X_Forwarded_For` and `X-Forwarded-For` are one. Nil for a name without.
  static func collapsed(_ name: String) -> String? {
    guard name.utf8.contains(UInt8(ascii: "_")) else { return nil }
    return String(name.map { $0 == "_" ? "-" : $0 })
  }
}
