import PatternScan
import SecLang

/// The collections in which a transaction keeps its values, by index.
enum CollectionSlot: Int, CaseIterable, Sendable, BitwiseCopyable {
  case argsGet, argsPost, requestHeaders, requestCookies, files, filesSizes, filesTmpNames, filesContent, partHeaders
  case responseHeaders, matchedVars, env, geo, ip, global, session, user, resource, xmlText, xmlAttributes
  case argsPath, responseArgs, responseXMLText, responseXMLAttributes
}

/// One or two collections that a variable stands for, such as those of `ARGS`.
struct CollectionPair: Hashable, Sendable, BitwiseCopyable {
  var first: CollectionSlot
  var second: CollectionSlot?

  init(_ first: CollectionSlot, _ second: CollectionSlot? = nil) {
    self.first = first
    self.second = second
  }

  /// For load time.
  var list: [CollectionSlot] { [first] + (second.map { [$0] } ?? []) }
}

/// Where a variable's values come from, decided once at load. A plain value, as is all that is read of a rule for each value.
enum ValueSource: Equatable, Sendable, BitwiseCopyable {
  /// One value that the transaction computes before its phase.
  case scalar(VariableName)
  /// The values of one or two collections.
  case values(CollectionPair)
  /// The keys of one or two collections, each as a value.
  case names(CollectionPair)
  /// All transaction variables, or the one in a slot.
  case transactionVariables
  case transactionVariable(slot: Int)
  /// What the XPath of this number finds.
  case xmlPath(Int)
  /// `RULE.id` and the like: about the rule that runs.
  case rule

  /// Parts of a message that may not have been observed.
  enum Observability { case always, body, cookies, requestHeaders, response, responseBody }

  var observability: Observability {
    switch self {
    case .scalar(let name):
      switch name {
      case .requestBody, .requestBodyLength, .reqbodyError, .reqbodyErrorMsg, .reqbodyProcessorError, .reqbodyProcessorErrorMsg,
        .filesCombinedSize, .fullRequest, .fullRequestLength, .multipartStrictError, .multipartUnmatchedBoundary,
        .multipartBoundaryQuoted, .multipartBoundaryWhitespace, .multipartDataBefore, .multipartDataAfter,
        .multipartHeaderFolding, .multipartLfLine, .multipartCrlfLfLines, .multipartMissingSemicolon, .multipartInvalidQuoting,
        .multipartInvalidPart, .multipartInvalidHeaderFolding, .multipartFileLimitExceeded, .multipartFilename, .multipartName:
        return .body
      case .authType, .reqbodyProcessor: return .requestHeaders
      case .responseBody, .resBodyError, .resBodyErrorMsg, .resBodyProcessor, .resBodyProcessorError, .resBodyProcessorErrorMsg:
        return .responseBody
      case .responseContentLength, .responseContentType, .responseProtocol, .statusLine: return .response
      default: return .always
      }
    case .values(let slots), .names(let slots):
      switch slots.first {
      case .argsPost, .files, .filesSizes, .filesTmpNames, .filesContent, .partHeaders, .xmlText, .xmlAttributes: return .body
      case .requestCookies: return .cookies
      case .requestHeaders: return .requestHeaders
      case .responseHeaders: return .response
      case .responseArgs, .responseXMLText, .responseXMLAttributes: return .responseBody
      default: return .always
      }
    case .xmlPath: return .body
    case .transactionVariables, .transactionVariable, .rule: return .always
    }
  }
}

/// A key or a pattern that picks values of a collection. A plain value; what it points at is kept by the rule set.
enum CompiledSelector: BitwiseCopyable, @unchecked Sendable {
  // Unchecked for the views, which nothing changes.
  /// Lower case.
  case key(ByteView)
  /// A pattern that is a plain text, in lower case, somewhere or at the beginning.
  case containing(ByteView)
  case beginning(ByteView)
  case regex(Unmanaged<RegexPattern>)

  /// - Throws: PCRE2's reason.
  static func pattern(_ text: [UInt8], bytes: RuleBytes) throws(RegexError) -> CompiledSelector {
    let isAnchored = text.first == UInt8(ascii: "^")
    let plain = isAnchored ? text.dropFirst() : text[...]
    let isPlain = plain.allSatisfy { $0 == 0x5F || $0 == 0x2D || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
    if isPlain, !plain.isEmpty {
      let view = bytes.keep(lowercased(Array(plain)))
      return isAnchored ? .beginning(view) : .containing(view)
    }
    return .regex(bytes.keep(try RegexPattern(text, options: [.caseInsensitive, .dotAll, .dollarEndOnly])))
  }

  func matches(_ key: ByteView, _ scratch: RegexScratch) -> Bool {
    switch self {
    case .key(let text): key.equalsIgnoringCase(text)
    case .beginning(let text): key.count >= text.count && ByteView(rebasing: key[..<text.count]).equalsIgnoringCase(text)
    case .containing(let text):
      key.count >= text.count
        && (0...(key.count - text.count)).contains {
          lowercase(key[$0]) == text[0] && ByteView(rebasing: key[$0..<($0 + text.count)]).equalsIgnoringCase(text)
        }
    case .regex(let pattern): pattern._withUnsafeGuaranteedRef { scratch.firstMatch($0, in: key) == .match }
    }
  }
}

/// One target of a rule, ready to be asked. A plain value.
struct CompiledTarget: BitwiseCopyable, @unchecked Sendable {
  // Unchecked for the views, which the rule set keeps and nothing changes.
  let variable: VariableName
  let source: ValueSource
  let selector: CompiledSelector?
  let isCount: Bool
  /// The length of the key that it picks; -1 if it picks no single key.
  let keyCount: Int
  /// The name as reports show it where there is no key of a value: `REQUEST_URI`, `&ARGS:a`, `TX:score`.
  let name: ByteView
  /// What stands before the key of a value in reports: `ARGS:`.
  let prefix: ByteView
  /// `TX` as a whole or by a pattern: the slots of those variables that rules name and the target picks. Set when all are known.
  private(set) var pickedSlots = UnsafeBufferPointer<Int32>(start: nil, count: 0)

  init(
    variable: VariableName, source: ValueSource, selector: CompiledSelector?, isCount: Bool, keys: TransactionKeyTable, bytes: RuleBytes
  ) {
    self.variable = variable
    self.source = source
    self.selector = selector
    self.isCount = isCount
    if case .key(let key)? = selector { keyCount = key.count } else { keyCount = -1 }
    var name = (isCount ? [UInt8(ascii: "&")] : []) + Array(variable.rawValue.utf8)
    if case .values(let slots) = source, slots.first == .matchedVars, !isCount {
      // These are reported under the names of the values that matched.
      prefix = ByteArena.empty
    } else {
      prefix = bytes.keep(name + [UInt8(ascii: ":")])
    }
    if case .key(let key)? = selector {
      name += [UInt8(ascii: ":")] + key
    } else if case .transactionVariable(let slot) = source {
      name += [UInt8(ascii: ":")] + keys.keys[slot]
    }
    self.name = bytes.keep(name)
  }
}

extension ValueSource {
  /// The source of `variable`, and whether a plain key is left to be compared.
  static func of(_ variable: VariableName, key: [UInt8]?, keys: inout TransactionKeyTable) -> ValueSource {
    keys.named.insert(variable)
    return switch variable {
    case .args: .values(CollectionPair(.argsGet, .argsPost))
    case .argsNames: .names(CollectionPair(.argsGet, .argsPost))
    case .argsGet: .values(CollectionPair(.argsGet))
    case .argsGetNames: .names(CollectionPair(.argsGet))
    case .argsPost: .values(CollectionPair(.argsPost))
    case .argsPostNames: .names(CollectionPair(.argsPost))
    case .requestHeaders: .values(CollectionPair(.requestHeaders))
    case .requestHeadersNames: .names(CollectionPair(.requestHeaders))
    case .requestCookies: .values(CollectionPair(.requestCookies))
    case .requestCookiesNames: .names(CollectionPair(.requestCookies))
    case .responseHeaders: .values(CollectionPair(.responseHeaders))
    case .responseHeadersNames: .names(CollectionPair(.responseHeaders))
    case .files: .values(CollectionPair(.files))
    case .filesNames: .names(CollectionPair(.files))
    case .filesSizes: .values(CollectionPair(.filesSizes))
    case .filesTmpnames: .values(CollectionPair(.filesTmpNames))
    case .filesTmpContent: .values(CollectionPair(.filesContent))
    case .multipartPartHeaders: .values(CollectionPair(.partHeaders))
    case .matchedVars: .values(CollectionPair(.matchedVars))
    case .matchedVarsNames: .names(CollectionPair(.matchedVars))
    case .env: .values(CollectionPair(.env))
    case .argsPath: .values(CollectionPair(.argsPath))
    case .responseArgs: .values(CollectionPair(.responseArgs))
    case .responseXml:
      key == attributePath ? .values(CollectionPair(.responseXMLAttributes)) : .values(CollectionPair(.responseXMLText))
    case .geo: .values(CollectionPair(.geo))
    case .ip: .values(CollectionPair(.ip))
    case .global: .values(CollectionPair(.global))
    case .session: .values(CollectionPair(.session))
    case .user: .values(CollectionPair(.user))
    case .resource: .values(CollectionPair(.resource))
    // Other XPaths are found by the compiler, which knows the rule's namespaces.
    case .xml, .requestXml: key == attributePath ? .values(CollectionPair(.xmlAttributes)) : .values(CollectionPair(.xmlText))
    case .tx:
      if let key { .transactionVariable(slot: keys.slot(of: lowercased(key))) } else { .transactionVariables }
    case .rule: .rule
    default:
      {
        keys.readScalars.insert(variable)
        return .scalar(variable)
      }()
    }
  }

  static let textPath = Array("/*".utf8)
  static let attributePath = Array("//@*".utf8)
}

extension CompiledTarget {
  /// Finds the variables of a pattern, so that no transaction has to.
  mutating func resolve(_ keys: TransactionKeyTable, _ scratch: RegexScratch, bytes: RuleBytes) {
    guard source == .transactionVariables else { return }
    let slots = keys.keys.indices.filter { slot in
      keys.keys[slot].withUnsafeBufferPointer { selector?.matches($0, scratch) ?? true }
    }
    pickedSlots = bytes.keep(slots.map { Int32($0) })
  }
}

/// A set of scalars. A plain value.
struct ScalarSet: Sendable, BitwiseCopyable {
  private var words: (UInt64, UInt64) = (0, 0)

  init() {}

  mutating func insert(_ name: VariableName) {
    let ordinal = UInt64(name.ordinal)
    precondition(ordinal < 128, "more variables than a ScalarSet holds")
    if ordinal < 64 { words.0 |= 1 << ordinal } else { words.1 |= 1 << (ordinal - 64) }
  }

  @inline(__always)
  func contains(_ name: VariableName) -> Bool {
    let ordinal = UInt64(truncatingIfNeeded: name.ordinal)
    return (ordinal < 64 ? words.0 >> ordinal : words.1 >> (ordinal & 63)) & 1 != 0
  }
}

/// Numbers the transaction variables that the rules name, so that a transaction finds them by index.
struct TransactionKeyTable: Sendable {
  private(set) var slots: [[UInt8]: Int] = [:]
  private(set) var keys: [[UInt8]] = []
  /// The variables that rules read: some are dear to make, and few rules read them.
  var named: Set<VariableName> = []
  /// The scalars that rules read, in targets or in macros.
  var readScalars = ScalarSet()

  /// Slots 0 to 9 are the captures.
  init() {
    for digit in UInt8(ascii: "0")...UInt8(ascii: "9") { _ = slot(of: [digit]) }
  }

  mutating func slot(of lowercasedKey: [UInt8]) -> Int {
    if let slot = slots[lowercasedKey] { return slot }
    slots[lowercasedKey] = keys.count
    keys.append(lowercasedKey)
    return keys.count - 1
  }
}
