/// What a database file says about an address. Nil: the file does not say.
public struct AddressFacts: Sendable, Equatable {
  /// ISO 3166-1, two letters; the country of use, or else of registration.
  public var countryCode: String?
  public var countryName: String?
  /// `AF`, `AN`, `AS`, `EU`, `NA`, `OC`, `SA`.
  public var continentCode: String?
  /// ISO 3166-2 without the country.
  public var region: String?
  public var city: String?
  public var postalCode: String?
  /// Degrees.
  public var latitude: Double?
  public var longitude: Double?
  /// Of the autonomous system (RFC 1930).
  public var systemNumber: Int?
  public var systemName: String?
  /// Whether the network rents out servers.
  public var isHosting: Bool?

  public init() {}
}
