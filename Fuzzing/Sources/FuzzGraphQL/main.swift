import FuzzDriver
import Glibc
import GraphQLInspection

@main
struct FuzzGraphQL {
  static func main() {
    exit(runFuzzer { fuzzGraphQL($0, $1) })
  }
}

/// No document may trap; what is measured has the bounds that its length gives; a prefix of a document is never deeper than it.
private func fuzzGraphQL(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(UnsafeBufferPointer(start: start, count: count))
  switch GraphQLDocument.read(text) {
  case .read(let document):
    precondition(document.measure.tokens <= count + 1 && document.measure.depth <= count && document.measure.cost <= 1_000_000_000)
    precondition(document.arguments.allSatisfy { $0.value.count <= count })
  case .broken(let error): precondition((0...count).contains(error.offset))
  case .tooLarge, .cycle: break
  }
  let request = GraphQLRequest.read(query: [], body: text, contentType: Array("application/json".utf8), maximumBatch: 5)
  precondition(request.count <= 6)
  return 0
}
