/// One step of a protocol that the application's own clients keep to, as an operator describes it: a state, how it is entered, and
/// when.
///
///     play: start POST /v1/plays
///     play: heartbeat POST /v1/plays/*/heartbeat after start, heartbeat every 30s
///     play: end POST /v1/plays/*/end after start, heartbeat at least 1s
///
/// `*` stands for one segment of a path. `after` names the states from which it is reached; without it from any. `every` is the time
/// since the step before it, `at least` and `at most` bound it (`ms`, `s`, `m`, `h`), `of` is the least size of the answer (`B`, `kB`,
/// `MB`).
public struct ProtocolStep: Sendable, Equatable {
  public var name: String
  public var state: String
  public var method: [UInt8]
  /// Segments; nil for any.
  var segments: [[UInt8]?]
  public var after: [String] = []
  /// Milliseconds; 0 for what was not said.
  public var every: Int64 = 0
  public var atLeast: Int64 = 0
  public var atMost: Int64 = 0
  public var leastBytes = 0

  /// Why a line describes no step; the operator's to mend.
  public struct Mistake: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  public init(_ text: String) throws(Mistake) {
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    guard words.count >= 4, let name = words.first, name.hasSuffix(":"), name.count > 1 else {
      throw Mistake(
        description: "\"\(text)\": a step reads \"name: state METHOD /path\", with after, every, at least, at most or of behind it")
    }
    self.name = String(name.dropLast())
    state = words[1]
    method = Array(words[2].utf8)
    guard words[3].hasPrefix("/") else { throw Mistake(description: "\"\(text)\": \(words[3]) is no path: it begins with /") }
    segments = words[3].utf8.split(separator: 0x2F).map { $0.elementsEqual("*".utf8) ? nil : Array($0) }
    var index = 4
    func value(_ what: String) throws(Mistake) -> String {
      guard index < words.count else { throw Mistake(description: "\"\(text)\" ends where \(what) should stand") }
      defer { index += 1 }
      return words[index]
    }
    while index < words.count {
      let word = try value("a word")
      switch word {
      case "after":
        repeat { after.append(try value("a state")) } while index < words.count && !Self.keywords.contains(words[index])
      case "every": every = try Self.duration(try value("a time"), text)
      case "at":
        switch try value("least or most") {
        case "least": atLeast = try Self.duration(try value("a time"), text)
        case "most": atMost = try Self.duration(try value("a time"), text)
        default: throw Mistake(description: "\"\(text)\": after \"at\" comes least or most")
        }
      case "of": leastBytes = try Self.size(try value("a size"), text)
      default: throw Mistake(description: "\"\(text)\": \(word) is none of after, every, at least, at most, of")
      }
    }
  }

  private static let keywords: Set<String> = ["after", "every", "at", "of"]

  private static func duration(_ word: String, _ text: String) throws(Mistake) -> Int64 {
    let units: [(String, Int64)] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)]
    for (unit, factor) in units where word.hasSuffix(unit) {
      if let number = Int64(word.dropLast(unit.count)), (1...86_400_000).contains(number) { return number * factor }
    }
    throw Mistake(description: "\"\(text)\": \(word) is no time such as 30s")
  }

  private static func size(_ word: String, _ text: String) throws(Mistake) -> Int {
    let units: [(String, Int)] = [("kB", 1000), ("MB", 1_000_000), ("B", 1)]
    for (unit, factor) in units where word.hasSuffix(unit) {
      if let number = Int(word.dropLast(unit.count)), (1...1_000_000_000).contains(number) { return number * factor }
    }
    throw Mistake(description: "\"\(text)\": \(word) is no size such as 100kB")
  }
}

/// The protocols of an application, ready to be asked.
public struct ProtocolDescription: Sendable {
  static let mostProtocols = 4
  static let mostStates = 7

  /// A step with its states as bits.
  struct Step: Sendable {
    var description: ProtocolStep
    var number: Int
    var state: Int
    var after: UInt8
  }

  private(set) var steps: [Step] = []
  public private(set) var names: [String] = []
  private(set) var states: [[String]] = []

  public init() {}

  /// - Throws: `ProtocolStep.Mistake` for a line that cannot be read, more than four protocols or seven states of one, or a state that
  ///   nobody describes.
  public init(_ lines: [String]) throws(ProtocolStep.Mistake) {
    var described: [ProtocolStep] = []
    for line in lines { described.append(try ProtocolStep(line)) }
    for step in described {
      let number: Int
      if let known = names.firstIndex(of: step.name) {
        number = known
      } else {
        guard names.count < Self.mostProtocols else {
          throw ProtocolStep.Mistake(description: "\(step.name): more than \(Self.mostProtocols) protocols")
        }
        number = names.count
        names.append(step.name)
        states.append([])
      }
      if !states[number].contains(step.state) {
        guard states[number].count < Self.mostStates else {
          throw ProtocolStep.Mistake(description: "\(step.name): more than \(Self.mostStates) states")
        }
        states[number].append(step.state)
      }
    }
    for step in described {
      guard let number = names.firstIndex(of: step.name), let state = states[number].firstIndex(of: step.state) else { continue }
      var after: UInt8 = 0
      for name in step.after {
        guard let before = states[number].firstIndex(of: name) else {
          throw ProtocolStep.Mistake(description: "\(step.name): \(step.state) comes after \(name), which is no state of it")
        }
        after |= 1 << UInt8(before + 1)
      }
      steps.append(Step(description: step, number: number, state: state, after: after))
    }
  }

  /// The step that a request is; nil for none.
  func step(_ method: [UInt8], _ path: [UInt8]) -> Step? {
    steps.first { $0.description.method == method && Self.matches($0.description.segments, path) }
  }

  private static func matches(_ segments: [[UInt8]?], _ path: [UInt8]) -> Bool {
    var index = 0
    for segment in segments {
      while index < path.count, path[index] == 0x2F { index += 1 }
      let start = index
      while index < path.count, path[index] != 0x2F { index += 1 }
      guard index > start, segment.map({ $0.elementsEqual(path[start..<index]) }) ?? true else { return false }
    }
    return path[index...].allSatisfy { $0 == 0x2F }
  }
}
