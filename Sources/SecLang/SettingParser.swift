/// Directives that set something of the engine.
extension RuleSetParser {
  mutating func setting(_ line: DirectiveLine) -> Setting? {
    let name = line.name.value
    if let kind = name.inertness {
      return inert(line, kind)
    }
    switch name {
    case .responseBodyMimeType: return mediaTypes(line)
    case .unicodeMapFile: return unicodeMap(line)
    case .dataset: return dataset(line)
    case .responseBodyMimeTypesClear:
      return arguments(of: line, 0...0, "no argument").map { _ in .responseBodyMIMETypesClear }
    default: break
    }
    guard let word = arguments(of: line, 1...1, "one argument")?.first else { return nil }
    let value = word.value
    guard !value.isEmpty else {
      sink.badArgument(word.outer, expected: "an argument")
      return nil
    }
    return switchSetting(name, value) ?? numberSetting(name, value) ?? textSetting(name, value)
  }

  /// Settings that are one of a few words.
  private mutating func switchSetting(_ name: DirectiveName, _ value: TextSlice) -> Setting? {
    switch name {
    case .ruleEngine: value.engineMode(into: &sink).map { .ruleEngine($0) }
    case .requestBodyAccess: value.onOff(into: &sink).map { .requestBodyAccess($0) }
    case .responseBodyAccess: value.onOff(into: &sink).map { .responseBodyAccess($0) }
    case .auditEngine: value.auditMode(into: &sink).map { .auditEngine($0) }
    case .requestBodyLimitAction: limitAction(value).map { .requestBodyLimitAction($0) }
    case .responseBodyLimitAction: limitAction(value).map { .responseBodyLimitAction($0) }
    case .xmlExternalEntity: value.onOff(into: &sink).map { externalEntity($0, value) }
    case .auditLogType: word(value, ["Serial", "Concurrent", "HTTPS"])
    case .auditLogFormat: word(value, ["JSON", "Native"])
    case .uploadKeepFiles: word(value, ["On", "Off", "RelevantOnly"])
    case .statusEngine, .tmpSaveUploadedFiles: word(value, ["On", "Off"])
    default: nil
    }
  }

  private mutating func numberSetting(_ name: DirectiveName, _ value: TextSlice) -> Setting? {
    let bytes = "a number of bytes"
    switch name {
    case .requestBodyLimit: return value.integer(bytes, into: &sink).map { .requestBodyLimit($0) }
    case .requestBodyNoFilesLimit: return value.integer(bytes, into: &sink).map { .requestBodyNoFilesLimit($0) }
    case .responseBodyLimit: return value.integer(bytes, into: &sink).map { .responseBodyLimit($0) }
    case .requestBodyInMemoryLimit: return value.integer(bytes, into: &sink).map { _ in .noEffect([value.string]) }
    case .requestBodyJsonDepthLimit:
      return value.integer("a depth, at least 1", in: 1...Int.max, into: &sink).map { .requestBodyJSONDepthLimit($0) }
    case .argumentsLimit: return value.integer("a number of arguments", into: &sink).map { .argumentsLimit($0) }
    case .pcreMatchLimit: return value.integer("a number of steps", into: &sink).map { .pcreMatchLimit($0) }
    case .pcreMatchLimitRecursion: return value.integer("a number of steps", into: &sink).map { .pcreMatchLimitRecursion($0) }
    case .cookieFormat: return value.integer("0 or 1", in: 0...1, into: &sink).map { .cookieFormat($0) }
    case .collectionTimeout: return value.integer("a number of seconds", into: &sink).map { .collectionTimeout(seconds: $0) }
    case .uploadFileLimit: return value.integer("a number of files", into: &sink).map { .uploadFileLimit($0) }
    case .debugLogLevel: return value.integer("a level, 0 to 9", in: 0...9, into: &sink).map { _ in .noEffect([value.string]) }
    case .auditLogFileMode, .auditLogDirMode, .uploadFileMode:
      let isOctal = value.count <= 5 && value.bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x37 }
      if isOctal || value.equals("default") { return .noEffect([value.string]) }
      sink.badArgument(value, expected: "a file mode in octal, or default")
      return nil
    default: return nil
    }
  }

  private mutating func textSetting(_ name: DirectiveName, _ value: TextSlice) -> Setting? {
    switch name {
    case .auditLogParts:
      if value.isAuditParts { return .auditLogParts(value.string) }
      sink.badArgument(value, expected: "audit log parts, A to K and Z")
      return nil
    case .argumentSeparator:
      if value.count == 1, let byte = value.bytes.first { return .argumentSeparator(byte) }
      sink.badArgument(value, expected: "one byte")
      return nil
    case .auditLogRelevantStatus: return .auditLogRelevantStatus(value.string)
    case .componentSignature: return .componentSignature(value.string)
    case .webAppId: return .webAppID(value.string)
    case .geoLookupDb: return .geoDatabase(path: FilePath.resolve(value.string, relativeTo: value.text.file))
    case .auditLog, .auditLog2, .auditLogStorageDir, .debugLog, .tmpDir, .dataDir, .uploadDir, .serverSignature, .sensorId:
      return .noEffect([value.string])
    default: return nil
    }
  }

  private mutating func limitAction(_ value: TextSlice) -> Setting.BodyLimitAction? {
    if value.equals("Reject") { return .reject }
    if value.equals("ProcessPartial") { return .processPartial }
    sink.badArgument(value, expected: "Reject or ProcessPartial")
    return nil
  }

  private mutating func word(_ value: TextSlice, _ words: [StaticString]) -> Setting? {
    if words.contains(where: { value.equals($0) }) { return .noEffect([value.string]) }
    sink.badArgument(value, expected: words.map(\.description).joined(separator: ", "))
    return nil
  }

  private mutating func externalEntity(_ isOn: Bool, _ value: TextSlice) -> Setting {
    if isOn { sink.report(.ignoredDirective, .warning, "external entities are never resolved", at: value.range) }
    return .xmlExternalEntity(isOn)
  }

  private mutating func mediaTypes(_ line: DirectiveLine) -> Setting? {
    guard let words = arguments(of: line, 1...Int.max, "media types") else { return nil }
    var types: [String] = []
    for word in words {
      let value = word.value
      // Parameters take no part in the comparison.
      let bare = value.part(value.lower, value.firstIndex(of: 0x3b) ?? value.upper)
      for type in bare.split(at: \.isBlank) where !type.isEmpty {
        guard type.firstIndex(of: .slash) != nil || type.equals("(null)") else {
          sink.badArgument(type, expected: "a media type such as text/html")
          return nil
        }
        types.append(type.string.lowercased())
      }
    }
    return .responseBodyMIMETypes(types)
  }

  /// A name and a block of entries; for the operators that name a data set, which must stand behind it.
  private mutating func dataset(_ line: DirectiveLine) -> Setting? {
    guard let word = arguments(of: line, 1...1, "a name, and entries between back quotes")?.first else { return nil }
    guard let block = line.block else {
      sink.report(.syntaxError, "SecDataset: expected entries between back quotes after the name", at: line.end)
      return nil
    }
    let lines = block.compactMap { line -> [UInt8]? in
      var entry = line
      while let last = entry.last, last.isBlank { entry.removeLast() }
      entry = entry.drop(while: \.isBlank)
      return entry.isEmpty || entry.first == 0x23 ? nil : Array(entry)
    }
    if lines.isEmpty { sink.report(.emptyDataFile, .warning, "the data set \(word.value.string) holds no entry", at: word.outer.range) }
    datasets[word.value.string] = lines
    return .dataset(name: word.value.string, lines: lines)
  }

  private mutating func unicodeMap(_ line: DirectiveLine) -> Setting? {
    guard let words = arguments(of: line, 1...2, "a path and a code page") else { return nil }
    var page = codePage
    if words.count == 2 {
      page = words[1].value.integer("the number of a code page", into: &sink)
      if page == nil { return nil }
    }
    guard let page else {
      sink.report(.syntaxError, "SecUnicodeMapFile: expected the number of a code page after the path", at: line.end)
      return nil
    }
    let name = words[0].value
    let path = FilePath.resolve(name.string, relativeTo: name.text.file)
    guard let bytes = readData(path, at: name.range) else { return nil }
    let mapping = DataFile.codePoints(of: bytes, codePage: page)
    if mapping.isEmpty {
      sink.report(.emptyDataFile, .warning, "\(path) maps nothing for code page \(page)", at: name.range)
    }
    return .unicodeMap(codePage: page, mapping: mapping)
  }

  private mutating func inert(_ line: DirectiveLine, _ kind: DirectiveName.Inertness) -> Setting? {
    let name = line.name.value
    switch kind {
    case .refused:
      sink.report(.refusedFeature, "\(name.rawValue) is not supported: rules come from local files and run no programs", at: line.range)
    case .ignored:
      sink.report(.ignoredDirective, .warning, "\(name.rawValue) has no effect here", at: line.range)
    case .otherEngine:
      sink.report(.ignoredDirective, .warning, "\(name.rawValue) is known to Coraza only and has no effect here", at: line.range)
    }
    if name == .unicodeCodePage, let number = line.arguments.first?.value.number { codePage = number }
    return .noEffect(line.arguments.map(\.value.string))
  }
}

extension DirectiveName {
  enum Inertness { case refused, ignored, otherEngine }

  /// Why a directive does nothing in this engine, if its author ought to know. Storage paths and the like are not meant.
  var inertness: Inertness? {
    switch self {
    case .remoteRules, .ruleScript: .refused
    case .rxPreFilter, .ignoreRuleCompilationErrors: .otherEngine
    case .remoteRulesFailAction, .cookieV0Separator, .unicodeCodePage, .httpBlKey, .gsbLookupDb, .contentInjection,
      .streamInBodyInspection, .streamOutBodyInspection, .hashEngine, .hashKey, .hashParam, .hashMethodRx, .hashMethodPm,
      .rulePerfTime, .connEngine, .auditLogPrefix, .parseXmlIntoArgs, .requestEncoding, .connReadStateLimit, .connWriteStateLimit,
      .readStateLimit, .writeStateLimit, .guardianLog,
      .chrootDir, .disableBackendCompression, .ruleInheritance, .interceptOnError, .cacheTransformations:
      .ignored
    default: nil
    }
  }
}
