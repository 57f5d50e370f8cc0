import Glibc

/// Which probes of a field let which values pass, kept from one transaction to the next: names, fixed header values and most of what
/// browsers send come again and again.
///
/// The key is the whole value and the field of one rule set's plan, so that an answer is never given to what could differ. Bounded:
/// a new value takes the place of an old one. Confined to the thread of its scratch.
final class ValueCache {
  /// Values of more bytes are not kept, nor are those that more probes let pass.
  static let maximumBytes = 192
  private static let maximumProbes = 10
  /// A power of two; about 1 MiB in all.
  private static let slotCount = 4096

  private struct Slot {
    var hash: UInt64
    var field: Int32
    var count: UInt16
    var probeCount: UInt16
    var probes: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32)
  }

  private let slots: UnsafeMutablePointer<Slot>
  private let bytes: UnsafeMutablePointer<UInt8>
  /// The plan that the answers are of.
  private var plan: RulePlan
  /// Drawn for each cache, so that a client cannot choose values that take each other's places.
  private let seed = UInt64.random(in: .min ... .max) | 1

  init(_ plan: RulePlan) {
    self.plan = plan
    slots = .allocate(capacity: Self.slotCount)
    bytes = .allocate(capacity: Self.slotCount * Self.maximumBytes)
    forgetAll()
  }

  deinit {
    slots.deallocate()
    bytes.deallocate()
  }

  /// Forgets everything if `plan` is another one than before.
  @inline(__always)
  func use(_ plan: RulePlan) {
    guard plan !== self.plan else { return }
    self.plan = plan
    forgetAll()
  }

  private func forgetAll() {
    let none = Slot(hash: 0, field: -1, count: 0, probeCount: 0, probes: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    slots.initialize(repeating: none, count: Self.slotCount)
  }

  /// Where the answer to a value is, or would be.
  struct Place: BitwiseCopyable {
    fileprivate var hash: UInt64
    fileprivate var slot: Int32

    /// No place: a value that is not kept.
    static let none = Place(hash: 0, slot: -1)
  }

  /// The probes that let `value` pass, or where to keep them.
  /// - Parameter note: called for each of them if they are known.
  /// - Returns: whether the answer was known.
  @inline(__always)
  func find(_ value: ByteView, field: Int, _ note: (Int32, Place) -> Void) -> (place: Place, isKnown: Bool) {
    let hash = value.hashed(from: (UInt64(truncatingIfNeeded: value.count) << 32 ^ UInt64(truncatingIfNeeded: field)) &* seed)
    let slot = Int(truncatingIfNeeded: hash >> 40) & (Self.slotCount - 1)
    let found = slots + slot
    guard found.pointee.hash == hash, found.pointee.field == Int32(truncatingIfNeeded: field), Int(found.pointee.count) == value.count,
      memcmp(bytes + slot * Self.maximumBytes, value.baseAddress ?? UnsafePointer(bytes), value.count) == 0
    else { return (Place(hash: hash, slot: Int32(truncatingIfNeeded: slot)), false) }
    let place = Place(hash: hash, slot: Int32(truncatingIfNeeded: slot))
    if found.pointee.probeCount > 0 {
      withUnsafeBytes(of: &found.pointee.probes) { probes in
        let probes = probes.assumingMemoryBound(to: Int32.self)
        for index in 0..<Int(found.pointee.probeCount) { note(probes[index], place) }
      }
    }
    return (place, true)
  }

  /// Takes a probe off the answer at `place`: its rule was asked and does not match, which depends on nothing but the value.
  func strike(_ probe: Int32, field: Int32, at place: Place) {
    guard place.slot >= 0 else { return }
    let slot = slots + Int(place.slot)
    guard slot.pointee.hash == place.hash, slot.pointee.field == field else { return }
    withUnsafeMutableBytes(of: &slot.pointee.probes) { probes in
      let probes = probes.assumingMemoryBound(to: Int32.self)
      let count = Int(slot.pointee.probeCount)
      for index in 0..<count where probes[index] == probe {
        for next in (index + 1)..<max(count, index + 1) { probes[next - 1] = probes[next] }
        slot.pointee.probeCount -= 1
        return
      }
    }
  }

  /// Keeps an answer, unless it is too long.
  func keep(_ value: ByteView, field: Int, at place: Place, probeCount: Int, _ probe: (Int) -> Int32) {
    guard probeCount <= Self.maximumProbes else { return }
    let slot = slots + Int(place.slot)
    slot.pointee.hash = place.hash
    slot.pointee.field = Int32(truncatingIfNeeded: field)
    slot.pointee.count = UInt16(value.count)
    slot.pointee.probeCount = UInt16(probeCount)
    withUnsafeMutableBytes(of: &slot.pointee.probes) { probes in
      let probes = probes.assumingMemoryBound(to: Int32.self)
      for index in 0..<probeCount { probes[index] = probe(index) }
    }
    if let base = value.baseAddress { (bytes + Int(place.slot) * Self.maximumBytes).update(from: base, count: value.count) }
  }
}
