import FuzzDriver
import Glibc
import SchemaValidation

@main
struct FuzzSchema {
  static func main() {
    exit(runFuzzer { fuzzSchema($0, $1) })
  }
}

nonisolated(unsafe) private let validator: SchemaValidator = {
  var limits = SchemaLimits()
  limits.maximumSteps = 50_000
  limits.maximumDepth = 200
  limits.matchLimit = 1000
  return SchemaValidator(limits: limits)
}()

/// A schema, a NUL, a value. No schema may trap the compiler; places of errors lie in the document; and a verdict is the same with and
/// without its reasons.
private func fuzzSchema(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let end = input.firstIndex(of: 0) ?? input.endIndex
  let text = Array(input[..<end])
  let value = Array(input[end...].dropFirst())
  for options in [SchemaOptions(assertsFormats: true), SchemaOptions(defaultDraft: .draft4)] {
    do throws(SchemaError) {
      let schema = try CompiledSchema(text, options: options)
      let verdict = validator.validate(value, schema)
      let report = validator.explain(value, schema)
      switch (verdict, report.verdict) {
      // Looking for every error costs more steps than looking for the first.
      case (_, .limitReached), (.limitReached, _): break
      case (let left, let right): precondition(left == right)
      }
      if report.verdict == .invalid { precondition(!report.issues.isEmpty) }
    } catch {
      precondition((0...text.count).contains(error.offset) && error.line >= 1 && error.column >= 1)
    }
  }
  return 0
}
