import BodyDecoding
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

/// An operator with its operand, ready to be asked. Immutable; safe from any task.
public final class CompiledOperator: @unchecked Sendable {
  // Unchecked for the views and references, which `keeper` holds and nothing changes.
  /// A plain value, so that asking counts no references.
  private enum Kind: BitwiseCopyable {
    case regex(RegexSearch)
    case regexGlobal(RegexSearch)
    case phrases(Unmanaged<PhraseSet>)
    case text(TextComparison, ByteView)
    case contains(SubstringSearch)
    case word(SubstringSearch)
    case number(NumberComparison, Int)
    case addresses(Unmanaged<AddressList>)
    case byteRange(ByteRangeSet)
    case urlEncoding
    case utf8Encoding
    case sqlInjection
    case crossSiteScripting
    case checksum(RegexSearch, Checksum)
    case constant(Bool)
    /// What only the transaction can answer: `question` says what.
    case question
  }
  /// A set of addresses that plain values can refer to.
  private final class AddressList {
    let set: AddressSet
    init(_ set: AddressSet) { self.set = set }
  }
  private let kind: Kind
  private let keeper: RuleBytes
  /// For a pattern that would be tried at every place: strings of which a text must hold one. Finding none is much cheaper.
  private let needed: Unmanaged<PhraseSet>?
  /// What a value must hold for a match, ASCII case aside, one of these; none where that is not known.
  let requirements: [RequiredTexts]

  /// The comparison and the operand of an operator that compares numbers.
  var number: (comparison: NumberComparison?, operand: Int)? {
    if case .number(let comparison, let operand) = kind { (comparison, operand) } else { nil }
  }

  /// Whether the groups of a match stay in the scratch, and are all that there is to capture.
  var leavesGroups: Bool { if case .regex = kind { true } else { false } }

  /// What the transaction itself must answer, since the answer fills a collection, or asks for more than the value.
  enum Question {
    case place
    case path(PathTemplate)
    case blockList([UInt8])
    case document(XMLValidator)
  }
  /// Nil for the operators that look at the value alone.
  let question: Question?
  /// Whether there is a question.
  @inline(__always)
  var asksTransaction: Bool { if case .question = kind { true } else { false } }

  private init(kind: Kind, question: Question?, requirements: [RequiredTexts], keeper: RuleBytes) {
    self.kind = kind
    self.keeper = keeper
    if case .regex(let search) = kind, search.pattern.takeUnretainedValue().startsAnywhere,
      let phrases = RequiredTexts.phrases(ofAny: requirements)
    {
      needed = keeper.keep(PhraseSet(phrases))
    } else {
      needed = nil
    }
    self.requirements = requirements
    self.question = question
  }

  /// - Parameters:
  ///   - operand: free of macros.
  ///   - dataLines: the phrases or addresses of the operators that read a file.
  public static func compile(
    _ name: OperatorName, operand: [UInt8], dataLines: [[UInt8]]?, options: OperatorOptions
  ) throws(OperatorError) -> CompiledOperator {
    let keeper = RuleBytes()
    let question = try question(name, operand, dataLines)
    return CompiledOperator(
      kind: question == nil ? try kind(name, operand, dataLines, keeper) : .question, question: question,
      requirements: try requirements(name, operand, dataLines), keeper: keeper)
  }

  private static func requirements(
    _ name: OperatorName, _ operand: [UInt8], _ dataLines: [[UInt8]]?
  ) throws(OperatorError) -> [RequiredTexts] {
    switch name {
    case .rx, .rxGlobal: RequiredTexts.alternatives(pattern: operand)
    case .pm: RequiredTexts.alternatives(phrases: try PhraseList.split(operand))
    case .pmFromFile, .pmFromDataset: RequiredTexts.alternatives(phrases: dataLines ?? [])
    case .contains, .containsWord, .strmatch, .beginsWith, .endsWith, .streq: [RequiredTexts(anyOf: [operand])]
    case .validateByteRange: [RequiredTexts(anyByteOf: (0...255).filter(ByteRangeSet(operand).isOutside))]
    case .validateUrlEncoding: [RequiredTexts(anyByteOf: [UInt8(ascii: "%")])]
    case .validateUtf8Encoding: [RequiredTexts(anyByteOf: Array(0x80...0xFF))]
    case .detectSQLi: [RequiredTexts(anyByteOf: SQLInjectionDetector.neededBytes)]
    case .detectXSS: [RequiredTexts(anyByteOf: CrossSiteScriptingDetector.neededBytes)]
    default: []
    }
  }

  private static func kind(
    _ name: OperatorName, _ operand: [UInt8], _ dataLines: [[UInt8]]?, _ keeper: RuleBytes
  ) throws(OperatorError) -> Kind {
    switch name {
    case .rx: return .regex(try RegexSearch(operand, keptBy: keeper))
    case .rxGlobal: return .regexGlobal(try RegexSearch(operand, keptBy: keeper))
    case .pm: return .phrases(keeper.keep(try PhraseList.compile(try PhraseList.split(operand))))
    case .pmFromFile, .pmFromDataset: return .phrases(keeper.keep(try PhraseList.compile(dataLines ?? [])))
    case .contains, .strmatch: return .contains(SubstringSearch(operand, keptBy: keeper))
    case .containsWord: return .word(SubstringSearch(operand, keptBy: keeper))
    case .beginsWith: return .text(.beginsWith, keeper.keep(operand))
    case .endsWith: return .text(.endsWith, keeper.keep(operand))
    case .streq: return .text(.equals, keeper.keep(operand))
    case .within: return .text(.within, keeper.keep(operand))
    case .eq: return .number(.equal, number(operand))
    case .ge: return .number(.greaterOrEqual, number(operand))
    case .gt: return .number(.greater, number(operand))
    case .le: return .number(.lessOrEqual, number(operand))
    case .lt: return .number(.less, number(operand))
    case .ipMatch: return .addresses(keeper.keep(AddressList(try AddressSet(operand: operand))))
    case .ipMatchFromFile, .ipMatchFromDataset: return .addresses(keeper.keep(AddressList(try AddressSet(lines: dataLines ?? []))))
    case .validateByteRange: return .byteRange(ByteRangeSet(operand))
    case .validateUrlEncoding: return .urlEncoding
    case .validateUtf8Encoding: return .utf8Encoding
    case .detectSQLi: return .sqlInjection
    case .detectXSS: return .crossSiteScripting
    case .unconditionalMatch: return .constant(true)
    case .noMatch: return .constant(false)
    case .rbl, .restpath, .geoLookup, .validateDTD, .validateSchema: return .question
    case .validateNid: return try nationalID(operand, keeper)
    case .verifyCC: return .checksum(try RegexSearch(operand, keptBy: keeper), .creditCard)
    case .verifyCPF: return .checksum(try RegexSearch(operand, keptBy: keeper), .brazilianCPF)
    case .verifySSN: return .checksum(try RegexSearch(operand, keptBy: keeper), .socialSecurity)
    case .verifySVNR: return .checksum(try RegexSearch(operand, keptBy: keeper), .austrianSVNR)
    case .inspectFile: throw OperatorError(message: "programs are never run from a rule")
    case .validateHash, .rsub, .fuzzyHash, .gsbLookup: throw OperatorError(message: "no engine of today implements it")
    }
  }

  private static func question(
    _ name: OperatorName, _ operand: [UInt8], _ dataLines: [[UInt8]]?
  ) throws(OperatorError) -> Question? {
    switch name {
    case .geoLookup: return .place
    case .rbl: return .blockList(operand)
    case .restpath: return .path(try PathTemplate(operand))
    case .validateDTD, .validateSchema:
      do {
        let document = dataLines?.first ?? []
        return .document(try name == .validateDTD ? XMLValidator(documentType: document) : XMLValidator(schema: document))
      } catch {
        throw OperatorError(message: error.reason)
      }
    default: return nil
    }
  }

  /// `cl PATTERN` or `us PATTERN`: a country's number for its people, and how it is written.
  private static func nationalID(_ operand: [UInt8], _ keeper: RuleBytes) throws(OperatorError) -> Kind {
    let country = operand.prefix { $0 != 0x20 && $0 != 0x09 }
    let pattern = Array(operand[country.count...].drop { $0 == 0x20 || $0 == 0x09 })
    guard !pattern.isEmpty else { throw OperatorError(message: "expected a country and a regular expression", offset: operand.count) }
    switch String(decoding: country, as: UTF8.self).lowercased() {
    case "cl": return .checksum(try RegexSearch(pattern, keptBy: keeper), .chileanRUT)
    case "us": return .checksum(try RegexSearch(pattern, keptBy: keeper), .socialSecurity)
    default: throw OperatorError(message: "expected cl or us", offset: 0)
    }
  }

  private static func number(_ operand: [UInt8]) -> Int { operand.withUnsafeBufferPointer { $0.leadingInteger } }

  /// Asks about one value; groups of a regular expression's match stay in the scratch.
  @inline(__always)
  func answer(_ value: ByteView, _ scratch: OperatorScratch) -> OperatorResult {
    if case .regex(let search) = kind {
      if let needed, needed._withUnsafeGuaranteedRef({ $0.firstMatch(in: value) == nil }) { return .noMatch }
      switch search.match(value, scratch.regex) {
      case .noMatch: return .noMatch
      case .match: return .match
      case .limitReached: return .limitReached
      }
    }
    var none: CaptureList?
    return evaluate(value, scratch: scratch, captures: &none)
  }

  /// Asks about one value.
  ///
  /// - Parameter captures: if not nil, emptied and filled when there is a match.
  public func evaluate(
    _ value: UnsafeBufferPointer<UInt8>, scratch: OperatorScratch, captures: inout CaptureList?
  ) -> OperatorResult {
    switch kind {
    case .regex(let search): return search.first(in: value, scratch.regex, &captures)
    case .regexGlobal(let search): return search.all(in: value, scratch.regex, &captures)
    case .phrases(let set):
      guard let found = set._withUnsafeGuaranteedRef({ $0.firstMatch(in: value) }) else { return .noMatch }
      note(Array(UnsafeBufferPointer(rebasing: value[found.range])), &captures)
      return .match
    case .text(let comparison, let operand):
      guard comparison.holds(value, operand) else { return .noMatch }
      note(Array(value), &captures)
      return .match
    case .contains(let search):
      guard search.occurs(in: value) else { return .noMatch }
      note(Array(value), &captures)
      return .match
    case .word(let search):
      guard search.occursAsWord(in: value) else { return .noMatch }
      note(Array(value), &captures)
      return .match
    case .number(let comparison, let operand): return comparison.holds(value.leadingInteger, operand) ? .match : .noMatch
    case .addresses(let list): return list._withUnsafeGuaranteedRef { $0.set.contains(value) } ? .match : .noMatch
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
    case .checksum(let search, let checksum): return search.first(confirmedBy: checksum, in: value, scratch.regex, &captures)
    case .constant(let answer): return answer ? .match : .noMatch
    // The transaction answers these; without one there is nothing to find.
    case .question: return .noMatch
    }
  }

  /// Keeps the one text that an operator without groups has to show.
  private func note(_ text: @autoclosure () -> [UInt8], _ captures: inout CaptureList?) {
    guard captures != nil else { return }
    captures?.removeAll()
    captures?.append(text())
  }
}
