import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzJSONTape {
  static func main() {
    exit(runFuzzer { fuzzJSONTape($0, $1) })
  }
}

nonisolated(unsafe) private let tape = JSONTape()

/// No input may trap; errors lie inside the text; nodes nest as they say; and both readers of JSON agree on what is JSON.
private func fuzzJSONTape(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = UnsafeBufferPointer(start: start, count: count)
  let error = tape.read(text)
  if let error { precondition((0...count).contains(error.offset)) }
  let flattened = JSONFlattener.flatten(text)
  if count > 0, count < 5000, error?.isLimit != true { precondition((error == nil) == (flattened.error == nil)) }
  guard error == nil else { return 0 }
  let view = tape.view
  precondition(view.next(0) == view.count)
  for node in 0..<view.count {
    switch view.kind(node) {
    case .array, .object:
      var child = node + 1
      var members = 0
      while child < view.next(node) {
        child = view.kind(node) == .object ? view.next(child + 1) : view.next(child)
        members += 1
      }
      precondition(child == view.next(node) && members == view.memberCount(node))
    case .string, .key: precondition(view.text(node).count <= count && view.scalarCount(node) <= view.text(node).count)
    case .integer, .decimal: precondition(view.numberText(node).count <= count)
    case .null, .true, .false: break
    }
  }
  return 0
}
