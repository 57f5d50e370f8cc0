/// Reads the values of `setvar`, `expirevar`, `deprecatevar`, `initcol` and `setenv`.
enum VariableActionParser {
  static func parse(_ name: ActionName, _ value: TextSlice, into sink: inout DiagnosticSink) -> RuleAction? {
    switch name {
    case .setvar: return setVariable(value, into: &sink)
    case .setenv:
      let (left, right) = halves(value)
      // Without a value the variable is set to 1, as in ModSecurity 2.
      return .setEnvironment(name: left.macros, value: right?.macros ?? MacroText(parsing: [0x31]))
    case .initcol:
      let (left, right) = halves(value)
      guard let collection = collection(left, persistentOnly: true, into: &sink) else { return nil }
      guard let right, !right.isEmpty else {
        sink.badArgument(value.from(value.upper), expected: "= and a key")
        return nil
      }
      return .initCollection(collection, key: right.macros)
    case .expirevar:
      let (left, right) = halves(value)
      guard let (collection, key) = variable(left, into: &sink) else { return nil }
      guard let right, !right.isEmpty else {
        sink.badArgument(value.from(value.upper), expected: "= and a number of seconds")
        return nil
      }
      return .expireVariable(collection: collection, key: key, seconds: right.macros)
    default:
      let (left, right) = halves(value)
      guard let (collection, key) = variable(left, into: &sink) else { return nil }
      guard let right, let slash = right.firstIndex(of: .slash), let amount = right.part(right.lower, slash).number,
        let seconds = right.from(slash + 1).number, seconds > 0
      else {
        sink.badArgument(right ?? value.from(value.upper), expected: "an amount and seconds, such as 60/300")
        return nil
      }
      return .deprecateVariable(collection: collection, key: key, amount: amount, seconds: seconds)
    }
  }

  private static func setVariable(_ value: TextSlice, into sink: inout DiagnosticSink) -> RuleAction? {
    let isUnset = value.byte(value.lower) == 0x21
    let (left, right) = halves(isUnset ? value.from(value.lower + 1) : value)
    guard let (collection, key) = variable(left, into: &sink) else { return nil }
    let operation: VariableAssignment.Operation
    if isUnset {
      if let right {
        sink.badArgument(right, expected: "no value after a variable that is unset")
        return nil
      }
      operation = .unset
    } else if let right {
      switch right.byte(right.lower) {
      case 0x2b: operation = .add(right.from(right.lower + 1).macros)
      case 0x2d: operation = .subtract(right.from(right.lower + 1).macros)
      default: operation = .assign(right.macros)
      }
    } else {
      operation = .assign(MacroText(parsing: [0x31]))
    }
    return .setVariable(VariableAssignment(collection: collection, key: key, operation: operation))
  }

  /// `name=value`, cut at the first equals sign outside a macro.
  private static func halves(_ value: TextSlice) -> (TextSlice, TextSlice?) {
    var index = value.lower
    var isInMacro = false
    while let byte = value.byte(index) {
      if byte == 0x7b, value.byte(index - 1) == 0x25 { isInMacro = true }
      if byte == 0x7d { isInMacro = false }
      if byte == .equals, !isInMacro { return (value.part(value.lower, index).trimmed(), value.from(index + 1)) }
      index += 1
    }
    return (value.trimmed(), nil)
  }

  /// `collection.key`; `:` serves as well as the dot.
  private static func variable(_ slice: TextSlice, into sink: inout DiagnosticSink) -> (VariableName, MacroText)? {
    guard let dot = slice.firstIndex(where: { $0 == 0x2e || $0 == .colon }), dot + 1 < slice.upper else {
      sink.badArgument(slice, expected: "a variable such as tx.name")
      return nil
    }
    guard let name = collection(slice.part(slice.lower, dot), persistentOnly: false, into: &sink) else { return nil }
    return (name, slice.from(dot + 1).macros)
  }

  private static func collection(_ slice: TextSlice, persistentOnly: Bool, into sink: inout DiagnosticSink) -> VariableName? {
    let slice = slice.trimmed()
    switch VariableName.table.find(slice.bytes) {
    case .tx? where !persistentOnly: return .tx
    case .ip?: return .ip
    case .global?: return .global
    case .session?: return .session
    case .user?: return .user
    case .resource?: return .resource
    default:
      let names = "ip, global, session, user or resource"
      sink.badArgument(slice, expected: "a collection: " + (persistentOnly ? names : "tx, " + names))
      return nil
    }
  }
}
