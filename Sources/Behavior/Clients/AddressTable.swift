/// What is remembered of an address, or of an address and user agent together: how many clients, and what they turned out to be.
struct AddressState: Sendable {
  var tag: UInt64 = 0
  var clients: UInt32 = 0
  /// Clients whose evidence came to half a verdict.
  var suspicious: UInt32 = 0
  /// Clients with a session, and those of them that are suspicious.
  var sessions: UInt32 = 0
  var suspiciousSessions: UInt32 = 0
}

/// Addresses in a table of fixed size, one place each by hash; a collision takes the place over.
struct AddressTable {
  private var places: [AddressState]
  private let mask: UInt64

  init(capacity: Int) {
    var size = 1024
    while size < capacity { size *= 2 }
    places = Array(repeating: AddressState(), count: size)
    mask = UInt64(size - 1)
  }

  subscript(_ tag: UInt64) -> AddressState {
    get {
      let state = places[Int(mixed(tag) & mask)]
      return state.tag == tag ? state : AddressState(tag: tag)
    }
    set { places[Int(mixed(tag) & mask)] = newValue }
  }
}
