/// One record of a persistent collection, such as what is kept of one address in `IP`. A value.
struct PersistentRecord: Sendable, Equatable {
  struct Variable: Sendable, Equatable {
    var value: [UInt8]
    /// Epoch seconds from which on it is gone (`expirevar`); nil if it lives as long as the record.
    var expiry: Int64?
  }

  /// Epoch seconds.
  var created: Int64
  var updated: Int64
  /// Seconds that the record lives after its last update; `SecCollectionTimeout` unless `TIMEOUT` was set.
  var timeout: Int64
  /// Transactions that changed it.
  var updateCount: Int
  /// By lower-case name.
  var variables: [[UInt8]: Variable] = [:]

  init(now: Int64, timeout: Int64) {
    created = now
    updated = now
    self.timeout = timeout
    updateCount = 0
  }

  /// What it takes, roughly: the bytes of names and values, and 64 for itself and each variable.
  var byteCount: Int { variables.reduce(64) { $0 + $1.key.count + $1.value.value.count + 64 } }

  func isExpired(at now: Int64) -> Bool { now - updated >= timeout }

  /// Updates a minute since its creation, rounded down.
  func updateRate(at now: Int64) -> Int { updateCount * 60 / Int(max(now - created, 1)) }

  mutating func dropExpired(at now: Int64) {
    variables = variables.filter { $0.value.expiry.map { $0 > now } ?? true }
  }

  mutating func apply(_ change: CollectionWrite.Change, at now: Int64, limits: CollectionLimits) {
    switch change {
    case .set(let name, let value):
      if name == Self.timeoutName {
        timeout = Int64(max(value.withUnsafeBufferPointer { $0.leadingInteger }, 0))
        return
      }
      store(name, Array(value.prefix(limits.maximumValueBytes)), limits)
    case .add(let name, let amount):
      let old = variables[name].map { variable in variable.value.withUnsafeBufferPointer { $0.leadingInteger } } ?? 0
      store(name, Array(String(old &+ amount).utf8), limits)
    case .remove(let name): variables[name] = nil
    case .expire(let name, let seconds): variables[name]?.expiry = now + seconds
    }
  }

  private mutating func store(_ name: [UInt8], _ value: [UInt8], _ limits: CollectionLimits) {
    // A new value keeps the old one's end: a counter that counts on is still to be forgotten in time.
    guard variables[name] != nil || variables.count < limits.maximumVariables, name.count <= limits.maximumNameBytes else { return }
    variables[name] = Variable(value: value, expiry: variables[name]?.expiry)
  }

  static let timeoutName = Array("timeout".utf8)
}

/// What a transaction did to a persistent record. Counters are differences, so that transactions at the same time add up.
struct CollectionWrite: Sendable, Equatable {
  enum Change: Sendable, Equatable {
    case set(name: [UInt8], value: [UInt8])
    case add(name: [UInt8], amount: Int)
    case remove(name: [UInt8])
    case expire(name: [UInt8], seconds: Int64)
  }

  var record: CollectionKey
  var change: Change
}

/// Which record of which collection.
struct CollectionKey: Sendable, Hashable {
  var collection: UInt8
  /// `SecWebAppId`, a NUL, and what `initcol` named.
  var name: [UInt8]
}

/// Bounds on what persistent collections may hold, since clients choose their keys.
public struct CollectionLimits: Sendable {
  /// Records of all collections; beyond it those that were longest untouched go. 100,000 by default: at most a few hundred bytes each
  /// with the CRS's counters.
  public var maximumRecords = 100_000
  /// Bytes of all collections, by what their keys, names and values take and 64 for each beside; beyond it those that were longest
  /// untouched go. 256 MiB by default.
  public var maximumBytes = 256 * 1024 * 1024
  /// Variables of one record; further ones are not stored. 64 by default.
  public var maximumVariables = 64
  /// Bytes of one value; longer ones are cut. 1,024 by default.
  public var maximumValueBytes = 1024
  /// Bytes of a variable's name; variables with longer ones are not stored. 256 by default.
  public var maximumNameBytes = 256
  /// Bytes of a record's key; longer keys are cut. 512 by default.
  public var maximumKeyBytes = 512

  public init() {}
}
