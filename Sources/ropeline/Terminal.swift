import Foundation

/// Where messages go: stdout holds the result only, everything else goes to stderr.
enum Terminal {
  static func error(_ message: String) {
    FileHandle.standardError.write(Data((message + "\n").utf8))
  }

  /// Writes to stdout. Ends the process quietly if nobody reads any more.
  static func output(_ text: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      exit(141)
    }
  }

  static func exit(_ code: Int32) -> Never { Foundation.exit(code) }

  static var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Whether to color stdout: `NO_COLOR`, `TERM=dumb` and a pipe say no.
  static var usesColor: Bool {
    let environment = ProcessInfo.processInfo.environment
    if let value = environment["NO_COLOR"], !value.isEmpty { return false }
    if environment["TERM"] == "dumb" { return false }
    return isOutputTerminal
  }

  /// Text from outside, safe for a terminal: control bytes and what is not UTF-8 as `\xHH`.
  static func shown(_ bytes: some Sequence<UInt8>, limit: Int = 200) -> String {
    var result = ""
    var count = 0
    for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
      if count >= limit {
        result += "…"
        break
      }
      count += 1
      switch scalar.value {
      case 0..<0x20, 0x7F: result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      case 0x80..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFD:
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
