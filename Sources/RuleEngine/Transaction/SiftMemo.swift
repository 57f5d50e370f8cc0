/// For each field of a plan, and each combination of traits that a value had there: the steps whose lists change such a text, and the
/// joined mask of all others, whose answer is that of the text as it came.
///
/// Confined to the thread of its scratch; what is in it follows from the plan alone, so that it never has to be forgotten but for another
/// plan. Few combinations occur; a new one takes the place of an old one.
final class SiftMemo {
  struct Entry: BitwiseCopyable {
    /// Those traits of the text that change something in the field; all bits for an empty place.
    var traits: UInt32
    /// The banks in which `mask` is not empty, as bits from the first bank of the group on.
    var plainBanks: UInt32
    /// The steps that change the text, as bits from the field's first one on.
    var changing: UInt64
  }

  let plan: RulePlan
  let view: RulePlan.View
  private let entries: UnsafeMutablePointer<Entry>
  private let masks: UnsafeMutablePointer<SIMD4<UInt64>>
  private let bankCount: Int

  /// A field with more steps is asked step by step.
  static let maximumSteps = 64
  private static let placeBits = 3

  init(_ plan: RulePlan) {
    self.plan = plan
    view = plan.view
    bankCount = plan.filter.bankCount
    let places = plan.fields.count << Self.placeBits
    entries = .allocate(capacity: max(places, 1))
    entries.initialize(repeating: Entry(traits: .max, plainBanks: 0, changing: 0), count: places)
    masks = .allocate(capacity: max(places * bankCount, 1))
    masks.initialize(repeating: .zero, count: places * bankCount)
  }

  deinit {
    entries.deallocate()
    masks.deallocate()
  }

  /// - Parameters:
  ///   - traits: of the text.
  ///   - group: of the field.
  /// - Returns: the entry, and its mask for each bank of the group; valid until the next call.
  @inline(__always)
  func entry(
    _ traits: UInt32, _ number: Int, _ field: UnsafePointer<RulePlan.Field>, _ group: UnsafePointer<RulePlan.Group>
  ) -> (entry: UnsafeMutablePointer<Entry>, mask: UnsafePointer<SIMD4<UInt64>>) {
    let relevant = traits & field.pointee.changingTraits
    let place = (number << Self.placeBits) + Int((relevant &* 0x9E37_79B1) >> UInt32(32 - Self.placeBits))
    let entry = entries + place
    let mask = masks + place * bankCount
    if entry.pointee.traits != relevant { fill(entry, mask, relevant, field, group) }
    return (entry, UnsafePointer(mask))
  }

  private func fill(
    _ entry: UnsafeMutablePointer<Entry>, _ mask: UnsafeMutablePointer<SIMD4<UInt64>>, _ traits: UInt32,
    _ field: UnsafePointer<RulePlan.Field>, _ group: UnsafePointer<RulePlan.Group>
  ) {
    entry.pointee = Entry(traits: traits, plainBanks: 0, changing: 0)
    for bank in 0..<group.pointee.bankCount { mask[bank] = .zero }
    for step in field.pointee.firstStep..<field.pointee.endStep {
      if view.steps[step].traits & traits != 0 {
        entry.pointee.changing |= 1 << UInt64(step - field.pointee.firstStep)
        continue
      }
      for bank in 0..<group.pointee.bankCount {
        mask[bank] |= view.masks[view.steps[step].mask + bank]
        if mask[bank] != .zero { entry.pointee.plainBanks |= 1 << UInt32(bank) }
      }
    }
  }
}
