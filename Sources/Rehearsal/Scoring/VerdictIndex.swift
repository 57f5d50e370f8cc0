/// Finds the records that cover a row of truth.
///
/// Records that give the same keys, and addresses of the same length, form a shape; a row is looked up once in each shape, so that
/// the cost follows the number of shapes (a handful) and not of records.
struct VerdictIndex {
  private struct Shape: Hashable {
    /// Bits of the address; nil for none, -1 for what is no address.
    var addressLength: Int?
    var isV6 = false
    var hasUserAgent: Bool
    var hasSession: Bool
    var hasKey: Bool
  }

  private struct Place: Hashable {
    var address: VerdictRecord.AddressKey?
    var userAgent: String?
    var session: String?
    var key: String?
  }

  private var shapes: [Shape: [Place: [Int]]] = [:]
  /// How sessions and keys are hidden in output, so that both spellings are found.
  private let hash: (String) -> String

  init(_ records: [VerdictRecord], hash: @escaping (String) -> String) {
    self.hash = hash
    for (index, record) in records.enumerated() {
      var shape = Shape(
        hasUserAgent: record.userAgent != nil, hasSession: record.session != nil, hasKey: record.key != nil)
      switch record.address {
      case .prefix(let bytes, let length):
        shape.addressLength = length
        shape.isV6 = bytes.count == 16
      case .text: shape.addressLength = -1
      case nil: break
      }
      let place = Place(address: record.address, userAgent: record.userAgent, session: record.session, key: record.key)
      shapes[shape, default: [:]][place, default: []].append(index)
    }
  }

  /// Indices of all records of which every given key agrees with the row.
  func records(covering row: TruthRow) -> [Int] {
    var found: [Int] = []
    let address = AddressPrefix(row.ip)
    for (shape, places) in shapes {
      var place = Place()
      switch shape.addressLength {
      case nil: break
      case -1: place.address = .text(row.ip)
      case let length?:
        guard let address, (address.bytes.count == 16) == shape.isV6 else { continue }
        let network = address.network(length)
        place.address = .prefix(bytes: network.bytes, length: length)
      }
      if shape.hasUserAgent { place.userAgent = row.userAgent }
      for session in shape.hasSession ? spellings(row.session) : [nil] {
        for key in shape.hasKey ? spellings(row.key) : [nil] {
          place.session = session
          place.key = key
          if let records = places[place] { found += records }
        }
      }
    }
    return found
  }

  private func spellings(_ identity: String) -> [String?] { identity == "-" ? [identity] : [identity, hash(identity)] }
}
