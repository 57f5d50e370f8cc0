/// Many phrases sought in one pass, ASCII case aside (Aho-Corasick). Immutable; safe from any task.
///
/// A table with a row per state and a column per class of bytes. Bytes that no phrase holds share one class, which keeps rows
/// short. Cost: memory and time to build linear in the phrases' bytes times the classes; a search is one step a byte of text.
public final class PhraseSet: @unchecked Sendable {
  // Unchecked: the tables are written by `init` alone.
  /// How many phrases there are, empty ones included.
  public let count: Int
  /// The column of a byte; upper and lower case share theirs.
  private let classes: UnsafeMutablePointer<UInt8>
  /// Whether a byte begins a phrase: the others are passed over quickly while nothing has begun.
  private let begins: UnsafeMutablePointer<Bool>
  /// By row start plus column: the start of the next row, or, where a phrase is complete, the complement of its index.
  private let transitions: UnsafeMutablePointer<Int32>
  private let lengths: [Int]

  /// - Parameter phrases: bytes as written; empty ones match nothing.
  public init(_ phrases: [[UInt8]]) {
    let (classes, width) = Self.classes(of: phrases)
    var trie = Trie(width: width)
    for (index, phrase) in phrases.enumerated() where !phrase.isEmpty { trie.insert(phrase, index: index, classes: classes) }
    trie.completeBranches()
    lengths = phrases.map(\.count)
    count = phrases.count
    let transitions = trie.rows()
    begins = Self.pointer(classes.map { transitions[Int($0)] != 0 })
    self.transitions = Self.pointer(transitions)
    self.classes = Self.pointer(classes)
  }

  deinit {
    classes.deallocate()
    begins.deallocate()
    transitions.deallocate()
  }

  private static func pointer<Element: BitwiseCopyable>(_ list: [Element]) -> UnsafeMutablePointer<Element> {
    let pointer = UnsafeMutablePointer<Element>.allocate(capacity: list.count)
    for (index, element) in list.enumerated() { (pointer + index).initialize(to: element) }
    return pointer
  }

  /// The phrase whose end comes first in `text` (the longest of those that end there), and where it lies.
  public func firstMatch(in text: UnsafeBufferPointer<UInt8>) -> (range: Range<Int>, phrase: Int)? {
    guard let base = text.baseAddress else { return nil }
    let count = text.count
    var row = 0
    var index = 0
    while index < count {
      let byte = Int(base[index])
      index += 1
      if row == 0, !begins[byte] { continue }
      let next = Int(transitions[row + Int(classes[byte])])
      if next < 0 { return (index - lengths[~next]..<index, ~next) }
      row = next
    }
    return nil
  }

  /// Numbers the bytes that occur from 1; at most 230, since upper case shares the numbers of lower case.
  private static func classes(of phrases: [[UInt8]]) -> (classes: [UInt8], width: Int) {
    var classes = [UInt8](repeating: 0, count: 256)
    var width = 1
    for phrase in phrases {
      for byte in phrase {
        let folded = Int(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        if classes[folded] == 0 {
          classes[folded] = UInt8(width)
          width += 1
        }
      }
    }
    for byte in 0x41...0x5A { classes[byte] = classes[byte | 0x20] }
    return (classes, width)
  }
}

/// The phrases as a tree whose missing branches are then filled in.
private struct Trie {
  let width: Int
  /// By state times width plus class: the next state, or -1.
  private var branches: [Int32]
  /// The phrase that is complete in a state, or -1.
  private var endings: [Int32] = [-1]

  init(width: Int) {
    self.width = width
    branches = Array(repeating: -1, count: width)
  }

  mutating func insert(_ phrase: [UInt8], index: Int, classes: [UInt8]) {
    var state = 0
    for byte in phrase {
      let slot = state * width + Int(classes[Int(byte)])
      if branches[slot] < 0 {
        branches[slot] = Int32(endings.count)
        endings.append(-1)
        branches.append(contentsOf: repeatElement(-1, count: width))
      }
      state = Int(branches[slot])
    }
    if endings[state] < 0 { endings[state] = Int32(index) }
  }

  /// Breadth first: a missing branch goes where the longest proper suffix that is also in the tree would go.
  mutating func completeBranches() {
    var suffixes = [Int32](repeating: 0, count: endings.count)
    var queue: [Int] = []
    queue.reserveCapacity(endings.count)
    for column in 0..<width {
      if branches[column] < 0 { branches[column] = 0 } else { queue.append(Int(branches[column])) }
    }
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      let suffix = Int(suffixes[state])
      if endings[state] < 0 { endings[state] = endings[suffix] }
      for column in 0..<width {
        let slot = state * width + column
        let fallback = branches[suffix * width + column]
        if branches[slot] < 0 {
          branches[slot] = fallback
        } else {
          suffixes[Int(branches[slot])] = fallback
          queue.append(Int(branches[slot]))
        }
      }
    }
  }

  /// The table that `PhraseSet` walks.
  func rows() -> [Int32] {
    branches.map { next in
      let ending = endings[Int(next)]
      return ending >= 0 ? ~ending : next * Int32(width)
    }
  }
}
