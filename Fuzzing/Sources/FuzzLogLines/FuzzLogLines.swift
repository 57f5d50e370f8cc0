import FuzzDriver
import Glibc
import LogAnalysis

@main
struct FuzzLogLines {
  static func main() {
    exit(runFuzzer { fuzzLogLines($0, $1) })
  }
}

/// No line may trap the reader of any format.
private func fuzzLogLines(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let line = Array(UnsafeBufferPointer(start: start, count: count))
  for format in LogFormat.allCases { _ = format.parse(line) }
  return 0
}
