import PatternScan
import SecLang

/// Choices that are the same for all operators of a rule set; none yet beyond the defaults.
public struct OperatorOptions: Sendable {
  public init() {}
}

/// Why an operator cannot be compiled; the rule's author is at fault.
public struct OperatorError: Error, Sendable, Equatable {
  public var message: String
  /// Byte offset in the operand, where it is known.
  public var offset: Int?

  public init(message: String, offset: Int? = nil) {
    self.message = message
    self.offset = offset
  }
}

/// What an operator answers. `limitReached`: it could not decide within its limits.
public enum OperatorResult: Sendable, Equatable { case match, noMatch, limitReached }

/// What one thread needs to run operators. Not `Sendable`.
public final class OperatorScratch {
  public let regex: RegexScratch

  /// - Parameter matchLimit: backtracking steps of one regular expression match.
  public init(matchLimit: UInt32 = 100_000) { regex = RegexScratch(matchLimit: matchLimit) }
}

/// `TX.0` and so on of one match: group 0 is the whole match, nil a group that took no part.
public struct CaptureList: Sendable {
  public private(set) var groups: [[UInt8]?] = []

  public init() {}

  public mutating func removeAll() { groups.removeAll(keepingCapacity: true) }
  mutating func append(_ group: [UInt8]?) { groups.append(group) }
}

/// An operator with its operand, ready to be asked. Immutable; safe from any task.
public struct CompiledOperator: Sendable {
  private enum Kind: Sendable {
    case regex(RegexPattern)
    case regexGlobal(RegexPattern)
    case phrases(PhraseSet)
    case text(TextComparison, [UInt8])
    case number(NumberComparison, Int)
    case addresses(AddressSet)
    case byteRange(ByteRangeSet)
    case urlEncoding
    case utf8Encoding
    case sqlInjection
    case crossSiteScripting
    case checksum(RegexPattern, Checksum)
    case constant(Bool)
  }
  private let kind: Kind

  /// - Parameters:
  ///   - operand: free of macros.
  ///   - dataLines: the phrases or addresses of the operators that read a file.
  public static func compile(
    _ name: OperatorName, operand: [UInt8], dataLines: [[UInt8]]?, options: OperatorOptions
  ) throws(OperatorError) -> CompiledOperator {
    CompiledOperator(kind: try kind(name, operand, dataLines))
  }

  private static func kind(_ name: OperatorName, _ operand: [UInt8], _ dataLines: [[UInt8]]?) throws(OperatorError) -> Kind {
    switch name {
    case .rx: return .regex(try pattern(operand))
    case .rxGlobal: return .regexGlobal(try pattern(operand))
    case .pm: return .phrases(PhraseSet(try PhraseList.split(operand)))
    case .pmFromFile: return .phrases(PhraseSet(dataLines ?? []))
    case .contains, .strmatch: return .text(.contains, operand)
    case .containsWord: return .text(.containsWord, operand)
    case .beginsWith: return .text(.beginsWith, operand)
    case .endsWith: return .text(.endsWith, operand)
    case .streq: return .text(.equals, operand)
    case .within: return .text(.within, operand)
    case .eq: return .number(.equal, number(operand))
    case .ge: return .number(.greaterOrEqual, number(operand))
    case .gt: return .number(.greater, number(operand))
    case .le: return .number(.lessOrEqual, number(operand))
    case .lt: return .number(.less, number(operand))
    case .ipMatch: return .addresses(try AddressSet(items: operand.split(separator: 0x2C).map { Array($0) }))
    case .ipMatchFromFile: return .addresses(try AddressSet(items: dataLines ?? []))
    case .validateByteRange: return .byteRange(ByteRangeSet(operand))
    case .validateUrlEncoding: return .urlEncoding
    case .validateUtf8Encoding: return .utf8Encoding
    case .detectSQLi: return .sqlInjection
    case .detectXSS: return .crossSiteScripting
    case .unconditionalMatch: return .constant(true)
    // Without a database, and without a resolver, there is nothing to find.
    case .noMatch, .geoLookup, .rbl: return .constant(false)
    case .verifyCC: return .checksum(try pattern(operand), .creditCard)
    case .verifyCPF: return .checksum(try pattern(operand), .brazilianCPF)
    case .verifySSN: return .checksum(try pattern(operand), .socialSecurity)
    case .verifySVNR: return .checksum(try pattern(operand), .austrianSVNR)
    case .inspectFile: throw OperatorError(message: "programs are never run from a rule")
    case .validateDTD, .validateSchema: throw OperatorError(message: "documents are checked by an OpenAPI document or a JSON Schema instead")
    case .validateHash, .rsub, .fuzzyHash, .gsbLookup: throw OperatorError(message: "no engine of today implements it")
    case .restpath, .ipMatchFromDataset, .pmFromDataset, .validateNid: throw OperatorError(message: "it is known to Coraza only")
    }
  }

  /// A dot matches everything, `$` only at the very end, as in ModSecurity 2.
  private static func pattern(_ operand: [UInt8]) throws(OperatorError) -> RegexPattern {
    do {
      return try RegexPattern(operand, options: [.dotAll, .dollarEndOnly])
    } catch {
      throw OperatorError(message: error.message, offset: error.offset)
    }
  }

  private static func number(_ operand: [UInt8]) -> Int { operand.withUnsafeBufferPointer { $0.leadingInteger } }

  /// Asks about one value.
  ///
  /// - Parameter captures: if not nil, emptied and filled when there is a match.
  public func evaluate(
    _ value: UnsafeBufferPointer<UInt8>, scratch: OperatorScratch, captures: inout CaptureList?
  ) -> OperatorResult {
    switch kind {
    case .regex(let pattern):
      switch scratch.regex.firstMatch(pattern, in: value) {
      case .noMatch: return .noMatch
      case .limitReached: return .limitReached
      case .match:
        if captures != nil {
          captures?.removeAll()
          for group in 0...pattern.captureCount { captures?.append(scratch.regex.capture(group).map { Array(value[$0]) }) }
        }
        return .match
      }
    case .regexGlobal(let pattern): return all(pattern, value, scratch, &captures)
    case .phrases(let set):
      guard let found = set.firstMatch(in: value) else { return .noMatch }
      note(Array(value[found.range]), &captures)
      return .match
    case .text(let comparison, let operand):
      guard comparison.holds(value, operand) else { return .noMatch }
      note(Array(value), &captures)
      return .match
    case .number(let comparison, let operand): return comparison.holds(value.leadingInteger, operand) ? .match : .noMatch
    case .addresses(let set): return set.contains(value) ? .match : .noMatch
    case .byteRange(let set): return set.hasByteOutside(value) ? .match : .noMatch
    case .urlEncoding: return Encoding.hasBadEscape(value) ? .match : .noMatch
    case .utf8Encoding: return Encoding.isInvalidUTF8(value) ? .match : .noMatch
    case .sqlInjection:
      guard let fingerprint = SQLInjectionDetector.detect(value) else { return .noMatch }
      note(fingerprint, &captures)
      return .match
    case .crossSiteScripting:
      guard CrossSiteScriptingDetector.detect(value) else { return .noMatch }
      note(Array(value), &captures)
      return .match
    case .checksum(let pattern, let checksum): return verify(pattern, checksum, value, scratch, &captures)
    case .constant(let answer): return answer ? .match : .noMatch
    }
  }

  private func note(_ text: @autoclosure () -> [UInt8], _ captures: inout CaptureList?) {
    guard captures != nil else { return }
    captures?.removeAll()
    captures?.append(text())
  }

  private func all(
    _ pattern: RegexPattern, _ value: UnsafeBufferPointer<UInt8>, _ scratch: OperatorScratch, _ captures: inout CaptureList?
  ) -> OperatorResult {
    captures?.removeAll()
    var offset = 0
    var isFound = false
    while offset <= value.count {
      switch scratch.regex.firstMatch(pattern, in: value, from: offset) {
      case .noMatch: return isFound ? .match : .noMatch
      case .limitReached: return .limitReached
      case .match:
        // Empty matches after the first are where a match ended, not finds.
        let isEmpty = scratch.regex.capture(0)?.isEmpty ?? true
        if captures != nil, !isFound || !isEmpty {
          for group in 0...pattern.captureCount { captures?.append(scratch.regex.capture(group).map { Array(value[$0]) }) }
        }
        isFound = true
        let end = scratch.regex.capture(0)?.upperBound ?? value.count
        offset = end > offset ? end : offset + 1
      }
    }
    return isFound ? .match : .noMatch
  }

  /// Tries each match of the pattern against the checksum.
  private func verify(
    _ pattern: RegexPattern, _ checksum: Checksum, _ value: UnsafeBufferPointer<UInt8>, _ scratch: OperatorScratch,
    _ captures: inout CaptureList?
  ) -> OperatorResult {
    var offset = 0
    while offset <= value.count {
      switch scratch.regex.firstMatch(pattern, in: value, from: offset) {
      case .noMatch: return .noMatch
      case .limitReached: return .limitReached
      case .match:
        guard let range = scratch.regex.capture(0) else { return .noMatch }
        if checksum.holds(UnsafeBufferPointer(rebasing: value[range])) {
          note(Array(value[range]), &captures)
          return .match
        }
        offset = range.lowerBound + 1
      }
    }
    return .noMatch
  }
}
