import Foundation

/// Go's text templates as the suites' own runner expands them in the bodies of tests: `{{ "A" | repeat 1000 }}`.
///
/// Pipelines of literals and functions are understood, which is all that a body without variables can hold. A text that is no such
/// template, an attack on a template engine for example, stays as it is; the runner does the same.
enum DataTemplate {
  static func expand(_ text: String) -> String {
    guard text.contains("{{") else { return text }
    var result = ""
    var rest = text[...]
    while let open = rest.range(of: "{{") {
      guard let close = rest.range(of: "}}", range: open.upperBound..<rest.endIndex) else { return text }
      var before = rest[..<open.lowerBound]
      var action = rest[open.upperBound..<close.lowerBound]
      rest = rest[close.upperBound...]
      // `{{-` and `-}}` take the white space beside them away.
      if action.hasPrefix("- ") {
        action = action.dropFirst()
        while before.last?.isWhitespace == true { before.removeLast() }
      }
      if action.hasSuffix(" -") {
        action = action.dropLast()
        rest = rest.drop { $0.isWhitespace }
      }
      result += before
      if action.hasPrefix("/*"), action.hasSuffix("*/") { continue }
      var parser = Parser(text: action)
      guard let value = parser.pipeline(until: nil), parser.isAtEnd else { return text }
      result += value.text
    }
    return result + rest
  }

  private enum Value {
    case text(String)
    case number(Int)

    var text: String {
      switch self {
      case .text(let text): text
      case .number(let number): String(number)
      }
    }
    var number: Int? {
      switch self {
      case .text(let text): Int(text)
      case .number(let number): number
      }
    }
  }

  private struct Parser {
    var text: Substring

    var isAtEnd: Bool { text.allSatisfy(\.isWhitespace) }

    /// `command | command`: what stands before a bar is the last argument of what follows.
    mutating func pipeline(until end: Character?) -> Value? {
      var piped: Value?
      while true {
        guard let value = command(piped) else { return nil }
        piped = value
        skipBlanks()
        if text.first == "|" {
          text.removeFirst()
        } else if text.first == end || text.isEmpty {
          return piped
        } else {
          return nil
        }
      }
    }

    private mutating func command(_ piped: Value?) -> Value? {
      skipBlanks()
      guard let name = word() else {
        guard piped == nil, let value = operand() else { return nil }
        return value
      }
      var arguments: [Value] = []
      while true {
        skipBlanks()
        guard let first = text.first, first != "|", first != ")" else { break }
        guard let value = operand() else { return nil }
        arguments.append(value)
      }
      if let piped { arguments.append(piped) }
      return Self.call(name, arguments)
    }

    private mutating func word() -> String? {
      guard let first = text.first, first.isLetter else { return nil }
      let name = text.prefix { $0.isLetter || $0.isNumber }
      text = text.dropFirst(name.count)
      return String(name)
    }

    private mutating func operand() -> Value? {
      skipBlanks()
      switch text.first {
      case "(":
        text.removeFirst()
        guard let value = pipeline(until: ")"), text.first == ")" else { return nil }
        text.removeFirst()
        return value
      case "`":
        let body = text.dropFirst().prefix { $0 != "`" }
        guard text.dropFirst(body.count + 1).first == "`" else { return nil }
        text = text.dropFirst(body.count + 2)
        return .text(String(body))
      case "\"": return quoted()
      default:
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
        guard let number = Int(digits) else { return nil }
        text = text.dropFirst(digits.count)
        return .number(number)
      }
    }

    private mutating func quoted() -> Value? {
      var result = ""
      text.removeFirst()
      while let character = text.popFirst() {
        if character == "\"" { return .text(result) }
        guard character == "\\" else {
          result.append(character)
          continue
        }
        guard let escaped = text.popFirst() else { return nil }
        switch escaped {
        case "n": result += "\n"
        case "r": result += "\r"
        case "t": result += "\t"
        case "\\", "\"": result.append(escaped)
        case "x", "u":
          let digits = text.prefix(escaped == "x" ? 2 : 4)
          guard let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else { return nil }
          text = text.dropFirst(digits.count)
          result.unicodeScalars.append(scalar)
        default: return nil
        }
      }
      return nil
    }

    private mutating func skipBlanks() { text = text.drop { $0.isWhitespace } }

    /// The functions that make texts of texts and counts. A text of more than 16 MiB is refused.
    private static func call(_ name: String, _ arguments: [Value]) -> Value? {
      let last = arguments.last?.text ?? ""
      switch (name, arguments.count) {
      case ("repeat", 2):
        guard let count = arguments[0].number, count >= 0, last.utf8.count * count <= 16 << 20 else { return nil }
        return .text(String(repeating: last, count: count))
      case ("upper", 1): return .text(last.uppercased())
      case ("lower", 1): return .text(last.lowercased())
      case ("trim", 1): return .text(last.trimmingCharacters(in: .whitespacesAndNewlines))
      case ("nospace", 1): return .text(last.filter { !$0.isWhitespace })
      case ("b64enc", 1): return .text(Data(last.utf8).base64EncodedString())
      case ("b64dec", 1): return Data(base64Encoded: last).map { .text(String(decoding: $0, as: UTF8.self)) }
      case ("quote", 1): return .text("\"" + last.replacingOccurrences(of: "\"", with: "\\\"") + "\"")
      case ("squote", 1): return .text("'\(last)'")
      case ("len", 1): return .number(last.utf8.count)
      case ("replace", 3): return .text(last.replacingOccurrences(of: arguments[0].text, with: arguments[1].text))
      case ("print", 1...): return .text(arguments.map(\.text).joined())
      case ("println", 1...): return .text(arguments.map(\.text).joined(separator: " ") + "\n")
      case ("cat", 1...): return .text(arguments.map(\.text).joined(separator: " "))
      case ("add", 1...): return sum(arguments, +)
      case ("mul", 1...): return sum(arguments, *)
      case ("randAlphaNum", 1), ("randAlpha", 1), ("randAscii", 1):
        // Any text of that length will do; the same each time, so that a run can be repeated.
        guard let count = arguments[0].number, (0...16 << 20).contains(count) else { return nil }
        return .text(String((0..<count).map { Array("kfqzbxwvjy")[$0 * 7 % 10] }))
      default: return nil
      }
    }

    private static func sum(_ arguments: [Value], _ operation: (Int, Int) -> Int) -> Value? {
      let numbers = arguments.compactMap(\.number)
      guard numbers.count == arguments.count, let first = numbers.first, numbers.allSatisfy({ abs($0) < 1 << 24 }) else { return nil }
      return .number(numbers.dropFirst().reduce(first, operation))
    }
  }
}
