import FuzzDriver
import GRPCInspection
import Glibc

@main
struct FuzzProtobuf {
  static func main() {
    exit(runFuzzer { fuzzProtobuf($0, $1) })
  }
}

/// Two bytes with a length, a descriptor set of that length, and a body for each of its methods. Nothing may trap, and limits hold.
private func fuzzProtobuf(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard count >= 2 else { return 0 }
  let length = Int(input[0]) << 8 | Int(input[1])
  let set = Array(input.dropFirst(2).prefix(length))
  let body = Array(input.dropFirst(2 + length))
  guard let descriptors = try? ProtoDescriptors([set]) else { return 0 }
  var limits = GRPCLimits()
  limits.maximumFields = 5000
  limits.maximumStrings = 50
  let inspector = GRPCInspector(descriptors, limits: limits)
  for path in descriptors.methodPaths {
    for type in ["application/grpc", "application/grpc-web-text"] {
      let result = inspector.inspect(body, path: Array(path.utf8), type: Array(type.utf8), encoding: Array("gzip".utf8))
      precondition(result.findings.count <= limits.maximumFindings + 5 && result.strings.count <= 51)
    }
  }
  return 0
}
