import ReverseProxy

/// A network given on the command line.
struct TrustedRanges: Sendable {
  private let ranges: AddressRanges

  /// Nil if the text is neither an address nor a network.
  init?(_ text: String) {
    var ranges = AddressRanges()
    guard ranges.insert(text) else { return nil }
    self.ranges = ranges
  }

  func contains(_ address: String) -> Bool { ranges.contains(address) }
}
