import BodyDecoding

/// Equality of JSON values (JSON Schema 2020-12 core, section 4.2.2): numbers by value, strings by their scalars, objects
/// whatever the order of their members.
struct DeepEquality {
  /// Comparisons left; an attacker chooses the values, and members are looked up one by one.
  var budget: Int
  var isExhausted: Bool { budget < 0 }

  mutating func isEqual(_ left: JSONView, _ a: Int, _ right: JSONView, _ b: Int) -> Bool {
    budget -= 1
    if budget < 0 { return false }
    let kind = Self.comparable(left.kind(a))
    guard kind == Self.comparable(right.kind(b)) else { return false }
    switch kind {
    case .string, .key: return JSONHash.isEqual(left.text(a), right.text(b))
    case .integer, .decimal: return JSONView.compareNumbers(left, a, right, b) == 0
    case .array: return isEqualArray(left, a, right, b)
    case .object: return isEqualObject(left, a, right, b)
    case .null, .true, .false: return true
    }
  }

  /// One kind for each that can be equal.
  @inline(__always)
  private static func comparable(_ kind: JSONKind) -> JSONKind {
    kind == .decimal ? .integer : kind == .key ? .string : kind
  }

  private mutating func isEqualArray(_ left: JSONView, _ a: Int, _ right: JSONView, _ b: Int) -> Bool {
    guard left.memberCount(a) == right.memberCount(b) else { return false }
    var x = a + 1
    var y = b + 1
    let end = left.next(a)
    while x < end {
      guard isEqual(left, x, right, y) else { return false }
      x = left.next(x)
      y = right.next(y)
    }
    return true
  }

  private mutating func isEqualObject(_ left: JSONView, _ a: Int, _ right: JSONView, _ b: Int) -> Bool {
    guard left.memberCount(a) == right.memberCount(b) else { return false }
    var key = a + 1
    // Most objects that are equal have the same order.
    var guess = b + 1
    let end = left.next(a)
    let guessEnd = right.next(b)
    while key < end {
      let name = left.text(key)
      let value: Int
      if guess < guessEnd, right.keyHash(guess) == left.keyHash(key), JSONHash.isEqual(right.text(guess), name) {
        value = guess + 1
      } else {
        budget -= right.memberCount(b)
        guard budget >= 0, let found = right.member(name, hash: left.keyHash(key), of: b) else { return false }
        value = found
      }
      guard isEqual(left, key + 1, right, value) else { return false }
      key = left.next(key + 1)
      if guess < guessEnd { guess = right.next(guess + 1) }
    }
    return true
  }

  /// Equal values have equal hashes.
  static func hash(_ view: JSONView, _ node: Int, seed: (UInt64, UInt64)) -> UInt64 {
    switch view.kind(node) {
    case .null: return 1
    case .true: return 2
    case .false: return 3
    case .integer, .decimal: return numberHash(view, node)
    case .string, .key:
      let text = view.text(node)
      return UInt64(JSONHash.hash(text.baseAddress ?? view.input, text.count, seed: seed)) &+ 0x1_0000_0000
    case .array:
      var hash: UInt64 = 5
      var child = node + 1
      let end = view.next(node)
      while child < end {
        hash = (hash ^ Self.hash(view, child, seed: seed)) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
        child = view.next(child)
      }
      return hash
    case .object:
      // A sum, so that the order does not matter.
      var hash: UInt64 = 7
      var key = node + 1
      let end = view.next(node)
      while key < end {
        let member = (UInt64(view.keyHash(key)) ^ Self.hash(view, key + 1, seed: seed) << 1) &* 0xD6E8_FEB8_6659_FD93
        hash &+= member ^ member >> 32
        key = view.next(key + 1)
      }
      return hash
    }
  }

  private static func numberHash(_ view: JSONView, _ node: Int) -> UInt64 {
    if let small = view.smallDecimal(node)?.normalized {
      return (UInt64(bitPattern: small.digits) ^ UInt64(truncatingIfNeeded: small.exponent) << 48) &* 0xA076_1D64_78BD_642F
    }
    let text = DecimalText(view.numberText(node))
    var digits: UInt64 = 0
    text.forEachDigit { digit in
      digits = digits &* 10 &+ UInt64(digit)
      return true
    }
    if text.isNegative { digits = 0 &- digits }
    let exponent = text.isZero ? 0 : text.magnitude - text.digitCount
    return (digits ^ UInt64(truncatingIfNeeded: exponent) << 48) &* 0xA076_1D64_78BD_642F
  }
}
