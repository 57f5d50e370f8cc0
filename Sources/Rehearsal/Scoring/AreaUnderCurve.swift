/// The chance that somebody who is guilty scores higher than somebody who is not; ties count half.
enum AreaUnderCurve {
  /// By ranks (Mann and Whitney 1947), O(n log n). Nil if one side is empty.
  ///
  /// - Parameter weight: how often a sample counts.
  static func of(_ samples: [(score: Double, isAbuse: Bool, weight: Double)]) -> Double? {
    let sorted = samples.sorted { $0.score < $1.score }
    let guilty = samples.reduce(0) { $0 + ($1.isAbuse ? $1.weight : 0) }
    let innocent = samples.reduce(0) { $0 + ($1.isAbuse ? 0 : $1.weight) }
    guard guilty > 0, innocent > 0 else { return nil }
    var below = 0.0
    var pairs = 0.0
    var index = 0
    while index < sorted.count {
      var end = index
      var tiedGuilty = 0.0
      var tiedInnocent = 0.0
      while end < sorted.count, sorted[end].score == sorted[index].score {
        if sorted[end].isAbuse { tiedGuilty += sorted[end].weight } else { tiedInnocent += sorted[end].weight }
        end += 1
      }
      pairs += tiedGuilty * (below + tiedInnocent / 2)
      below += tiedInnocent
      index = end
    }
    return pairs / (guilty * innocent)
  }
}
