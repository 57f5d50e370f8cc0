import FuzzDriver
import Glibc
import RuleEngine
import SecLang

@main
struct FuzzInjection {
  static func main() {
    exit(runFuzzer { fuzzInjection($0, $1) })
  }
}

/// No input may trap, and an answer does not depend on what was asked before.
private func fuzzInjection(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let value = UnsafeBufferPointer(start: start, count: count)
  for test in tests {
    var captures: CaptureList? = CaptureList()
    let first = test.evaluate(value, scratch: OperatorScratch(matchLimit: 100_000), captures: &captures)
    var none: CaptureList?
    precondition(test.evaluate(value, scratch: OperatorScratch(matchLimit: 100_000), captures: &none) == first)
  }
  return 0
}

private let tests: [CompiledOperator] = [OperatorName.detectSQLi, .detectXSS].compactMap {
  try? CompiledOperator.compile($0, operand: [], dataLines: nil, options: OperatorOptions())
}
