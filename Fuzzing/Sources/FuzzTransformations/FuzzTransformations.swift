import FuzzDriver
import Glibc
import RuleEngine
import SecLang

@main
struct FuzzTransformations {
  static func main() {
    exit(runFuzzer { fuzzTransformations($0, $1) })
  }
}

/// The first byte chooses the transformation. No input may trap, an identity is said to be one, and growth is bounded.
private func fuzzTransformations(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0, let start else { return 0 }
  let name = TransformationName.allCases[Int(start[0]) % TransformationName.allCases.count]
  let value = UnsafeBufferPointer(start: start + 1, count: count - 1)
  var output: [UInt8] = [1, 2, 3]
  if transform(name, value, context: TransformationContext(unicodeMap: nil), into: &output) {
    precondition(!output.elementsEqual(value), "\(name) says that it changed what it did not")
    precondition(output.count <= 6 * value.count + 80, "\(name) grows")
  }
  return 0
}
