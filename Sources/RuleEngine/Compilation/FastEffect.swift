import SecLang

/// A `setvar` of a transaction variable whose name, and whose value or its source, are known at load: most of those of the CRS.
/// A plain value, run without a count of references.
enum FastEffect: BitwiseCopyable {
  case assign(slot: Int32, value: ByteView)
  case assignVariable(slot: Int32, source: Int32)
  case add(slot: Int32, amount: Int)
  /// `sign` is 1 or -1.
  case addVariable(slot: Int32, source: Int32, sign: Int)
  case unset(slot: Int32)

  /// All effects of a rule in this form, or nil if one has none.
  static func list(_ effects: [RuleEffect], bytes: RuleBytes) -> [FastEffect]? {
    var result: [FastEffect] = []
    for effect in effects {
      guard case .setVariable(.tx, .slot(let slot), let operation) = effect, let fast = one(Int32(slot), operation, bytes) else {
        return nil
      }
      result.append(fast)
    }
    return result
  }

  private static func one(_ slot: Int32, _ operation: RuleEffect.Operation, _ bytes: RuleBytes) -> FastEffect? {
    switch operation {
    case .unset: return .unset(slot: slot)
    case .assign(let text):
      if let fixed = text.fixed { return .assign(slot: slot, value: bytes.keep(fixed)) }
      return text.onlyVariable.map { .assignVariable(slot: slot, source: $0) }
    case .add(let text): return sum(slot, text, sign: 1)
    case .subtract(let text): return sum(slot, text, sign: -1)
    }
  }

  private static func sum(_ slot: Int32, _ text: CompiledText, sign: Int) -> FastEffect? {
    if let fixed = text.fixed { return .add(slot: slot, amount: sign &* fixed.withUnsafeBufferPointer { $0.leadingInteger }) }
    return text.onlyVariable.map { .addVariable(slot: slot, source: $0, sign: sign) }
  }
}

extension CompiledText {
  /// The slot of the transaction variable that is the whole text, as in `%{tx.critical_anomaly_score}`.
  var onlyVariable: Int32? {
    guard parts.count == 1, case .value(.transactionVariable(let slot), _, _) = parts[0] else { return nil }
    return Int32(slot)
  }

  /// Whether it reads `MATCHED_VARS` or their names.
  var readsMatchedValues: Bool {
    parts.contains { part in
      switch part {
      case .value(.values(let slots), _, _), .value(.names(let slots), _, _): slots.contains(.matchedVars)
      default: false
      }
    }
  }
}
