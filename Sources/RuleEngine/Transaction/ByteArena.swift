import Glibc

/// Bytes of one transaction: an immutable view into its arena or into the compiled rules. Valid until the transaction ends.
typealias ByteView = UnsafeBufferPointer<UInt8>

/// Bump memory for one transaction's values. Chunks never move, so views into them stay valid until `reset`.
///
/// Confined to the thread that runs the transaction. Cost: no allocation once the chunks have grown to the traffic's needs.
final class ByteArena {
  private var chunks: [UnsafeMutableBufferPointer<UInt8>] = []
  /// The chunk in use; -1 before the first.
  private var current = -1
  /// The free memory of that chunk. Without a chunk there is none.
  private var next = UnsafeMutablePointer<UInt8>(bitPattern: 1)!
  private var left = 0

  /// 64 KiB: one browser request with its transformed values fits into one chunk.
  private static let chunkBytes = 64 * 1024
  /// Memory above this is given back at `reset`, so that one huge body does not stay for ever.
  private static let keptBytes = 1024 * 1024

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// A stable copy of `bytes`.
  func copy(_ bytes: ByteView) -> ByteView {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return Self.empty }
    let target = reserve(bytes.count)
    target.update(from: source, count: bytes.count)
    return ByteView(start: target, count: bytes.count)
  }

  func copy(_ bytes: [UInt8]) -> ByteView {
    bytes.withUnsafeBufferPointer { copy($0) }
  }

  func copy(_ text: String) -> ByteView {
    var text = text
    return text.withUTF8 { copy($0) }
  }

  /// What `write` makes of at most `count` bytes.
  /// - Parameter write: fills the memory it is given, and says how much of it.
  func write(_ count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) -> ByteView {
    guard count > 0 else { return Self.empty }
    let target = reserve(count)
    let written = write(target)
    next -= count - written
    left += count - written
    return ByteView(start: target, count: written)
  }

  /// A whole number as decimal text.
  func decimal(_ value: Int) -> ByteView {
    let target = reserve(20)
    var rest = value.magnitude
    var index = 20
    repeat {
      index -= 1
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      target[index] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest != 0
    if value < 0 {
      index -= 1
      target[index] = 0x2D
    }
    return ByteView(start: target + index, count: 20 - index)
  }

  /// A copy in lower case, or the text itself if it is so already.
  func lowercased(_ bytes: ByteView) -> ByteView {
    guard bytes.contains(where: { $0 &- 0x41 < 26 }) else { return bytes }
    let target = reserve(bytes.count)
    for index in 0..<bytes.count { target[index] = lowercase(bytes[index]) }
    return ByteView(start: target, count: bytes.count)
  }

  /// All texts that `pieces` stand for, one behind the other.
  @inline(__always)
  func joined<Piece>(_ pieces: UnsafeBufferPointer<Piece>, _ text: (Piece) -> ByteView) -> ByteView {
    var count = 0
    for piece in pieces { count += text(piece).count }
    guard count > 0 else { return Self.empty }
    let target = reserve(count)
    var end = target
    for piece in pieces {
      let text = text(piece)
      if let base = text.baseAddress { end.update(from: base, count: text.count) }
      end += text.count
    }
    return ByteView(start: target, count: count)
  }

  /// The one text before the other.
  func joined(_ first: ByteView, _ second: ByteView) -> ByteView {
    guard first.count + second.count > 0 else { return Self.empty }
    let target = reserve(first.count + second.count)
    if let base = first.baseAddress { target.update(from: base, count: first.count) }
    if let base = second.baseAddress { (target + first.count).update(from: base, count: second.count) }
    return ByteView(start: target, count: first.count + second.count)
  }

  /// Forgets every view that was handed out.
  func reset() {
    var total = 0
    for (index, chunk) in chunks.enumerated() {
      total += chunk.count
      if total > Self.keptBytes && index > 0 {
        for dropped in chunks[index...] { dropped.deallocate() }
        chunks.removeSubrange(index...)
        break
      }
    }
    use(chunks.isEmpty ? -1 : 0)
  }

  private func use(_ chunk: Int) {
    current = chunk
    left = 0
    guard chunk >= 0, let base = chunks[chunk].baseAddress else { return }
    next = base
    left = chunks[chunk].count
  }

  @inline(__always)
  private func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if left >= count {
      left -= count
      defer { next += count }
      return next
    }
    return reserveInNext(count)
  }

  private func reserveInNext(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    while current + 1 < chunks.count, left < count { use(current + 1) }
    if left < count {
      chunks.append(UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(count, Self.chunkBytes)))
      use(chunks.count - 1)
    }
    left -= count
    defer { next += count }
    return next
  }

  /// A view of no bytes whose address is not nil, as C functions want it.
  static var empty: ByteView {
    // Part of the program.
    let text: StaticString = " "
    return ByteView(start: text.utf8Start, count: 0)
  }
}

extension UnsafeBufferPointer where Element == UInt8 {
  /// Whether the two hold the same bytes.
  func equals(_ other: ByteView) -> Bool {
    guard count == other.count else { return false }
    guard let left = baseAddress, let right = other.baseAddress, left != right else { return true }
    return memcmp(left, right, count) == 0
  }

  /// Whether the bytes equal `lowercased` without regard to ASCII case.
  func equalsIgnoringCase(_ lowercased: [UInt8]) -> Bool {
    guard count == lowercased.count else { return false }
    for index in 0..<count where lowercase(self[index]) != lowercased[index] { return false }
    return true
  }

  /// The same for a view; most texts differ in length.
  @inline(__always)
  func equalsIgnoringCase(_ lowercased: ByteView) -> Bool {
    guard count == lowercased.count else { return false }
    guard count > 0, let left = baseAddress, let right = lowercased.baseAddress else { return true }
    guard lowercase(left[0]) == right[0] else { return false }
    return Self.isAlike(left, right, count)
  }

  /// Eight bytes at a time.
  private static func isAlike(_ text: UnsafePointer<UInt8>, _ lowercased: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var index = 0
    while index + 8 <= count {
      let word = UnsafeRawPointer(text).loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let other = UnsafeRawPointer(lowercased).loadUnaligned(fromByteOffset: index, as: UInt64.self)
      // The high bit of each byte says whether it is one of A to Z; none carries into the next byte.
      let low = word & 0x7F7F_7F7F_7F7F_7F7F
      let upper = (low &+ 0x3F3F_3F3F_3F3F_3F3F) & ~(low &+ 0x2525_2525_2525_2525) & ~word & 0x8080_8080_8080_8080
      if word | upper >> 2 != other { return false }
      index += 8
    }
    while index < count {
      if lowercase(text[index]) != lowercased[index] { return false }
      index += 1
    }
    return true
  }

  /// The leading decimal integer as C's `atoi` reads it: blanks, sign, digits; 0 without digits; clamped at the ends of Int.
  var leadingInteger: Int {
    // Most texts begin with a letter.
    guard count > 0, self[0] <= 0x39 else { return 0 }
    var index = 0
    while index < count, self[index] == 0x20 || self[index] &- 9 < 5 { index += 1 }
    var isNegative = false
    if index < count, self[index] == 0x2B || self[index] == 0x2D {
      isNegative = self[index] == 0x2D
      index += 1
    }
    var result = 0
    while index < count, self[index] &- 0x30 < 10 {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(Int(self[index] &- 0x30))
      if overflow || carry { return isNegative ? .min : .max }
      result = sum
      index += 1
    }
    return isNegative ? -result : result
  }
}

@inline(__always)
func lowercase(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}

func lowercased(_ bytes: [UInt8]) -> [UInt8] {
  bytes.map { lowercase($0) }
}
