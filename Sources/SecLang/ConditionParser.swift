/// Reads `[!][@operator] operand`.
enum ConditionParser {
  static func parse(_ slice: TextSlice, into sink: inout DiagnosticSink) -> Condition? {
    var index = slice.lower
    func skipBlanks() { while let byte = slice.byte(index), byte.isBlank { index += 1 } }
    skipBlanks()
    var isNegated = false
    if slice.byte(index) == 0x21 {
      isNegated = true
      index += 1
      // A blank after the mark is skipped only before an operator: it may begin a regular expression.
      let afterMark = index
      skipBlanks()
      if slice.byte(index) != 0x40 { index = afterMark }
    }
    guard slice.byte(index) == 0x40 else {
      let operand = slice.from(index)
      return Condition(
        isNegated: isNegated, isImplicit: true, name: Located(.rx, slice.part(index, index).range),
        operand: Located(MacroText(parsing: operand.bytes), operand.range))
    }
    index += 1
    let nameStart = index
    while let byte = slice.byte(index), !byte.isBlank { index += 1 }
    let name = slice.part(nameStart, index)
    skipBlanks()
    let operand = slice.from(index)
    guard let found = OperatorName.table.find(name.bytes) else {
      if name.isEmpty {
        sink.report(.syntaxError, "expected an operator's name after @", at: slice.part(nameStart - 1, nameStart).range)
      } else {
        sink.unknown(.unknownOperator, "operator", name, in: OperatorName.table)
      }
      return nil
    }
    sink.found(name, as: found.rawValue)
    let text = MacroText(parsing: operand.bytes)
    check(found, at: name.range, operand, text, into: &sink)
    return Condition(
      isNegated: isNegated, isImplicit: false, name: Located(found, name.range), operand: Located(text, operand.range))
  }

  private static func check(
    _ name: OperatorName, at nameRange: SourceRange, _ operand: TextSlice, _ text: MacroText, into sink: inout DiagnosticSink
  ) {
    let isEmpty = operand.trimmed().isEmpty
    switch name {
    case .pm where isEmpty: sink.badArgument(operand, expected: "one or more phrases")
    case .eq, .ge, .gt, .le, .lt:
      if isEmpty { sink.badArgument(operand, expected: "a number") }
    case .ipMatch where isEmpty: sink.badArgument(operand, expected: "a list of addresses or networks")
    case .pmFromFile, .ipMatchFromFile:
      if isEmpty || text.hasMacros { sink.badArgument(operand, expected: "the path of a data file") }
    case .validateDTD, .validateSchema:
      if isEmpty || text.hasMacros { sink.badArgument(operand, expected: "the path of a document type or schema") }
    case .pmFromDataset, .ipMatchFromDataset:
      if isEmpty || text.hasMacros { sink.badArgument(operand, expected: "the name of a data set") }
    case .validateByteRange:
      if !text.hasMacros { checkByteRanges(operand, into: &sink) }
    case .inspectFile:
      sink.report(.refusedFeature, "@inspectFile runs a program and is not supported", at: nameRange)
    default: break
    }
  }

  private static func checkByteRanges(_ operand: TextSlice, into sink: inout DiagnosticSink) {
    for item in operand.split(at: { $0 == .comma }) {
      let item = item.trimmed()
      guard let range = item.numberRange, range.upperBound <= 255 else {
        sink.badArgument(item, expected: "a byte or a range of bytes, 0 to 255")
        continue
      }
    }
  }
}

extension TextSlice {
  /// `7` or `3-9`, ascending.
  var numberRange: ClosedRange<Int>? {
    if let number { return number...number }
    guard let dash = firstIndex(of: 0x2d), let low = part(lower, dash).trimmed().number,
      let high = from(dash + 1).trimmed().number, low <= high
    else { return nil }
    return low...high
  }

  /// The pieces between separators, empty ones included.
  func split(at isSeparator: (UInt8) -> Bool) -> [TextSlice] {
    var pieces: [TextSlice] = []
    var start = lower
    for index in lower..<max(upper, lower) where isSeparator(text.bytes[index]) {
      pieces.append(part(start, index))
      start = index + 1
    }
    pieces.append(from(start))
    return pieces
  }

  /// Rule ids and ranges of them, separated by commas or blanks.
  func idRanges(into sink: inout DiagnosticSink) -> [ClosedRange<Int>]? {
    var ranges: [ClosedRange<Int>] = []
    for item in split(at: { $0 == .comma || $0.isBlank }) where !item.isEmpty {
      guard let range = item.numberRange else {
        sink.badArgument(item, expected: "a rule id or a range of ids such as 1000-1999")
        return nil
      }
      ranges.append(range)
    }
    if ranges.isEmpty { sink.badArgument(self, expected: "a rule id or a range of ids such as 1000-1999") }
    return ranges.isEmpty ? nil : ranges
  }
}
