import CMaxMindDB
import Glibc

/// A file of facts about addresses in MaxMind's DB format, such as GeoLite2-City or GeoLite2-ASN; memory-mapped, read-only.
///
/// Safe from any task: a lookup changes nothing.
public final class GeoDatabase: @unchecked Sendable {
  // Unchecked: the handle is written by `init` and `deinit` alone, and libmaxminddb documents concurrent lookups as safe.
  private let handle: UnsafeMutablePointer<MMDB_s>

  /// Why a file cannot be used. The operator's to mend.
  public struct OpenError: Error, Sendable, CustomStringConvertible {
    public let path: String
    public let reason: String
    public var description: String { "\(path): \(reason)" }
  }

  public init(path: String) throws(OpenError) {
    let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
    let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), handle)
    guard status == MMDB_SUCCESS else {
      handle.deallocate()
      throw OpenError(path: path, reason: String(cString: MMDB_strerror(status)))
    }
    self.handle = handle
  }

  deinit {
    MMDB_close(handle)
    handle.deallocate()
  }

  /// What the file calls itself, such as `GeoLite2-City`.
  public var type: String { String(cString: handle.pointee.metadata.database_type) }

  /// What is known of an IPv4 or IPv6 address in text; nil if nothing is, or if the text is no address.
  public func facts(of address: String) -> AddressFacts? {
    var resolverError: Int32 = 0
    var status: Int32 = 0
    let found = MMDB_lookup_string(handle, address, &resolverError, &status)
    guard resolverError == 0, status == MMDB_SUCCESS, found.found_entry else { return nil }
    var entry = found.entry
    var facts = AddressFacts()
    facts.countryCode = text(&entry, "country", "iso_code") ?? text(&entry, "registered_country", "iso_code")
    facts.countryName = text(&entry, "country", "names", "en") ?? text(&entry, "registered_country", "names", "en")
    facts.continentCode = text(&entry, "continent", "code")
    facts.region = text(&entry, "subdivisions", "0", "iso_code")
    facts.city = text(&entry, "city", "names", "en")
    facts.postalCode = text(&entry, "postal", "code")
    facts.latitude = number(&entry, "location", "latitude")
    facts.longitude = number(&entry, "location", "longitude")
    facts.systemNumber = integer(&entry, "autonomous_system_number")
    facts.systemName = text(&entry, "autonomous_system_organization")
    facts.isHosting = flag(&entry, "is_hosting_provider") ?? flag(&entry, "traits", "is_hosting_provider")
    return facts
  }

  private func flag(_ entry: inout MMDB_entry_s, _ path: String...) -> Bool? {
    guard let data = value(&entry, path), data.type == MMDB_DATA_TYPE_BOOLEAN else { return nil }
    return data.boolean
  }

  private func text(_ entry: inout MMDB_entry_s, _ path: String...) -> String? {
    guard let data = value(&entry, path), data.type == MMDB_DATA_TYPE_UTF8_STRING, let start = data.utf8_string else { return nil }
    // Not terminated: the size is the file's.
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(data.data_size))
    return String(decoding: bytes, as: UTF8.self)
  }

  private func number(_ entry: inout MMDB_entry_s, _ path: String...) -> Double? {
    guard let data = value(&entry, path), data.type == MMDB_DATA_TYPE_DOUBLE else { return nil }
    return data.double_value
  }

  private func integer(_ entry: inout MMDB_entry_s, _ path: String...) -> Int? {
    guard let data = value(&entry, path), data.type == MMDB_DATA_TYPE_UINT32 else { return nil }
    return Int(data.uint32)
  }

  private func value(_ entry: inout MMDB_entry_s, _ path: [String]) -> MMDB_entry_data_s? {
    var data = MMDB_entry_data_s()
    let words = path.map { strdup($0) }
    defer { words.forEach { free($0) } }
    let pointers = words.map { UnsafePointer($0) } + [nil]
    guard MMDB_aget_value(&entry, &data, pointers) == MMDB_SUCCESS, data.has_data else { return nil }
    return data
  }
}
