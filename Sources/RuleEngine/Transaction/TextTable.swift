import PatternScan
import SecLang

/// The texts of one transaction: each value as it came and after each list of transformations that a rule asked for, each distinct
/// text once, with the prefilter's answer to it.
///
/// Values have numbers; texts have indexes. A part of the transaction's memory, and freed by it; reused by the next transaction.
struct TextTable {
  private struct Text {
    var start: UnsafePointer<UInt8>
    var count: Int
    /// `ByteTraits`, or 0 while unknown.
    var traits: UInt32
    /// The row of the prefilter's answer, or -1 while unknown, and the banks that are in it, as bits.
    var row: Int32
    var banks: UInt32
    /// The text whose answer holds for this one too: itself, or one that differs in case alone.
    var owner: Int32
  }

  private var texts = GrowingBuffer<Text>(capacity: 512)
  private var textCount = 0
  private var answers = GrowingBuffer<SIMD4<UInt64>>(capacity: 1024)
  private var answerCount = 0
  /// By value number: the index of the text as it came, or -1.
  private var originals = GrowingBuffer<Int32>(capacity: 512)
  /// By value number: where the indexes by node begin in `byNode`, or -1.
  private var places = GrowingBuffer<Int32>(capacity: 512)
  private var valueCount = 0
  private var byNode = GrowingBuffer<Int32>(capacity: 4096)
  private var nodeUse = 0

  private var nodes: UnsafeMutablePointer<NodeFacts.Fact>?
  private var nodeCount = 0
  private var filter: GramFilter.Banks?
  private var bankCount = 0

  func deallocate() {
    texts.deallocate()
    answers.deallocate()
    originals.deallocate()
    places.deallocate()
    byNode.deallocate()
  }

  mutating func begin(_ plan: RulePlan) {
    nodes = plan.nodes.facts
    nodeCount = plan.nodes.count
    filter = plan.filter.banks
    bankCount = plan.filter.bankCount
  }

  mutating func reset() {
    textCount = 0
    answerCount = 0
    valueCount = 0
    nodeUse = 0
    texts.shrink(to: 1 << 14)
    answers.shrink(to: 1 << 15)
    originals.shrink(to: 1 << 14)
    places.shrink(to: 1 << 14)
    byNode.shrink(to: 1 << 19)
  }

  @inline(__always)
  func view(_ text: Int32) -> ByteView {
    let text = texts.base[Int(text)]
    return ByteView(start: text.start, count: text.count)
  }

  /// `ByteTraits` of a text.
  @inline(__always)
  func traits(of text: Int32) -> UInt32 { texts.base[Int(text)].traits }

  /// The index of value `id` as it came.
  @inline(__always)
  mutating func original(_ id: Int32, _ value: ByteView) -> Int32 {
    if Int(id) < valueCount {
      let known = originals.base[Int(id)]
      if known >= 0 { return known }
    }
    return addOriginal(Int(id), value)
  }

  private mutating func addOriginal(_ id: Int, _ value: ByteView) -> Int32 {
    if id >= valueCount {
      originals.reserve(id + 1)
      places.reserve(id + 1)
      (originals.base + valueCount).update(repeating: -1, count: id + 1 - valueCount)
      (places.base + valueCount).update(repeating: -1, count: id + 1 - valueCount)
      valueCount = id + 1
    }
    let text = add(value, owner: nil)
    originals.base[id] = text
    return text
  }

  private mutating func add(_ value: ByteView, owner: Int32?) -> Int32 {
    let index = Int32(textCount)
    textCount += 1
    texts.reserve(textCount)
    texts.base[Int(index)] = Text(
      start: value.baseAddress ?? ByteArena.empty.baseAddress!, count: value.count, traits: ByteTraits.of(value).rawValue, row: -1,
      banks: 0,
      owner: owner ?? index)
    return index
  }

  /// The index of the text that value `id` is after the list that ends at `node`.
  ///
  /// - Parameter transform: makes the text of a node from its parent's; nil if it is the same.
  @inline(__always)
  mutating func text(_ id: Int32, _ value: ByteView, node: Int, transform: (TransformationName, ByteView) -> ByteView?) -> Int32 {
    let original = original(id, value)
    guard node > 0, let nodes, texts.base[Int(original)].traits & nodes[node].pathTraits != 0 else { return original }
    let place = place(of: id)
    let known = byNode.base[place + node]
    if known >= 0 { return known }
    // Back to the last ancestor that is known, and forward again.
    var path: (Int16, Int16, Int16, Int16, Int16, Int16, Int16, Int16, Int16, Int16, Int16, Int16) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &path) { path in
      let path = path.assumingMemoryBound(to: Int16.self)
      var depth = 0
      var ancestor = node
      var text = original
      while ancestor > 0 {
        let known = byNode.base[place + ancestor]
        if known >= 0 {
          text = known
          break
        }
        if depth == path.count {
          // Longer lists than the CRS has take the slow way.
          text = self.text(id, value, node: ancestor, transform: transform)
          break
        }
        path[depth] = Int16(truncatingIfNeeded: ancestor)
        depth += 1
        ancestor = Int(nodes[ancestor].parent)
      }
      while depth > 0 {
        depth -= 1
        let node = Int(path[depth])
        if nodes[node].traits & texts.base[Int(text)].traits != 0, let changed = transform(nodes[node].transformation, view(text)) {
          text = add(changed, owner: nodes[node].folds ? texts.base[Int(text)].owner : nil)
        }
        byNode.base[place + node] = text
      }
      return text
    }
  }

  /// Where the texts of value `id` by node begin.
  @inline(__always)
  private mutating func place(of id: Int32) -> Int {
    let place = Int(places.base[Int(id)])
    return place >= 0 ? place : addPlace(Int(id))
  }

  private mutating func addPlace(_ id: Int) -> Int {
    let place = nodeUse
    nodeUse += nodeCount
    byNode.reserve(nodeUse)
    (byNode.base + place).update(repeating: -1, count: nodeCount)
    places.base[id] = Int32(place)
    return place
  }

  /// One bank of the prefilter's answer to a text: a bit for each probe.
  @inline(__always)
  mutating func answer(_ text: Int32, bank: Int) -> UnsafePointer<SIMD4<UInt64>> {
    let owner = Int(texts.base[Int(text)].owner)
    if texts.base[owner].banks & 1 << UInt32(truncatingIfNeeded: bank) == 0 { scan(owner, bank) }
    return UnsafePointer(answers.base + Int(texts.base[owner].row) * bankCount + bank)
  }

  private mutating func scan(_ text: Int, _ bank: Int) {
    guard let filter else { return }
    if texts.base[text].row < 0 {
      texts.base[text].row = Int32(answerCount)
      answerCount += 1
      answers.reserve(answerCount * bankCount)
    }
    let answer = answers.base + Int(texts.base[text].row) * bankCount + bank
    answer.withMemoryRebound(to: UInt64.self, capacity: 4) { filter.scan(view(Int32(text)), bank: bank, into: $0) }
    texts.base[text].banks |= 1 << UInt32(truncatingIfNeeded: bank)
  }
}
