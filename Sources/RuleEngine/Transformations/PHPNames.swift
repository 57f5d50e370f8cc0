/// `phpArgsNames`: what PHP makes of an argument's name.
enum PHPNames {
  /// Leading blanks go; before the first bracket, blanks and dots become underscores; then closed pairs of brackets follow, and
  /// what stands after the last of them is dropped. A bracket that is never closed becomes an underscore.
  static func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard Bytes.first(input, where: { $0 == 0x20 || $0 == 0x2E || $0 == 0x5B }) != nil else { return false }
    Bytes.begin(&output, with: input, upTo: 0)
    var index = 0
    while index < input.count, input[index] == 0x20 { index += 1 }
    // A name that begins with a bracket is no name.
    if index < input.count, input[index] == 0x5B { return true }
    func appendPlain() {
      output.append(input[index] == 0x20 || input[index] == 0x2E ? 0x5F : input[index])
      index += 1
    }
    while index < input.count, input[index] != 0x5B { appendPlain() }
    var isFirst = true
    while index < input.count, input[index] == 0x5B {
      guard let close = input[index...].firstIndex(of: 0x5D) else {
        guard isFirst else { break }
        output.append(0x5F)
        index += 1
        while index < input.count { appendPlain() }
        break
      }
      var start = index + 1
      while start < close, Bytes.isSpace(input[start]) { start += 1 }
      output.append(0x5B)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start...close]))
      index = close + 1
      isFirst = false
    }
    return output.count != input.count || !output.view.equals(input)
  }
}
