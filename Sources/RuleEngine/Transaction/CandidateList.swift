/// Which values the prefilter let pass for which probe, by probe in order of arrival. Confined to the thread of its transaction.
struct CandidateList {
  struct Candidate: BitwiseCopyable {
    var probe: Int32
    /// Of the plan.
    var field: Int32
    /// In its collection.
    var position: Int32
    /// The next one of the same probe, or -1.
    var next: Int32
    /// Where the answer is kept for other transactions.
    var place = ValueCache.Place.none
  }

  var list = GrowingBuffer<Candidate>(capacity: 256)
  private(set) var count = 0
  private var firsts = GrowingBuffer<Int32>(capacity: 512)
  private var lasts = GrowingBuffer<Int32>(capacity: 512)
  private var swept = GrowingBuffer<UInt8>(capacity: 32)

  /// By probe; -1 where there is none.
  var first: UnsafeMutablePointer<Int32> {
    @inline(__always) get { firsts.base }
  }
  /// By group of the plan.
  var isSwept: UnsafeMutablePointer<UInt8> {
    @inline(__always) get { swept.base }
  }

  mutating func begin(_ plan: RulePlan) {
    count = 0
    list.shrink(to: 1 << 16)
    firsts.reserve(plan.probeCount)
    lasts.reserve(plan.probeCount)
    firsts.base.update(repeating: -1, count: plan.probeCount)
    swept.reserve(plan.groups.count)
    swept.base.update(repeating: 0, count: plan.groups.count)
  }

  @inline(__always)
  mutating func add(_ probe: Int, field: Int32, position: Int32, place: ValueCache.Place = .none) {
    let known = firsts.base[probe]
    if known >= 0 {
      // A value may pass with several of its texts.
      let last = list.base[Int(lasts.base[probe])]
      if last.field == field, last.position == position { return }
      list.base[Int(lasts.base[probe])].next = Int32(count)
    } else {
      firsts.base[probe] = Int32(count)
    }
    lasts.base[probe] = Int32(count)
    list.reserve(count + 1)
    list.base[count] = Candidate(probe: Int32(probe), field: field, position: position, next: -1, place: place)
    count += 1
  }

  func deallocate() {
    list.deallocate()
    firsts.deallocate()
    lasts.deallocate()
    swept.deallocate()
  }
}
