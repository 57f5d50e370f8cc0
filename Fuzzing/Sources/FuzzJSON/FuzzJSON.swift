import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzJSON {
  static func main() {
    exit(runFuzzer { fuzzJSON($0, $1) })
  }
}

/// No input may trap, and what comes out stays within the limits and errors lie inside the text.
private func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let body = UnsafeBufferPointer(start: start, count: count)
  var limits = JSONLimits()
  limits.maximumDepth = 40
  limits.maximumValues = 50
  for naming in [JSONNaming.modSecurity3, .dotted] {
    let decoded = JSONFlattener.flatten(body, limits: limits, naming: naming)
    precondition(decoded.list.count <= 50)
    precondition(decoded.list.allSatisfy { $0.name.starts(with: "json".utf8) && $0.value.count <= count })
    if let error = decoded.error { precondition((0...count).contains(error.offset)) }
  }
  return 0
}
