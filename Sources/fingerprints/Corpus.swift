import Foundation

/// Lines of text files, each one value.
struct Corpus {
  var values: [[UInt8]] = []

  /// - Parameters:
  ///   - path: a file, or a directory whose `*.txt` are read in the order of their names.
  ///   - isEncoded: whether the lines are URL-encoded.
  ///   - keep: asked with the file's name, for directories.
  ///   - skipped: `file:line` of lines that are left out.
  init(path: String, isEncoded: Bool = true, skipped: Set<String> = [], keep: (String) -> Bool = { _ in true }) throws {
    let url = URL(fileURLWithPath: path)
    var isDirectory: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    let files =
      isDirectory.boolValue
      ? try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "txt" && keep($0.lastPathComponent) }.sorted { $0.path < $1.path } : [url]
    for file in files {
      for (number, line) in try Data(contentsOf: file).split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
        var line = Array(line)
        while let last = line.last, last == 0x20 || last == 0x09 || last == 0x0D { line.removeLast() }
        guard !line.isEmpty, line[0] != 0x23, !skipped.contains("\(file.lastPathComponent):\(number + 1)") else { continue }
        values.append(isEncoded ? Self.decoded(line) : line)
      }
    }
  }

  /// `file:line` of each row of a table, whose first columns are a path and a line.
  static func marks(_ path: String) throws -> Set<String> {
    let text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    return Set(
      text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { row in
        let columns = row.split(separator: "\t")
        guard columns.count >= 2, let file = columns[0].split(separator: "/").last else { return nil }
        return "\(file):\(columns[1])"
      })
  }

  static func sentences(_ grammar: String, count: Int, seed: UInt64) throws -> [[UInt8]] {
    let grammar = try Grammar(grammar)
    var random = SplitMix(seed: seed)
    return (0..<count).map { _ in grammar.sentence(&random) }
  }

  /// `+` is a blank and `%41` a byte, as values stand in a request; a `%` without two digits stays.
  static func decoded(_ line: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    var index = 0
    while index < line.count {
      if line[index] == 0x25, index + 2 < line.count, let high = digit(line[index + 1]), let low = digit(line[index + 2]) {
        output.append(high << 4 | low)
        index += 3
      } else {
        output.append(line[index] == 0x2B ? 0x20 : line[index])
        index += 1
      }
    }
    return output
  }

  private static func digit(_ byte: UInt8) -> UInt8? { Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init) }
}
