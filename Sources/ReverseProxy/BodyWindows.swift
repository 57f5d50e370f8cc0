/// Cuts what comes of a body behind the limit into windows that the rules can look at one by one.
///
/// ```
///  ├── phase 2 ──┤
///            ├ overlap ┼── new ──┤
///                            ├ overlap ┼── new ──┤
/// ```
/// Each window begins with the end of what was inspected before it, so that whatever is at most `overlap` bytes long stands whole in
/// one of them. Nothing is sent on before its window has been judged. Form data stays what it is, from the beginning of a pair if
/// one begins in the overlap; anything else becomes the value of one argument, since its syntax has no meaning from the middle.
/// A value.
struct BodyWindows {
  /// Bytes that a window adds at most.
  private let size: Int
  private let overlap: Int
  private let isForm: Bool
  /// The end of what was inspected, then what was not.
  private var bytes: [UInt8]
  private var inspectedCount: Int

  /// - Parameters:
  ///   - inspected: what phase 2 has seen of the body.
  ///   - maximumBytes: of a window as the rules get it; an encoded byte takes three.
  init(isForm: Bool, inspected: ArraySlice<UInt8>, maximumBytes: Int) {
    self.isForm = isForm
    let room = max(1024, maximumBytes / (isForm ? 1 : 3) - 16)
    overlap = min(4096, room / 4)
    size = min(32 * 1024, room - overlap - 2)
    bytes = Array(inspected.suffix(overlap + 2))
    inspectedCount = bytes.count
  }

  /// Bytes that are held back until their window is judged.
  var heldCount: Int { bytes.count - inspectedCount }

  mutating func append(_ more: [UInt8]) { bytes += more }

  /// The next window as form data, and the bytes that go on if it passes; nil if there is none yet.
  ///
  /// - Parameter isLast: nothing more comes, so that a small window is one too.
  mutating func next(isLast: Bool) -> (form: [UInt8], bytes: [UInt8])? {
    var end = min(bytes.count, inspectedCount + size)
    guard end > inspectedCount, isLast || end == inspectedCount + size else { return nil }
    // An escape is not cut in two: the rules would take each half for a mistake.
    if isForm, !(isLast && end == bytes.count) { end -= Self.escapeTail(bytes[..<end]) }
    let fresh = Array(bytes[inspectedCount..<end])
    let form = form(end)
    // Two bytes more than the overlap, for an escape that lies across its beginning.
    bytes.removeFirst(max(0, end - overlap - 2))
    inspectedCount = min(end, overlap + 2)
    return (form, fresh)
  }

  private func form(_ end: Int) -> [UInt8] {
    var start = max(0, inspectedCount - overlap)
    guard isForm else {
      var output = Array("body=".utf8)
      output.reserveCapacity((end - start) * 2)
      for byte in bytes[start..<end] { Self.encode(byte, into: &output) }
      return output
    }
    if let separator = bytes[start..<inspectedCount].firstIndex(of: UInt8(ascii: "&")) { return Array(bytes[(separator + 1)..<end]) }
    start -= Self.escapeTail(bytes[..<start])
    return Array("body=".utf8) + bytes[start..<end]
  }

  /// Bytes of an escape at the end whose rest does not stand there.
  private static func escapeTail(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.suffix(2).lastIndex(of: UInt8(ascii: "%")).map { bytes.endIndex - $0 } ?? 0
  }

  private static func encode(_ byte: UInt8, into output: inout [UInt8]) {
    let isPlain = byte > 0x20 && byte < 0x7F && byte != 0x25 && byte != 0x26 && byte != 0x2B && byte != 0x3B
    guard !isPlain else { return output.append(byte) }
    let digits: StaticString = "0123456789ABCDEF"
    output += [0x25, digits.utf8Start[Int(byte >> 4)], digits.utf8Start[Int(byte & 15)]]
  }
}
