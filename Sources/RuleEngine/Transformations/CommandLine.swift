/// `cmdLine`: what shells read alike becomes alike.
enum CommandLineNormalization {
  /// Quotes, carets and backslashes go; a run of blanks, commas and semicolons becomes one blank, none before `/` and `(`; the
  /// rest is lower-cased.
  static func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    var index = 0
    var hasBlank = false
    scan: while index < input.count {
      switch input[index] {
      case 0x22, 0x27, 0x5C, 0x5E, 0x2C, 0x3B, 0x09, 0x0D, 0x0A, 0x41...0x5A: break scan
      case 0x20:
        if hasBlank { break scan }
        hasBlank = true
      case 0x2F, 0x28:
        if hasBlank { break scan }
      default: hasBlank = false
      }
      index += 1
    }
    guard index < input.count else { return false }
    // Every way out of the scan but a lone separator shortens or folds; a separator becomes a blank, which differs too.
    Bytes.begin(&output, with: input, upTo: index)
    for byte in input[index...] {
      switch byte {
      case 0x22, 0x27, 0x5C, 0x5E: continue
      case 0x20, 0x2C, 0x3B, 0x09, 0x0D, 0x0A:
        if !hasBlank { output.append(0x20) }
        hasBlank = true
      case 0x2F, 0x28:
        if hasBlank { output.removeLast() }
        hasBlank = false
        output.append(byte)
      default:
        output.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        hasBlank = false
      }
    }
    return true
  }
}
