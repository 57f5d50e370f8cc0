/// `cmdLine`: what shells read alike becomes alike.
enum CommandLineNormalization {
  /// Quotes, carets and backslashes go; a run of blanks, commas and semicolons becomes one blank, none before `/` and `(`; the
  /// rest is lower-cased.
  static func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    let kinds = kinds
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
    output.write { start in
      var end = start
      while index < input.count {
        let byte = input[index]
        index += 1
        switch kinds[Int(byte)] {
        case 0:
          end.pointee = byte
          end += 1
          hasBlank = false
        case 1:
          end.pointee = byte | 0x20
          end += 1
          hasBlank = false
        case 2: continue
        case 3:
          if !hasBlank {
            end.pointee = 0x20
            end += 1
          }
          hasBlank = true
        default:
          // The blank may be the last byte of what was copied.
          if hasBlank { end -= 1 }
          hasBlank = false
          end.pointee = byte
          end += 1
        }
      }
      return end
    }
    return true
  }

  /// By byte: 0 stays, 1 is folded, 2 goes, 3 is a separator, 4 takes a blank before it away. Never freed.
  nonisolated(unsafe) private static let kinds: UnsafeMutablePointer<UInt8> = {
    let kinds = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    kinds.initialize(repeating: 0, count: 256)
    for byte in 0x41...0x5A { kinds[byte] = 1 }
    for byte in [0x22, 0x27, 0x5C, 0x5E] { kinds[byte] = 2 }
    for byte in [0x20, 0x2C, 0x3B, 0x09, 0x0D, 0x0A] { kinds[byte] = 3 }
    for byte in [0x2F, 0x28] { kinds[byte] = 4 }
    return kinds
  }()
}
