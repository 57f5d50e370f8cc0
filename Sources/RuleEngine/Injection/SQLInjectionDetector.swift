/// `@detectSQLi`: whether a value, put into a statement, would change what the statement does.
///
/// The value is read as SQL in three contexts; the tokens are folded, and their order decides. A first form: shapes are given by
/// rules here, not yet by a table that is derived from corpora.
public enum SQLInjectionDetector {
  /// - Returns: the first five letters of the shape that was found, or nil for a harmless value.
  public static func detect(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    guard value.count >= 3, isWorthReading(value) else { return nil }
    for context in SQLTokenizer.Context.allCases {
      if context == .single, !value.contains(0x27) { continue }
      if context == .double, !value.contains(0x22) { continue }
      let tokens = fold(SQLTokenizer(value, context: context).tokens)
      if isInjection(tokens, isQuoted: context != .bare) { return tokens.prefix(5).map(\.kind.rawValue) }
    }
    return nil
  }

  /// Letters, digits and blanks alone need a telling word; most values have not even that.
  private static func isWorthReading(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    var hasBlankOrMark = false
    for byte in value where !(byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2D || byte == 0x2E) {
      hasBlankOrMark = true
      break
    }
    return hasBlankOrMark || value.contains(0x2D)
  }

  /// Signs before a value go, `n.n` is one name, words in a row are one, `order by` is one.
  private static func fold(_ tokens: [SQLToken]) -> [SQLToken] {
    var result: [SQLToken] = []
    for token in tokens {
      if let last = result.last {
        switch (last.kind, token.kind) {
        case (.operation, .operation), (.semicolon, .semicolon), (.comment, .comment): continue
        case (.word, .dot), (.dot, .word), (.keyword, .dot): continue
        case (.grouping, .keyword) where token.word.elementsEqual("by".utf8): continue
        case (.union, .keyword) where token.word.elementsEqual("all".utf8) || token.word.elementsEqual("distinct".utf8): continue
        case (.union, .open): continue
        case (.logic, .operation) where !token.word.elementsEqual("like".utf8): continue
        case (.function, .word), (.function, .number), (.function, .string), (.function, .keyword), (.function, .operation),
          (.function, .logic):
          // Without a parenthesis a function's name is just a word.
          result[result.count - 1].kind = .word
        default: break
        }
      }
      if token.kind == .operation, result.last.map({ $0.kind == .open || $0.kind == .comma || $0.kind == .expression }) ?? true,
        token.word.isEmpty
      {
        continue
      }
      result.append(token)
    }
    return result
  }

  private static func isValue(_ kind: SQLTokenKind) -> Bool { kind == .string || kind == .number || kind == .variable }

  private static func isInjection(_ tokens: [SQLToken], isQuoted: Bool) -> Bool {
    guard tokens.count >= 2 else { return false }
    let kinds = tokens.map(\.kind)
    let first = kinds[0]
    for index in kinds.indices {
      let kind = kinds[index]
      let next = index + 1 < kinds.count ? kinds[index + 1] : nil
      let after = index + 2 < kinds.count ? kinds[index + 2] : nil
      let before = index > 0 ? kinds[index - 1] : nil
      switch kind {
      case .union:
        // union select, union (select, union all select
        if next == .expression { return true }
        if next == .comment, index > 0, isValue(first) { return true }
      case .function:
        // version(), sleep(5), ascii(substring(
        if next == .open, SQLWords.isTelling(tokens[index].word),
          after.map({ isValue($0) || $0 == .close || $0 == .function || $0 == .open || $0 == .expression }) ?? false
        {
          return true
        }
      case .logic:
        guard let before, let next else { continue }
        // 1 or 1, ' or 'a, ') and (…, x or 1=1
        let isLeftValue = isValue(before) || before == .close
        if isLeftValue, isValue(next) || next == .open || next == .function && after == .open {
          if isQuoted || first != .word || after == .operation { return true }
        }
        if isLeftValue, isQuoted, next == .word, after == .operation { return true }
        if isLeftValue, first == .number, next == .word, after == .operation { return true }
        if before == .word, index == 1, isValue(next), after == .operation { return true }
        if before == .word, isValue(next), after == .operation, index + 3 < kinds.count, isValue(kinds[index + 3]) { return true }
        if next == .expression || next == .open && after == .expression { return isLeftValue || first != .word }
        if isLeftValue, next == .keyword,
          tokens[index + 1].word.elementsEqual("exists".utf8) || tokens[index + 1].word.elementsEqual("case".utf8)
        {
          return true
        }
      case .semicolon:
        guard index > 0, let next else { continue }
        if next == .statement || next == .expression {
          if isValue(first) || first == .close || isQuoted { return true }
          // drop table, exec xp_…, insert into, delete from
          if after == .keyword || after == .function { return true }
        }
      case .comment:
        // admin'--, 1' #, 1) -- : the rest of the statement is cut off.
        if isQuoted, index <= 2, first == .string, before == .string || before == .close { return true }
        if index >= 3, isValue(first), kinds[1] == .logic || kinds[1] == .operation || kinds[1] == .close { return true }
      case .expression:
        // select … from, select 1, (select …
        if let next {
          if before == .open, next != .word || after == .keyword { return true }
          if tokens[index].word.elementsEqual("select".utf8) {
            if next == .number && (after == .comma || after == .keyword || after == .comment) { return true }
            if next == .variable || next == .function && after == .open { return true }
            let hasFrom = tokens[index...].prefix(8).contains { $0.kind == .keyword && $0.word.elementsEqual("from".utf8) }
            if hasFrom,
              next == .word && (after == .keyword || after == .comma) || next == .operation || next == .string
                || next == .keyword && after != .word
            {
              return true
            }
          }
          if next == .keyword, after == .word,
            tokens[index].word.elementsEqual("insert".utf8) || tokens[index].word.elementsEqual("delete".utf8)
          {
            let word = tokens[index + 1].word
            let hasMore =
              index + 3 < kinds.count && (kinds[index + 3] == .open || kinds[index + 3] == .keyword || kinds[index + 3] == .comment)
            if word.elementsEqual("into".utf8) || word.elementsEqual("from".utf8), hasMore || index > 0 { return true }
          }
          if tokens[index].word.elementsEqual("update".utf8), next == .word, after == .keyword,
            tokens[index + 2].word.elementsEqual("set".utf8),
            index + 4 < kinds.count, kinds[index + 4] == .operation
          {
            return true
          }
        }
      case .statement:
        if next == .keyword, after == .word, index > 0, isValue(first) || isQuoted { return true }
        if next == .variable || next == .function { return true }
        if tokens[index].word.elementsEqual("waitfor".utf8), next == .keyword { return true }
      case .grouping:
        // 1 order by 10, ' having 1=1
        if let before, isValue(before) || before == .close, let next, next == .number || next == .function, isQuoted || first == .number {
          return true
        }
      case .variable:
        // @@version
        if before == .comma || before == .operation, isValue(first) { return true }
      case .operation:
        guard isQuoted, index == 1, first == .string, let next else { continue }
        // '='a, ' like '%
        if next == .string
          || (next == .number || next == .word || next == .open)
            && (after == nil || after == .comment || after == .logic || after == .operation) && tokens[index].word.isEmpty && next != .word
        {
          return true
        }
      case .close:
        if isQuoted, index == 1, first == .string, next == .logic || next == .comment || next == .semicolon { return true }
      default: break
      }
    }
    return false
  }
}
