import BodyDecoding
import FuzzDriver
import Glibc

@main
struct FuzzMultipart {
  static func main() {
    exit(runFuzzer { fuzzMultipart($0, $1) })
  }
}

/// The first line of the input is the Content-Type after its media type, the rest is the body.
private func fuzzMultipart(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let lineEnd = input.firstIndex(of: UInt8(ascii: "\n")) ?? input.endIndex
  let contentType = Array("multipart/form-data; boundary=".utf8) + input[..<lineEnd]
  let body = Array(input[lineEnd...].dropFirst())
  var limits = MultipartLimits()
  limits.maximumParts = 8
  limits.maximumFiles = 3
  let decoded = MultipartDecoder.decode(body, contentType: contentType, limits: limits)
  precondition(decoded.files.count <= 3 && decoded.fields.count <= 8)
  precondition(decoded.files.allSatisfy { 0 <= $0.content.lowerBound && $0.content.upperBound <= body.count })
  precondition(decoded.fields.allSatisfy { $0.value.count <= body.count })
  precondition(decoded.partHeaders.allSatisfy { !$0.value.contains(UInt8(ascii: "\n")) })
  if let error = decoded.error { precondition((0...body.count).contains(error.offset)) }
  return 0
}
