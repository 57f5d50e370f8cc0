import SecLang

/// A non-disruptive action as a plain value, run without a count of references; the rule set keeps what it refers to.
enum FastEffect: BitwiseCopyable {
  /// `setvar` of a transaction variable whose name is known at load: most of those of the CRS.
  case assign(slot: Int32, value: ByteView, number: Int)
  case assignVariable(slot: Int32, source: Int32)
  case assignText(slot: Int32, text: Unmanaged<CompiledText>)
  /// A name with macros.
  case assignNamed(key: Unmanaged<CompiledText>, text: Unmanaged<CompiledText>)
  case add(slot: Int32, amount: Int)
  /// `sign` is 1 or -1.
  case addVariable(slot: Int32, source: Int32, sign: Int)
  case unset(slot: Int32)
  case initCollection(CollectionSlot, key: Unmanaged<CompiledText>)
  case auditParts(AuditParts.Change)
  case other(Unmanaged<EffectBox>)

  init(_ effect: RuleEffect, keptBy bytes: RuleBytes) {
    switch effect {
    case .setVariable(.tx, .slot(let slot), let operation):
      self = Self.change(Int32(slot), operation, bytes) ?? .other(bytes.keep(EffectBox(effect)))
    case .setVariable(.tx, .text(let key), .assign(let text)): self = .assignNamed(key: bytes.keep(key), text: bytes.keep(text))
    case .initCollection(let slot, let key): self = .initCollection(slot, key: bytes.keep(key))
    case .control(.auditParts(let change)): self = .auditParts(change)
    default: self = .other(bytes.keep(EffectBox(effect)))
    }
  }

  /// Whether it reads nothing but transaction variables, so that the plan may run it without looking at the rule.
  var isPlain: Bool {
    switch self {
    case .assign, .assignVariable, .add, .addVariable, .unset: true
    case .assignText, .assignNamed, .initCollection, .auditParts, .other: false
    }
  }

  private static func change(_ slot: Int32, _ operation: RuleEffect.Operation, _ bytes: RuleBytes) -> FastEffect? {
    switch operation {
    case .unset: return .unset(slot: slot)
    case .assign(let text):
      if let fixed = text.fixedView { return .assign(slot: slot, value: fixed, number: fixed.leadingInteger) }
      return text.onlyVariable.map { .assignVariable(slot: slot, source: $0) } ?? .assignText(slot: slot, text: bytes.keep(text))
    case .add(let text): return sum(slot, text, sign: 1)
    case .subtract(let text): return sum(slot, text, sign: -1)
    }
  }

  private static func sum(_ slot: Int32, _ text: CompiledText, sign: Int) -> FastEffect? {
    if let fixed = text.fixedView { return .add(slot: slot, amount: sign &* fixed.leadingInteger) }
    return text.onlyVariable.map { .addVariable(slot: slot, source: $0, sign: sign) }
  }
}

/// An effect that is not a plain value.
final class EffectBox: Sendable {
  let effect: RuleEffect
  init(_ effect: RuleEffect) { self.effect = effect }
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
      case .value(.values(let slots), _, _), .value(.names(let slots), _, _): slots.list.contains(.matchedVars)
      default: false
      }
    }
  }
}
