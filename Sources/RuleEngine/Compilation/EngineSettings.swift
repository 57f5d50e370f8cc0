import SecLang

/// What the rule files set of the engine; the defaults are those of a start without any file.
public struct EngineSettings: Sendable {
  /// `SecRuleEngine`.
  public var mode: EngineMode = .on
  /// `SecRequestBodyAccess`.
  public var isRequestBodyAccessed = true
  /// `SecRequestBodyLimit`: bytes of a whole body.
  public var requestBodyLimit = 13_107_200
  /// `SecRequestBodyNoFilesLimit`: bytes of a body without its file parts.
  public var requestBodyNoFilesLimit = 131_072
  /// `SecRequestBodyLimitAction`.
  public var requestBodyLimitAction: Setting.BodyLimitAction = .reject
  /// `SecRequestBodyJsonDepthLimit`: containers inside one another.
  public var jsonDepthLimit = 512
  /// `SecArgumentsLimit`: arguments of one request; further ones are dropped and counted.
  public var argumentsLimit = 1000
  /// `SecResponseBodyAccess`.
  public var isResponseBodyAccessed = false
  /// `SecResponseBodyLimit`: bytes.
  public var responseBodyLimit = 524_288
  public var responseBodyLimitAction: Setting.BodyLimitAction = .processPartial
  /// `SecResponseBodyMimeType`: media types without parameters, lower case.
  public var responseBodyMIMETypes = ["text/plain", "text/html", "text/xml"]
  /// `SecPcreMatchLimit`: backtracking steps of one match.
  public var pcreMatchLimit = 100_000
  /// `SecAuditEngine`; nil if no file sets it.
  public var auditMode: AuditMode?
  /// `SecAuditLogParts`; for records in ModSecurity's format.
  public var auditParts = AuditParts("ABCFHZ")
  /// `SecAuditLogRelevantStatus`: a regular expression over the status; nil if no file sets it.
  public var auditRelevantStatus: String?
  /// `SecArgumentSeparator`.
  public var argumentSeparator = UInt8(ascii: "&")
  /// `SecUploadFileLimit`: file parts of one request.
  public var uploadFileLimit = 100
  /// `SecUnicodeMapFile`: code point to byte.
  public var unicodeMap: [UInt16: UInt8]?
  /// `SecWebAppId`.
  public var webAppID = "default"
  /// `SecComponentSignature`, in order.
  public var componentSignatures: [String] = []
  /// `SecCollectionTimeout`: seconds that a persistent record lives after its last change.
  public var collectionTimeout = 3600

  /// `SecGeoLookupDb`: the path, and where it stands; nil if no file sets it.
  public var geoDatabase: (path: String, range: SourceRange)?

  public init() {}

  /// Takes over one directive; later ones win.
  mutating func apply(_ setting: Setting, at range: SourceRange) {
    switch setting {
    case .ruleEngine(let mode): self.mode = mode
    case .requestBodyAccess(let isOn): isRequestBodyAccessed = isOn
    case .responseBodyAccess(let isOn): isResponseBodyAccessed = isOn
    case .requestBodyLimit(let bytes): requestBodyLimit = bytes
    case .requestBodyNoFilesLimit(let bytes): requestBodyNoFilesLimit = bytes
    case .requestBodyLimitAction(let action): requestBodyLimitAction = action
    case .requestBodyJSONDepthLimit(let depth): jsonDepthLimit = depth
    case .argumentsLimit(let count): argumentsLimit = count
    case .responseBodyLimit(let bytes): responseBodyLimit = bytes
    case .responseBodyLimitAction(let action): responseBodyLimitAction = action
    case .responseBodyMIMETypes(let types): responseBodyMIMETypes = types
    case .responseBodyMIMETypesClear: responseBodyMIMETypes = []
    case .pcreMatchLimit(let steps): pcreMatchLimit = steps
    case .pcreMatchLimitRecursion: break  // PCRE2 bounds heap instead of recursion.
    case .auditEngine(let mode): auditMode = mode
    case .auditLogParts(let parts): auditParts = AuditParts(parts)
    case .auditLogRelevantStatus(let pattern): auditRelevantStatus = pattern
    case .argumentSeparator(let byte): argumentSeparator = byte
    case .cookieFormat: break  // Version 1 cookies were withdrawn by RFC 6265.
    case .unicodeMap(_, let mapping): unicodeMap = mapping
    case .collectionTimeout(let seconds): collectionTimeout = seconds
    case .componentSignature(let text): componentSignatures.append(text)
    case .webAppID(let id): webAppID = id
    case .geoDatabase(let path): geoDatabase = (path, range)
    case .uploadFileLimit(let count): uploadFileLimit = count
    case .xmlExternalEntity: break  // External entities are never resolved.
    case .dataset, .noEffect: break  // The rules that name a data set hold its entries.
    }
  }
}
