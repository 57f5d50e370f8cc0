import AddressFacts
import SecLang

/// The operators whose answer fills a collection, or asks for more than the value.
extension Transaction {
  @inline(never)
  func answer(_ question: CompiledOperator.Question?, about value: ByteView) -> OperatorResult {
    switch question {
    case nil: return .noMatch
    case .place: return lookUpPlace(of: value)
    case .path(let template): return take(template, from: value)
    case .blockList(let zone):
      guard let lists = options.blockLists, lists.isListed(Array(value), zone: zone, at: now) else { return .noMatch }
      return .match
    // True if the body is not as it should be.
    case .document(let validator): return validator.allows(xmlBody) ? .noMatch : .match
    }
  }

  /// `@restpath`: fills `ARGS_PATH` with the values of the template's names.
  private func take(_ template: PathTemplate, from value: ByteView) -> OperatorResult {
    let scratch = scratch.operators.regex
    switch scratch.firstMatch(template.pattern, in: value) {
    case .noMatch: return .noMatch
    case .limitReached: return .limitReached
    case .match: break
    }
    for (index, name) in template.names.enumerated() {
      guard let range = scratch.capture(index + 1) else { continue }
      memory.append(.argsPath, key: memory.arena.copy(name), value: ByteView(rebasing: value[range]))
    }
    return .match
  }

  /// `@geoLookup`: fills `GEO` with what the database says of an address.
  private func lookUpPlace(of address: ByteView) -> OperatorResult {
    guard let facts = options.geoDatabase?.facts(of: String(decoding: address, as: UTF8.self)) else { return .noMatch }
    memory.collections[CollectionSlot.geo.rawValue].removeAll()
    let members: [(String, String?)] = [
      ("COUNTRY_CODE", facts.countryCode), ("COUNTRY_NAME", facts.countryName), ("COUNTRY_CONTINENT", facts.continentCode),
      ("REGION", facts.region), ("CITY", facts.city), ("POSTAL_CODE", facts.postalCode),
      ("LATITUDE", facts.latitude.map { "\($0)" }), ("LONGITUDE", facts.longitude.map { "\($0)" }),
    ]
    for (key, value) in members {
      if let value { memory.append(.geo, key: memory.arena.copy(key), value: memory.arena.copy(value)) }
    }
    return .match
  }
}
