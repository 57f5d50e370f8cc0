/// What a fan holds in the hand.
enum Device: Sendable {
  case phoneApp, television, desktop, phoneBrowser

  /// Browsers load assets, send referrers and get their session with the first answer; apps do none of that.
  var isBrowser: Bool { self == .desktop || self == .phoneBrowser }

  func userAgent(_ random: inout RandomSource) -> String {
    switch self {
    case .phoneApp: random.pick(UserAgents.phoneApps)
    case .television: random.pick(UserAgents.television)
    case .desktop: random.pick(UserAgents.desktopBrowsers)
    case .phoneBrowser: random.pick(UserAgents.phoneBrowsers)
    }
  }

  /// Mostly phones, as everywhere.
  static func any(_ random: inout RandomSource) -> Device {
    switch random.weighted([50, 7, 25, 18]) {
    case 0: .phoneApp
    case 1: .television
    case 2: .desktop
    default: .phoneBrowser
    }
  }
}
