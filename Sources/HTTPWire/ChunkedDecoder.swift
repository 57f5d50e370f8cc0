import EvidenceModel

/// Takes the chunked transfer coding off a body (RFC 9112 section 7.1), strictly, in pieces of any size.
public struct ChunkedDecoder: Sendable {
  private enum State: Sendable {
    case size(value: Int, digits: Int)
    case chunkExtension(isEmpty: Bool)
    case sizeLF
    case data(left: Int)
    case dataCR, dataLF
    case trailerStart, trailerName, trailerValue, trailerLF, endLF
    case done
  }
  private var state = State.size(value: 0, digits: 0)
  private var chunkSize = 0
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var trailerCount = 0

  /// Bytes of all chunk extensions of a body together; they carry nothing that anybody needs.
  public static let maximumExtensionBytes = 4096
  /// Bytes of the trailer section, which is read and dropped.
  public static let maximumTrailerBytes = 16 * 1024

  /// Field lines in it.
  public static let maximumTrailerCount = 128
  private let maximumExtensionBytes: Int

  /// - Parameter isStrict: chunk extensions are broken too: nobody needs them, and some servers end them at other bytes.
  public init(isStrict: Bool = false) { maximumExtensionBytes = isStrict ? 0 : Self.maximumExtensionBytes }

  public var isDone: Bool { if case .done = state { true } else { false } }

  /// What one call came to.
  public enum Step: Sendable, Equatable {
    /// Bytes consumed; data was appended to the output.
    case consumed(Int)
    case broken(FramingFault)
  }

  /// Reads as much of `bytes` as belongs to the body and appends its data to `output`.
  public mutating func decode(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) -> Step {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      switch state {
      case .size(let value, let digits):
        let digit = ByteClass.hexValue(byte)
        if digit < 16 {
          guard digits < 15 else { return broken("a chunk size of more than 15 digits") }
          state = .size(value: value << 4 | Int(digit), digits: digits + 1)
        } else {
          guard digits > 0 else { return broken("a chunk without a size") }
          chunkSize = value
          switch byte {
          case 0x0D: state = .sizeLF
          case 0x3B: state = .chunkExtension(isEmpty: true)
          default: return broken("a chunk size that is no number")
          }
        }
      case .chunkExtension(let isEmpty):
        extensionBytes += 1
        guard extensionBytes <= maximumExtensionBytes else {
          return broken("more than \(maximumExtensionBytes) bytes of chunk extensions")
        }
        if byte == 0x0D {
          if isEmpty { return broken("a chunk extension without a name") }
          state = .sizeLF
        } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
          return broken("a control byte in a chunk extension")
        } else {
          state = .chunkExtension(isEmpty: false)
        }
      case .sizeLF:
        guard byte == 0x0A else { return broken("a bare CR after a chunk size") }
        state = chunkSize == 0 ? .trailerStart : .data(left: chunkSize)
      case .data(let left):
        let count = min(left, bytes.count - index)
        output.append(contentsOf: bytes[index..<(index + count)])
        index += count
        state = count == left ? .dataCR : .data(left: left - count)
        continue
      case .dataCR:
        guard byte == 0x0D else { return broken("no CRLF after a chunk") }
        state = .dataLF
      case .dataLF:
        guard byte == 0x0A else { return broken("no CRLF after a chunk") }
        state = .size(value: 0, digits: 0)
      case .trailerStart:
        if byte == 0x0D {
          state = .endLF
        } else {
          guard ByteClass.isToken(byte) else { return broken("a broken trailer") }
          trailerBytes += 1
          trailerCount += 1
          guard trailerCount <= Self.maximumTrailerCount else { return broken("more than \(Self.maximumTrailerCount) trailers") }
          state = .trailerName
        }
      case .trailerName:
        trailerBytes += 1
        guard trailerBytes <= Self.maximumTrailerBytes else { return broken("more than \(Self.maximumTrailerBytes) bytes of trailers") }
        if byte == 0x3A { state = .trailerValue } else if !ByteClass.isToken(byte) { return broken("a broken trailer") }
      case .trailerValue:
        trailerBytes += 1
        guard trailerBytes <= Self.maximumTrailerBytes else { return broken("more than \(Self.maximumTrailerBytes) bytes of trailers") }
        if byte == 0x0D {
          state = .trailerLF
        } else if byte < 0x20 && byte != 0x09 || byte == 0x7F {
          return broken("a control byte in a trailer")
        }
      case .trailerLF:
        guard byte == 0x0A else { return broken("a bare CR in a trailer") }
        state = .trailerStart
      case .endLF:
        guard byte == 0x0A else { return broken("a bare CR after the last chunk") }
        state = .done
        return .consumed(index + 1)
      case .done: return .consumed(index)
      }
      index += 1
    }
    return .consumed(index)
  }

  private func broken(_ detail: String) -> Step { .broken(FramingFault(status: 400, detail: detail)) }
}
