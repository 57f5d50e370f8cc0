/// Whether verdicts refuse requests or are only written down.
public enum EnforcementMode: String, Sendable, CaseIterable {
  /// No verdict refuses anything; each record says what would have been done.
  case detect
  case block
}
