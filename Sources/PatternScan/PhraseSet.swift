/// Many phrases sought in one pass, ASCII case aside (Aho-Corasick). Immutable; safe from any task.
///
/// Bytes that no phrase holds share one class, so that the table stays small: one row of class-many states each.
public struct PhraseSet: Sendable {
  public let count: Int
  private let classes: [UInt8]
  private let classCount: Int
  /// Next state by `state * classCount + class`.
  private let transitions: [Int32]
  /// The longest phrase that ends in a state, or -1.
  private let endings: [Int32]
  private let lengths: [Int32]

  /// - Parameter phrases: bytes as written; empty ones match nothing. Cost: linear in their total length times the byte classes.
  public init(_ phrases: [[UInt8]]) {
    count = phrases.count
    lengths = phrases.map { Int32($0.count) }
    var classes = [UInt8](repeating: 0, count: 256)
    var next: UInt8 = 1
    for phrase in phrases {
      for byte in phrase {
        let folded = Int(Self.fold(byte))
        if classes[folded] == 0, next < 255 {
          classes[folded] = next
          next += 1
        }
      }
    }
    for byte in 0x41...0x5A { classes[byte] = classes[byte | 0x20] }
    let width = Int(next)
    var table: [Int32] = Array(repeating: -1, count: width)
    var endings: [Int32] = [-1]
    for (index, phrase) in phrases.enumerated() where !phrase.isEmpty {
      var state = 0
      for byte in phrase {
        let slot = state * width + Int(classes[Int(byte)])
        if table[slot] < 0 {
          table[slot] = Int32(endings.count)
          endings.append(-1)
          table.append(contentsOf: repeatElement(-1, count: width))
        }
        state = Int(table[slot])
      }
      if endings[state] < 0 { endings[state] = Int32(index) }
    }
    // Breadth first: a missing branch goes where the longest proper suffix would go.
    var failures = [Int32](repeating: 0, count: endings.count)
    var queue: [Int] = []
    for symbol in 0..<width {
      if table[symbol] < 0 { table[symbol] = 0 } else { queue.append(Int(table[symbol])) }
    }
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      let failure = Int(failures[state])
      if endings[state] < 0 { endings[state] = endings[failure] }
      for symbol in 0..<width {
        let slot = state * width + symbol
        let fallback = table[failure * width + symbol]
        if table[slot] < 0 {
          table[slot] = fallback
        } else {
          failures[Int(table[slot])] = fallback
          queue.append(Int(table[slot]))
        }
      }
    }
    self.classes = classes
    classCount = width
    transitions = table
    self.endings = endings
  }

  /// The phrase that ends first in `text`, and where it lies.
  public func firstMatch(in text: UnsafeBufferPointer<UInt8>) -> (range: Range<Int>, phrase: Int)? {
    classes.withUnsafeBufferPointer { classes in
      transitions.withUnsafeBufferPointer { transitions in
        endings.withUnsafeBufferPointer { endings in
          var state = 0
          for index in 0..<text.count {
            state = Int(transitions[state * classCount + Int(classes[Int(text[index])])])
            let phrase = Int(endings[state])
            if phrase >= 0 { return (index + 1 - Int(lengths[phrase])..<index + 1, phrase) }
          }
          return nil
        }
      }
    }
  }

  private static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
