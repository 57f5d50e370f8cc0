import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzURLEncoded {
  static func main() {
    exit(runFuzzer { fuzzURLEncoded($0, $1) })
  }
}

/// Decoding never grows the text, and every pair is either kept or counted.
private func fuzzURLEncoded(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = UnsafeBufferPointer(start: start, count: count)
  let arguments = URLEncodedDecoder.decode(text, maximumCount: 5)
  precondition(arguments.values.count <= 5)
  precondition(arguments.values.count + arguments.droppedCount == text.split(separator: UInt8(ascii: "&")).count)
  precondition(arguments.values.reduce(0) { $0 + $1.name.count + $1.value.count } <= count)
  precondition(URLCoding.decodePath(Array(text)).count <= count)
  return 0
}
