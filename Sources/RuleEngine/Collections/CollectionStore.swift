import Synchronization

/// The records of `IP`, `SESSION`, `USER`, `GLOBAL` and `RESOURCE` across transactions, in bounded memory.
///
/// A transaction takes a snapshot of a record and hands its writes back at its end; nothing is locked in between. Safe from any task.
public final class CollectionStore: Sendable {
  private let shards: [Shard]
  private let limits: CollectionLimits

  /// Two generations instead of a list by age: when the young one is full it becomes the old one, and what is still in the old one
  /// then was not touched for a whole generation. Both together hold the shard's share of the limit.
  private struct Generations {
    var young: [CollectionKey: PersistentRecord] = [:]
    var old: [CollectionKey: PersistentRecord] = [:]
    /// What `young` holds, by `PersistentRecord.byteCount`.
    var youngBytes = 0
    var forgotten = 0

    /// - Parameters:
    ///   - count: records that a generation may hold.
    ///   - bytes: the same for bytes.
    mutating func put(_ record: PersistentRecord, for key: CollectionKey, count: Int, bytes: Int, at now: Int64) {
      let keyBytes = key.name.count
      if let before = young.updateValue(record, forKey: key) {
        youngBytes += record.byteCount - before.byteCount
      } else {
        youngBytes += record.byteCount + keyBytes
      }
      guard young.count > count || youngBytes > bytes else { return }
      forgotten += old.values.count { !$0.isExpired(at: now) }
      old = young
      young = [:]
      youngBytes = 0
    }
  }

  /// What one generation of a shard may hold.
  private var countShare: Int { max(limits.maximumRecords / shards.count / 2, 1) }
  private var byteShare: Int { max(limits.maximumBytes / shards.count / 2, 1) }

  private final class Shard: Sendable {
    let state = Mutex(Generations())
  }

  public init(limits: CollectionLimits = CollectionLimits()) {
    self.limits = limits
    shards = (0..<16).map { _ in Shard() }
  }

  /// Records in memory, expired ones not yet dropped among them.
  public var recordCount: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.young.count + $0.old.count } } }
  /// Records that were dropped for room before they expired.
  public var forgottenCount: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.forgotten } } }

  func key(_ collection: CollectionSlot, application: String, name: [UInt8]) -> CollectionKey {
    CollectionKey(collection: UInt8(collection.rawValue), name: Array(application.utf8) + [0] + name.prefix(limits.maximumKeyBytes))
  }

  /// The record as it is now, without what has expired; nil if there is none.
  func snapshot(_ key: CollectionKey, at now: Int64) -> PersistentRecord? {
    var record = shard(key).state.withLock { $0.young[key] ?? $0.old[key] }
    guard let found = record, !found.isExpired(at: now) else { return nil }
    record?.dropExpired(at: now)
    return record
  }

  /// Takes a transaction's writes over; each record's `UPDATE_COUNTER` rises by one.
  func apply(_ writes: [CollectionWrite], at now: Int64, timeout: Int) {
    var touched: Set<CollectionKey> = []
    for write in writes {
      let isFirst = touched.insert(write.record).inserted
      shard(write.record).state.withLock { state in
        var record = state.young[write.record] ?? state.old.removeValue(forKey: write.record)
        if record?.isExpired(at: now) == true { record = nil }
        var changed = record ?? PersistentRecord(now: now, timeout: Int64(timeout))
        changed.dropExpired(at: now)
        changed.apply(write.change, at: now, limits: limits)
        changed.updated = now
        if isFirst { changed.updateCount += 1 }
        state.put(changed, for: write.record, count: countShare, bytes: byteShare, at: now)
      }
    }
  }

  private func shard(_ key: CollectionKey) -> Shard {
    // Clients choose keys: Swift's seeded hash keeps them from choosing a shard.
    shards[key.hashValue & (shards.count - 1)]
  }

  // MARK: Across restarts

  /// Everything that has not expired, as bytes for a state file.
  public func encoded(at now: Int64) -> [UInt8] {
    var records: [(CollectionKey, PersistentRecord)] = []
    for shard in shards { shard.state.withLock { state in records += state.old.map { ($0, $1) } + state.young.map { ($0, $1) } } }
    return CollectionState.encode(records.filter { !$0.1.isExpired(at: now) })
  }

  /// Takes over what `encoded` gave.
  ///
  /// - Throws: `CollectionState.Damaged`; nothing is taken over then.
  public func restore(_ bytes: [UInt8]) throws(CollectionState.Damaged) {
    let records = try CollectionState.decode(bytes)
    for (key, record) in records {
      shard(key).state.withLock { $0.put(record, for: key, count: countShare, bytes: byteShare, at: record.updated) }
    }
  }
}
