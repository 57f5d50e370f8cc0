/// Reads a class in brackets (pcre2pattern, "Square brackets and character classes").
///
/// The set is the folded one; for a negated class it may be larger than what the class matches, never smaller.
enum RegexClassReader {
  /// - Parameter index: behind the opening bracket; moved behind the closing one.
  /// - Returns: nil for what is not known here.
  static func read(_ pattern: [UInt8], _ index: inout Int) -> ByteSet? {
    // Exact bytes, unfolded, so that [^a] keeps A.
    var members = [Bool](repeating: false, count: 256)
    var isNegated = false
    if index < pattern.count, pattern[index] == UInt8(ascii: "^") {
      isNegated = true
      index += 1
    }
    var isFirst = true
    while true {
      guard index < pattern.count else { return nil }
      let byte = pattern[index]
      if byte == UInt8(ascii: "]"), !isFirst {
        index += 1
        break
      }
      isFirst = false
      if byte == UInt8(ascii: "["), index + 1 < pattern.count, pattern[index + 1] == UInt8(ascii: ":") {
        guard let set = posixClass(pattern, &index) else { return nil }
        for member in 0...255 where set.contains(UInt8(member)) { members[member] = true }
        continue
      }
      guard let low = element(pattern, &index, &members) else { return nil }
      guard case .byte(let first) = low else { continue }
      // A range, unless the dash is the last member.
      if index + 1 < pattern.count, pattern[index] == UInt8(ascii: "-"), pattern[index + 1] != UInt8(ascii: "]") {
        index += 1
        guard let high = element(pattern, &index, &members), case .byte(let last) = high, first <= last else { return nil }
        for member in first...last { members[Int(member)] = true }
      } else {
        members[Int(first)] = true
      }
    }
    return folded(members, isNegated: isNegated)
  }

  private enum Element {
    case byte(UInt8)
    case set
  }

  /// One byte, or a set that is added at once.
  private static func element(_ pattern: [UInt8], _ index: inout Int, _ members: inout [Bool]) -> Element? {
    guard index < pattern.count else { return nil }
    let byte = pattern[index]
    index += 1
    guard byte == UInt8(ascii: "\\") else { return .byte(byte) }
    switch RegexEscape.read(pattern, &index, inClass: true) {
    case .byte(let value): return .byte(value)
    case .set(let set):
      // Folded sets of escapes hold both cases or none, but for \W and its kind, where letters are in neither.
      for member in 0...255 where set.contains(UInt8(member)) { members[member] = true }
      return .set
    default: return nil
    }
  }

  /// Case may be ignored by an option that stands elsewhere, so a negated class loses only bytes both of whose cases it names.
  private static func folded(_ members: [Bool], isNegated: Bool) -> ByteSet {
    var result = ByteSet()
    for byte in 0...255 {
      let isMember = members[byte]
      if isMember != isNegated { result.insert(UInt8(byte)) }
    }
    return result
  }

  private static func posixClass(_ pattern: [UInt8], _ index: inout Int) -> ByteSet? {
    guard let end = pattern[(index + 2)...].firstIndex(of: UInt8(ascii: ":")), end + 1 < pattern.count,
      pattern[end + 1] == UInt8(ascii: "]")
    else { return nil }
    var name = String(decoding: pattern[(index + 2)..<end], as: UTF8.self)
    let isNegated = name.hasPrefix("^")
    if isNegated { name.removeFirst() }
    let bytes: [ClosedRange<UInt8>]
    switch name {
    case "alpha", "lower", "upper": bytes = [0x61...0x7A]
    case "digit": bytes = [0x30...0x39]
    case "alnum": bytes = [0x30...0x39, 0x61...0x7A]
    case "space": bytes = [0x09...0x0D, 0x20...0x20]
    case "blank": bytes = [0x09...0x09, 0x20...0x20]
    case "cntrl": bytes = [0x00...0x1F, 0x7F...0x7F]
    case "punct": bytes = [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]
    case "print": bytes = [0x20...0x7E]
    case "graph": bytes = [0x21...0x7E]
    case "xdigit": bytes = [0x30...0x39, 0x61...0x66]
    case "word": bytes = [0x30...0x39, 0x5F...0x5F, 0x61...0x7A]
    default: return nil
    }
    index = end + 2
    let set = bytes.reduce(into: ByteSet()) { $0.insert($1) }
    // [:^lower:] holds upper case, which folds to lower case: everything outside plus the letters.
    guard isNegated else { return set }
    var result = RegexEscape.inverted(set)
    if name == "lower" || name == "upper" { result.insert(0x61...0x7A) }
    return result
  }
}
