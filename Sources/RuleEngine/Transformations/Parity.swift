/// `parityEven7bit`, `parityOdd7bit`, `parityZero7bit`: the eighth bit of each byte.
enum Parity {
  case even, odd, zero

  func apply(_ input: UnsafeBufferPointer<UInt8>, into output: inout OutputBytes) -> Bool {
    guard let first = Bytes.first(input, where: { bits($0) != $0 }) else { return false }
    Bytes.begin(&output, with: input, upTo: first)
    for byte in input[first...] { output.append(bits(byte)) }
    return true
  }

  private func bits(_ byte: UInt8) -> UInt8 {
    let low = byte & 0x7F
    let isOdd = low.nonzeroBitCount & 1 == 1
    return switch self {
    case .even: isOdd ? low | 0x80 : low
    case .odd: isOdd ? low : low | 0x80
    case .zero: low
    }
  }
}
