/// A directive that sets something of the engine, with its argument parsed.
public enum Setting: Sendable {
  case ruleEngine(EngineMode)
  case requestBodyAccess(Bool)
  case responseBodyAccess(Bool)
  /// Bytes of a whole request body.
  case requestBodyLimit(Int)
  /// Bytes of a request body without file parts.
  case requestBodyNoFilesLimit(Int)
  case requestBodyLimitAction(BodyLimitAction)
  case requestBodyJSONDepthLimit(Int)
  case argumentsLimit(Int)
  case responseBodyLimit(Int)
  case responseBodyLimitAction(BodyLimitAction)
  /// Media types without parameters, lower case.
  case responseBodyMIMETypes([String])
  case responseBodyMIMETypesClear
  case pcreMatchLimit(Int)
  case pcreMatchLimitRecursion(Int)
  case auditEngine(AuditMode)
  case auditLogParts(String)
  case auditLogRelevantStatus(String)
  case argumentSeparator(UInt8)
  case cookieFormat(Int)
  /// The file's mapping for one code page: code point to byte.
  case unicodeMap(codePage: Int, mapping: [UInt16: UInt8])
  case collectionTimeout(seconds: Int)
  case componentSignature(String)
  case webAppID(String)
  /// A database in MaxMind's format; the path as written, relative to the rule file.
  case geoDatabase(path: String)
  case uploadFileLimit(Int)
  /// Entries for `@pmFromDataset` and `@ipMatchFromDataset`, blanks at their ends taken off.
  case dataset(name: String, lines: [[UInt8]])
  case xmlExternalEntity(Bool)
  /// Accepted, kept for the record, and without effect on this engine (log and storage paths, signatures and the like).
  case noEffect([String])

  public enum BodyLimitAction: String, Sendable { case reject = "Reject", processPartial = "ProcessPartial" }
}
