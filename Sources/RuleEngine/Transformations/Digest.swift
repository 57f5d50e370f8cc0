import CCrypto

/// `sha1` and `md5`: raw bytes.
enum Digest {
  static func sha1(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool { digest(input, EVP_sha1(), into: &output) }
  static func md5(_ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8]) -> Bool { digest(input, EVP_md5(), into: &output) }

  private static func digest(_ input: UnsafeBufferPointer<UInt8>, _ kind: OpaquePointer?, into output: inout [UInt8]) -> Bool {
    var length: UInt32 = 0
    output.removeAll(keepingCapacity: true)
    output.append(contentsOf: repeatElement(0, count: Int(EVP_MAX_MD_SIZE)))
    let isDone = EVP_Digest(input.baseAddress, input.count, &output, &length, kind, nil) == 1
    output.removeLast(output.count - (isDone ? Int(length) : 0))
    return isDone
  }
}
