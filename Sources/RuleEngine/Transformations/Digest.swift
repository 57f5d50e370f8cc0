import CCrypto

/// `sha1` and `md5`: raw bytes.
enum Digest {
  static func sha1(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    digest(input, bytes: 20, ropeline_sha1, into: &output)
  }

  static func md5(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    digest(input, bytes: 16, ropeline_md5, into: &output)
  }

  private static func digest(
    _ input: UnsafeBufferPointer<UInt8>, bytes: Int, _ function: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?) -> Void,
    into output: inout OutputBytes
  ) -> Bool {
    output.removeAll()
    output.append(contentsOf: repeatElement(0, count: bytes))
    function(input.baseAddress, input.count, UnsafeMutablePointer(mutating: output.view.baseAddress))
    return true
  }
}
