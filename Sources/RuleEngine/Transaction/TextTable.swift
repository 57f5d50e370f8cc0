import PatternScan
import SecLang

/// The texts of one transaction: each value as it came and after each list of transformations that a rule asked for, each distinct
/// text once, with the prefilter's answer to it.
///
/// Values have numbers; texts have indexes. Confined to the thread of the transaction; reused by the next one.
final class TextTable {
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
  private var filter: GramFilter?
  private var bankCount = 0

  deinit {
    texts.deallocate()
    answers.deallocate()
    originals.deallocate()
    places.deallocate()
    byNode.deallocate()
  }

  func begin(_ plan: RulePlan) {
    nodes = plan.nodes.facts
    nodeCount = plan.nodes.count
    filter = plan.filter
    bankCount = plan.filter.bankCount
  }

  func reset() {
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

  /// The index of the text that value `id` is after the list that ends at `node`.
  ///
  /// - Parameter transform: makes the text of a node from its parent's; nil if it is the same.
  @inline(__always)
  func text(_ id: Int32, _ value: ByteView, node: Int, transform: (TransformationName, ByteView) -> ByteView?) -> Int32 {
    let original = original(id, value)
    guard node > 0, let nodes, texts.base[Int(original)].traits & nodes[node].pathTraits != 0 else { return original }
    return transformedText(id, original, node, nodes, transform)
  }

  /// The index of value `id` as it came.
  @inline(__always)
  func original(_ id: Int32, _ value: ByteView) -> Int32 {
    if Int(id) < valueCount {
      let known = originals.base[Int(id)]
      if known >= 0 { return known }
    }
    return addOriginal(Int(id), value)
  }

  private func addOriginal(_ id: Int, _ value: ByteView) -> Int32 {
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

  private func add(_ value: ByteView, owner: Int32?) -> Int32 {
    let index = Int32(textCount)
    textCount += 1
    texts.reserve(textCount)
    texts.base[Int(index)] = Text(
      start: value.baseAddress ?? ByteArena.empty.baseAddress!, count: value.count, traits: ByteTraits.of(value).rawValue, row: -1,
      banks: 0,
      owner: owner ?? index)
    return index
  }

  private func transformedText(
    _ id: Int32, _ original: Int32, _ node: Int, _ nodes: UnsafeMutablePointer<NodeFacts.Fact>,
    _ transform: (TransformationName, ByteView) -> ByteView?
  ) -> Int32 {
    guard node > 0 else { return original }
    var place = Int(places.base[Int(id)])
    if place < 0 {
      place = nodeUse
      nodeUse += nodeCount
      byNode.reserve(nodeUse)
      (byNode.base + place).update(repeating: -1, count: nodeCount)
      places.base[Int(id)] = Int32(place)
    }
    let known = byNode.base[place + node]
    if known >= 0 { return known }
    let parent = transformedText(id, original, Int(nodes[node].parent), nodes, transform)
    var result = parent
    if nodes[node].traits & texts.base[Int(parent)].traits != 0, let changed = transform(nodes[node].transformation, view(parent)) {
      result = add(changed, owner: nodes[node].folds ? texts.base[Int(parent)].owner : nil)
    }
    byNode.base[place + node] = result
    return result
  }

  /// One bank of the prefilter's answer to a text: a bit for each probe.
  @inline(__always)
  func answer(_ text: Int32, bank: Int) -> UnsafePointer<SIMD4<UInt64>> {
    let owner = Int(texts.base[Int(text)].owner)
    if texts.base[owner].banks & 1 << UInt32(truncatingIfNeeded: bank) == 0 { scan(owner, bank) }
    return UnsafePointer(answers.base + Int(texts.base[owner].row) * bankCount + bank)
  }

  private func scan(_ text: Int, _ bank: Int) {
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
