import FuzzDriver
import Glibc
import HTTPWire

@main
struct FuzzMessages {
  static func main() {
    exit(runFuzzer { fuzzMessages($0, $1) })
  }
}

/// No message may trap a parser, and what arrives in pieces reads as what arrives at once.
private func fuzzMessages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let whole = RequestHeadParser().parse(bytes)
  var scan = HeadScan()
  for end in [Int](stride(from: 0, to: count, by: 7)) + [count] {
    let result = RequestHeadParser().parse(UnsafeRawBufferPointer(rebasing: bytes[..<end]), scan: &scan)
    // A head that is refused early may be cut shorter than one that was there as a whole.
    guard case .head(let head, _) = result else { continue }
    if head.fault == nil { precondition("\(result)" == "\(whole)") }
    break
  }
  _ = ResponseHeadParser().parse(bytes, toHEAD: false)
  var decoder = ChunkedDecoder()
  var output: [UInt8] = []
  _ = decoder.decode(bytes, into: &output)
  precondition(output.count <= count)
  return 0
}
