/// `normalisePath`, `normalisePathWin`.
enum PathNormalization {
  private static let slash: UInt8 = 0x2F
  private static let dot: UInt8 = 0x2E

  /// Squeezes slashes, drops `.`, resolves `x/..`. A `..` that leads out stays in a relative path and goes in an absolute one; a
  /// slash at the end stays. With `windows`, a backslash is a slash.
  static func apply(_ input: UnsafeBufferPointer<UInt8>, windows: Bool, into output: inout OutputBytes) -> Bool {
    guard !isNormal(input, windows: windows) else { return false }
    func byte(_ index: Int) -> UInt8 { windows && input[index] == 0x5C ? slash : input[index] }
    Bytes.begin(&output, with: input, upTo: 0)
    let isAbsolute = byte(0) == slash
    if isAbsolute { output.append(slash) }
    // What no `..` takes away: the root, or the `..` that lead out of where the path began.
    var kept = output.count
    var index = 0
    while index < input.count {
      if byte(index) == slash {
        index += 1
        continue
      }
      let start = index
      while index < input.count, byte(index) != slash { index += 1 }
      let isDots = input[start] == dot && (index == start + 1 || (index == start + 2 && input[start + 1] == dot))
      if isDots, index == start + 1 { continue }
      if isDots, output.count > kept {
        // Each byte is dropped at most once, so this stays linear.
        while output.count > kept, let last = output.popLast(), last != slash {}
        continue
      }
      if isDots, isAbsolute { continue }
      if let last = output.last, last != slash { output.append(slash) }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<index]))
      if isDots { kept = output.count }
    }
    if byte(input.count - 1) == slash, let last = output.last, last != slash { output.append(slash) }
    return output.count != input.count || !output.view.equals(input)
  }

  /// Whether there is nothing to do: no doubled slash, no segment that begins with a dot, nothing to turn around.
  private static func isNormal(_ input: UnsafeBufferPointer<UInt8>, windows: Bool) -> Bool {
    var isStart = true
    var previous: UInt8 = 0
    for byte in input {
      if byte == dot, isStart || previous == slash { return false }
      if byte == slash, previous == slash { return false }
      if windows, byte == 0x5C { return false }
      previous = byte
      isStart = false
    }
    return true
  }
}
