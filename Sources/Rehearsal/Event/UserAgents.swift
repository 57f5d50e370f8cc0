/// What clients call themselves.
enum UserAgents {
  static let phoneApps = [
    "Backstage/4.2 (iPhone; iOS 19.1)", "Backstage/4.2 (iPhone; iOS 18.6)", "Backstage/4.1 (iPhone; iOS 19.1)",
    "Backstage/4.2 (Android 16; Pixel 9)",
    "Backstage/4.2 (Android 15; SM-S921B)", "Backstage/4.1 (Android 16; Pixel 9)", "Backstage/4.1 (Android 14; SM-A546B)",
    "Backstage/4.0 (Android 13; M2101K6G)",
  ]
  /// The three that a carrier's subscribers mostly have, so that address and agent together still say nothing.
  static let commonPhoneApps = Array(phoneApps[0...2])
  static let television = ["BackstageTV/2.0 (webOS 24)", "BackstageTV/2.1 (Tizen 8.0)", "BackstageTV/1.9 (Android TV 14)"]

  static let desktopBrowsers = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  ]
  static let phoneBrowsers = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
  ]
  static let headlessBrowser =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36"

  static let tools = [
    "python-requests/2.32.3", "Go-http-client/2.0", "curl/8.14.1", "okhttp/4.12.0", "python-httpx/0.28.1", "axios/1.7.9",
    "Scrapy/2.12 (+https://scrapy.org)", "-",
    "Java/21.0.5", "aiohttp/3.11",
  ]
  static let scanners = [
    "Mozilla/5.0 (compatible; Nuclei - Open-source project)", "Nikto/2.5.0", "sqlmap/1.8.11#stable", "feroxbuster/2.11.0", "WPScan v3.8.28",
  ]

  static let partners = ["PartnerRadio/1.9", "ChartDesk/3.4 (java)", "okhttp/4.12.0", "LabelSync/2.2", "Apache-HttpClient/5.4 (Java/21)"]
  static let crawlers = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; ExampleBot/1.0; crawler; +https://example.org/bot)",
    "Mozilla/5.0 (compatible; MusicIndexBot/0.4; +https://index.example/bot)",
  ]
  static let monitors = ["uptime-monitor/2.1", "Mozilla/5.0 (compatible; UptimeRobot/2.0)", "kube-probe/1.33", "StatusPageCheck/1.3"]
  static let linkPreviews = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Twitterbot/1.0", "WhatsApp/2.24.20 A", "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
  ]
}
