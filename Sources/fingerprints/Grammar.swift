/// A context-free grammar as text, and sentences drawn from it.
///
/// A line that begins in the first column names a rule; the indented lines below it are its alternatives. `<name>` stands for a rule,
/// everything else for itself. The same seed gives the same sentences.
struct Grammar {
  private enum Part {
    case text([UInt8])
    case rule(Int)
  }

  struct Mistake: Error, CustomStringConvertible { let description: String }

  private var rules: [[[Part]]] = []
  private var names: [String: Int] = [:]

  /// - Throws: `Mistake` for a name that no rule bears.
  init(_ text: String) throws {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    for line in lines where !line.hasPrefix(" ") {
      names[String(line)] = rules.count
      rules.append([])
    }
    var current = -1
    for line in lines {
      if let rule = names[String(line)], !line.hasPrefix(" ") {
        current = rule
      } else if current >= 0 {
        rules[current].append(try parts(Array(line.utf8.dropFirst(2))))
      }
    }
  }

  private func parts(_ line: [UInt8]) throws -> [Part] {
    var result: [Part] = []
    var text: [UInt8] = []
    var index = 0
    while index < line.count {
      if line[index] == 0x3C, index + 1 < line.count, line[index + 1] &- 0x61 < 26, let close = line[index...].firstIndex(of: 0x3E) {
        let name = String(decoding: line[(index + 1)..<close], as: UTF8.self)
        guard let rule = names[name] else { throw Mistake(description: "no rule is named \(name)") }
        if !text.isEmpty { result.append(.text(text)) }
        text = []
        result.append(.rule(rule))
        index = close + 1
      } else {
        text.append(line[index])
        index += 1
      }
    }
    if !text.isEmpty { result.append(.text(text)) }
    return result
  }

  /// - Parameter limit: depth from which on a rule takes its first alternative, which must not lead back to itself.
  func sentence(_ random: inout SplitMix, from start: String = "start", limit: Int = 24) -> [UInt8] {
    var output: [UInt8] = []
    if let rule = names[start] { expand(rule, depth: 0, limit: limit, &random, &output) }
    return output
  }

  private func expand(_ rule: Int, depth: Int, limit: Int, _ random: inout SplitMix, _ output: inout [UInt8]) {
    let alternatives = rules[rule]
    guard !alternatives.isEmpty, output.count < 2000 else { return }
    let choice = depth >= limit ? 0 : Int(random.next() % UInt64(alternatives.count))
    for part in alternatives[choice] {
      switch part {
      case .text(let text): output += text
      case .rule(let rule): expand(rule, depth: depth + 1, limit: limit, &random, &output)
      }
    }
  }
}

/// A generator of numbers with a seed.
struct SplitMix {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
