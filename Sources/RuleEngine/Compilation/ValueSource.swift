import PatternScan
import SecLang

/// The collections in which a transaction keeps its values, by index.
enum CollectionSlot: Int, CaseIterable, Sendable {
  case argsGet, argsPost, requestHeaders, requestCookies, files, filesSizes, filesTmpNames, filesContent, partHeaders
  case responseHeaders, matchedVars, env, geo, ip, global, session, user, resource, xmlText, xmlAttributes
  case argsPath, responseArgs, responseXMLText, responseXMLAttributes
}

/// Where a variable's values come from, decided once at load.
enum ValueSource: Equatable, Sendable {
  /// One value that the transaction computes before its phase.
  case scalar(VariableName)
  /// The values of one or two collections.
  case values([CollectionSlot])
  /// The keys of one or two collections, each as a value.
  case names([CollectionSlot])
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
      switch slots[0] {
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

/// A key or a pattern that picks values of a collection.
enum CompiledSelector: Sendable {
  /// Lower case.
  case key([UInt8])
  /// A pattern that is a plain text, in lower case, somewhere or at the beginning.
  case containing([UInt8])
  case beginning([UInt8])
  case regex(RegexPattern)

  /// - Throws: PCRE2's reason.
  static func pattern(_ bytes: [UInt8]) throws(RegexError) -> CompiledSelector {
    let isAnchored = bytes.first == UInt8(ascii: "^")
    let text = isAnchored ? bytes.dropFirst() : bytes[...]
    let isPlain = text.allSatisfy { $0 == 0x5F || $0 == 0x2D || $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 }
    if isPlain, !text.isEmpty { return isAnchored ? .beginning(lowercased(Array(text))) : .containing(lowercased(Array(text))) }
    return .regex(try RegexPattern(bytes, options: [.caseInsensitive, .dotAll, .dollarEndOnly]))
  }

  func matches(_ key: ByteView, _ scratch: RegexScratch) -> Bool {
    switch self {
    case .key(let bytes): key.equalsIgnoringCase(bytes)
    case .beginning(let bytes): key.count >= bytes.count && ByteView(rebasing: key[..<bytes.count]).equalsIgnoringCase(bytes)
    case .containing(let bytes):
      key.count >= bytes.count
        && (0...(key.count - bytes.count)).contains {
          lowercase(key[$0]) == bytes[0] && ByteView(rebasing: key[$0..<($0 + bytes.count)]).equalsIgnoringCase(bytes)
        }
    case .regex(let pattern): scratch.firstMatch(pattern, in: key) == .match
    }
  }
}

/// One target of a rule, ready to be asked.
final class CompiledTarget: @unchecked Sendable {
  // Unchecked for the views, which the rule set keeps and nothing changes, and for the slots, which are set before it is shared.
  let variable: VariableName
  let source: ValueSource
  let selector: CompiledSelector?
  let isCount: Bool
  /// The name as reports show it where there is no key of a value: `REQUEST_URI`, `&ARGS:a`, `TX:score`.
  let name: ByteView
  /// What stands before the key of a value in reports: `ARGS:`.
  let prefix: ByteView
  /// `TX` as a whole or by a pattern: the slots of those variables that rules name and the target picks. Set when all are known.
  private(set) var pickedSlots: [Int32] = []

  init(
    variable: VariableName, source: ValueSource, selector: CompiledSelector?, isCount: Bool, keys: TransactionKeyTable, bytes: RuleBytes
  ) {
    self.variable = variable
    self.source = source
    self.selector = selector
    self.isCount = isCount
    var name = (isCount ? [UInt8(ascii: "&")] : []) + Array(variable.rawValue.utf8)
    if case .values(let slots) = source, slots[0] == .matchedVars, !isCount {
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
    case .args: .values([.argsGet, .argsPost])
    case .argsNames: .names([.argsGet, .argsPost])
    case .argsGet: .values([.argsGet])
    case .argsGetNames: .names([.argsGet])
    case .argsPost: .values([.argsPost])
    case .argsPostNames: .names([.argsPost])
    case .requestHeaders: .values([.requestHeaders])
    case .requestHeadersNames: .names([.requestHeaders])
    case .requestCookies: .values([.requestCookies])
    case .requestCookiesNames: .names([.requestCookies])
    case .responseHeaders: .values([.responseHeaders])
    case .responseHeadersNames: .names([.responseHeaders])
    case .files: .values([.files])
    case .filesNames: .names([.files])
    case .filesSizes: .values([.filesSizes])
    case .filesTmpnames: .values([.filesTmpNames])
    case .filesTmpContent: .values([.filesContent])
    case .multipartPartHeaders: .values([.partHeaders])
    case .matchedVars: .values([.matchedVars])
    case .matchedVarsNames: .names([.matchedVars])
    case .env: .values([.env])
    case .argsPath: .values([.argsPath])
    case .responseArgs: .values([.responseArgs])
    case .responseXml: key == attributePath ? .values([.responseXMLAttributes]) : .values([.responseXMLText])
    case .geo: .values([.geo])
    case .ip: .values([.ip])
    case .global: .values([.global])
    case .session: .values([.session])
    case .user: .values([.user])
    case .resource: .values([.resource])
    // Other XPaths are found by the compiler, which knows the rule's namespaces.
    case .xml, .requestXml: key == attributePath ? .values([.xmlAttributes]) : .values([.xmlText])
    case .tx:
      if let key { .transactionVariable(slot: keys.slot(of: lowercased(key))) } else { .transactionVariables }
    case .rule: .rule
    default: .scalar(variable)
    }
  }

  static let textPath = Array("/*".utf8)
  static let attributePath = Array("//@*".utf8)
}

extension CompiledTarget {
  /// Finds the variables of a pattern, so that no transaction has to.
  func resolve(_ keys: TransactionKeyTable, _ scratch: RegexScratch) {
    guard source == .transactionVariables else { return }
    pickedSlots = keys.keys.indices.filter { slot in
      keys.keys[slot].withUnsafeBufferPointer { selector?.matches($0, scratch) ?? true }
    }
    .map { Int32($0) }
  }
}

/// Numbers the transaction variables that the rules name, so that a transaction finds them by index.
struct TransactionKeyTable: Sendable {
  private(set) var slots: [[UInt8]: Int] = [:]
  private(set) var keys: [[UInt8]] = []
  /// The variables that rules read: some are dear to make, and few rules read them.
  var named: Set<VariableName> = []

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
