import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzXML {
  static func main() {
    exit(runFuzzer { fuzzXML($0, $1) })
  }
}

/// No input may trap; limits hold; nothing is expanded beyond what was sent, character references and encodings aside.
private func fuzzXML(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let body = Array(UnsafeBufferPointer(start: start, count: count))
  var limits = XMLLimits()
  limits.maximumNodes = 200
  limits.maximumDepth = 40
  let decoded = XMLDecoder.decode(body, limits: limits)
  // The widest growth is that of a one-byte encoding to three bytes of UTF-8.
  precondition((decoded.text ?? []).count + decoded.attributes.reduce(0) { $0 + $1.count } <= 4 * count + 64)
  precondition(decoded.attributes.count <= 200)
  if !decoded.isCut, !decoded.hasDocumentType, let path = XMLPath("//@*|//text()") { _ = XMLPath.evaluate([path], in: body) }
  return 0
}
