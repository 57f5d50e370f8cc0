import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzContentCoding {
  static func main() {
    exit(runFuzzer { fuzzContentCoding($0, $1) })
  }
}

/// The first byte chooses the coding. No input may trap, and nothing grows beyond the limits.
private func fuzzContentCoding(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 0, let start else { return 0 }
  let coding = ContentCoding.allCases[Int(start[0]) % ContentCoding.allCases.count]
  let body = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  var limits = InflationLimits()
  limits.maximumBytes = 200_000
  switch ContentDecoder.decode(body, codings: [coding], limits: limits) {
  case .complete(let bytes), .cut(let bytes, _), .damaged(let bytes, _): precondition(bytes.count <= 200_000)
  }
  _ = ContentCoding.list(of: body)
  return 0
}
