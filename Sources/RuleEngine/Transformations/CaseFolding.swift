import CGramScan

/// `lowercase` and `uppercase`: ASCII only.
enum CaseFolding {
  static func fold(_ input: UnsafeBufferPointer<UInt8>, from: UInt8, into output: inout OutputBytes) -> Bool {
    guard let base = input.baseAddress, Bytes.first(input, where: { $0 &- from < 26 }) != nil else { return false }
    output.begin(reserving: input.count)
    output.write { end in
      ropeline_fold(base, input.count, from, end)
      return end + input.count
    }
    return true
  }
}
