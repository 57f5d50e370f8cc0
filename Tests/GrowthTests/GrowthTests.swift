import Foundation
import Testing

/// Twice the bytes, at most a little over twice the instructions: no text makes a parser slower than it is long.
///
/// Counted by valgrind, since clocks say little on a busy machine. Without it the tests say so.
@Suite("Growth")
struct GrowthTests {
  private static let parsers = [
    "json", "multipart", "form", "cookies", "xml", "seclang", "transformations", "sql", "html", "logs", "heads", "chunks", "phrases",
  ]
  private static let size = 3000
  /// Of instructions at twice the size. What is quadratic comes near 4.
  private static let bar = 2.35

  @Test(arguments: parsers)
  func staysLinear(_ parser: String) throws {
    guard let tool = Self.tool else { return }
    let start = try #require(try Self.instructions(tool, parser, 0))
    let once = try #require(try Self.instructions(tool, parser, Self.size)) - start
    let twice = try #require(try Self.instructions(tool, parser, 2 * Self.size)) - start
    #expect(once > 100_000, "\(parser) read something")
    #expect(Double(twice) <= Self.bar * Double(once), "\(parser): \(once) instructions, then \(twice)")
  }

  @Test func everyParserIsAsked() throws {
    guard let tool = Self.tool else { return }
    let listed = try Self.run(tool.path, []).output.split(separator: "\n").map(String.init)
    #expect(listed == Self.parsers)
  }

  /// A copy of the tool that valgrind can read: it does not know the debugging information of today's compilers.
  private static let tool: URL? = {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/valgrind") else {
      print("*** growth: VALGRIND IS NOT INSTALLED: nothing was counted ***")
      return nil
    }
    let products = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let copy = FileManager.default.temporaryDirectory.appendingPathComponent("ropeline-growth-\(ProcessInfo.processInfo.processIdentifier)")
    guard let result = try? run("/usr/bin/env", ["strip", "-o", copy.path, products.appendingPathComponent("growth").path]),
      result.status == 0
    else {
      Issue.record("the growth tool is not there, or cannot be copied")
      return nil
    }
    return copy
  }()

  private static func instructions(_ tool: URL, _ parser: String, _ size: Int) throws -> Int? {
    let result = try run("/usr/bin/valgrind", ["--tool=callgrind", "--callgrind-out-file=/dev/null", tool.path, parser, "\(size)"])
    #expect(result.status == 0, "\(result.output.suffix(400))")
    return result.output.firstMatch(of: /Collected : (\d+)/).flatMap { Int($0.1) }
  }

  private static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    // Seeds of hash tables would change the count.
    process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_DETERMINISTIC_HASHING": "1"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
