import PatternScan

/// Asking the prefilter.
extension TransactionMemory {
  /// Asks the prefilter all probes of a group of all their values at once, and notes which values could match which probe. A phase's
  /// values do not change while it runs.
  func sweep(_ number: Int, _ memo: SiftMemo, _ cache: ValueCache?) {
    let plan = memo.view
    let group = plan.groups + number
    candidates.isSwept[number] = 1
    for index in group.pointee.firstField..<group.pointee.endField {
      let field = plan.fields + index
      let slot = field.pointee.slot
      switch field.pointee.kind {
      case .scalar: if let entry = scalars[slot] { sift(entry.value, entry.valueID, position: 0, field, index, group, memo, cache) }
      case .values, .names:
        let entries = collections[slot]
        for position in 0..<entries.count {
          let entry = entries[position]
          if let key = field.pointee.key, !entry.key.equalsIgnoringCase(key) { continue }
          if field.pointee.kind == .values {
            sift(entry.value, entry.valueID, position: position, field, index, group, memo, cache)
          } else {
            sift(entry.key, entry.keyID, position: position, field, index, group, memo, cache)
          }
        }
      }
    }
  }

  /// Notes which probes of a field one value could match.
  @inline(__always)
  private func sift(
    _ value: ByteView, _ id: Int32, position: Int, _ field: UnsafePointer<RulePlan.Field>, _ number: Int,
    _ group: UnsafePointer<RulePlan.Group>, _ memo: SiftMemo, _ cache: ValueCache?
  ) {
    guard let cache, value.count <= ValueCache.maximumBytes else {
      return sift(value, id, position: position, uncached: field, number, group, memo)
    }
    let (place, isKnown) = cache.find(value, field: number) { probe, place in
      candidates.add(Int(probe), field: Int32(number), position: Int32(position), place: place)
    }
    if isKnown { return }
    let first = candidates.count
    sift(value, id, position: position, uncached: field, number, group, memo)
    cache.keep(value, field: number, at: place, probeCount: candidates.count - first) {
      candidates.list.base[first + $0].place = place
      return candidates.list.base[first + $0].probe
    }
  }

  private func sift(
    _ value: ByteView, _ id: Int32, position: Int, uncached field: UnsafePointer<RulePlan.Field>, _ number: Int,
    _ group: UnsafePointer<RulePlan.Group>, _ memo: SiftMemo
  ) {
    steps &+= 1 &+ value.count >> 4
    let plan = memo.view
    let original = table.original(id, value)
    let traits = table.traits(of: original)
    let masks = plan.masks
    let firstBank = group.pointee.firstBank
    let bankCount = group.pointee.bankCount
    guard traits & field.pointee.changingTraits != 0 else {
      note(original, masks + field.pointee.mask, position, number, firstBank, bankCount, plan)
      return
    }
    let steps = plan.steps + field.pointee.firstStep
    let stepCount = field.pointee.endStep - field.pointee.firstStep
    guard stepCount <= SiftMemo.maximumSteps else {
      for step in 0..<stepCount {
        let text = traits & steps[step].traits == 0 ? original : textIndex(value, id: id, node: steps[step].node)
        note(text, masks + steps[step].mask, position, number, firstBank, bankCount, plan)
      }
      return
    }
    // What the lists leave as it is is asked at once; then the texts of the others.
    let (entry, mask) = memo.entry(traits, number, field, group)
    for bank in 0..<bankCount where entry.pointee.plainBanks & 1 << UInt32(truncatingIfNeeded: bank) != 0 {
      note(original, mask + bank, position, number, firstBank + bank, 1, plan)
    }
    var changing = entry.pointee.changing
    while changing != 0 {
      let step = steps + changing.trailingZeroBitCount
      changing &= changing - 1
      let text = textIndex(value, id: id, node: step.pointee.node)
      note(text, masks + step.pointee.mask, position, number, firstBank, bankCount, plan)
    }
  }

  @inline(__always)
  private func note(
    _ text: Int32, _ mask: UnsafePointer<SIMD4<UInt64>>, _ position: Int, _ field: Int, _ firstBank: Int, _ bankCount: Int,
    _ plan: RulePlan.View
  ) {
    for bank in 0..<bankCount {
      // A bank without probes of the field need not be scanned.
      if mask[bank] == .zero { continue }
      let left = table.answer(text, bank: firstBank + bank).pointee & mask[bank]
      if left != .zero { note(left, position, field, firstBank + bank, plan) }
    }
  }

  /// Notes the bits of one bank.
  private func note(_ left: SIMD4<UInt64>, _ position: Int, _ field: Int, _ bank: Int, _ plan: RulePlan.View) {
    for word in 0..<4 {
      var bits = left[word]
      while bits != 0 {
        let bit = bank * GramFilter.bankPatterns + word << 6 + bits.trailingZeroBitCount
        candidates.add(Int(plan.probeOfBit[bit]), field: Int32(field), position: Int32(position))
        bits &= bits - 1
      }
    }
  }
}
