import CBrotli
import CZlib
import CZstd
import Glibc

/// A content coding (RFC 9110 section 8.4.1) that is undone for inspection.
public enum ContentCoding: String, Sendable, CaseIterable {
  case gzip, deflate
  case brotli = "br"
  case zstd

  /// The codings of a `Content-Encoding` field in the order in which they were applied; nil if one is unknown.
  ///
  /// `identity` stands for nothing and is left out.
  public static func list(of field: [UInt8]) -> [ContentCoding]? {
    var result: [ContentCoding] = []
    for part in field.split(separator: UInt8(ascii: ",")) {
      let name = String(decoding: part.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
      switch name {
      case "identity", "": continue
      case "gzip", "x-gzip": result.append(.gzip)
      default:
        guard let coding = ContentCoding(rawValue: name) else { return nil }
        result.append(coding)
      }
    }
    return result
  }
}

/// Bounds on what a compressed body may become.
public struct InflationLimits: Sendable {
  /// Bytes of the result. 13,107,200 by default, as for bodies.
  public var maximumBytes = 13_107_200
  /// Bytes of the result for each byte of the body. 100 by default: text compresses to a tenth, a bomb to a thousandth.
  public var maximumRatio = 100
  /// Up to this many bytes the ratio does not count: short repetitive texts compress well too. 64 KiB by default.
  public var freeBytes = 64 * 1024
  /// Codings one upon the other. 2 by default.
  public var maximumCodings = 2

  public init() {}
}

/// What inflating came to.
public enum InflationResult: Sendable, Equatable {
  case complete([UInt8])
  /// A limit ended it: what there is up to there.
  case cut([UInt8], reason: String)
  /// The body is not what its coding claims: what there is up to the fault.
  case damaged([UInt8], reason: String)
}

/// Undoes content codings within limits. Linear in the bytes read and written.
public enum ContentDecoder {
  public static func decode(_ body: [UInt8], codings: [ContentCoding], limits: InflationLimits = InflationLimits()) -> InflationResult {
    guard codings.count <= limits.maximumCodings else { return .cut([], reason: "\(codings.count) content codings") }
    var bytes = body
    // The last one applied is the first to be undone.
    for coding in codings.reversed() {
      let result = decode(bytes, coding, limits)
      guard case .complete(let next) = result else { return result }
      bytes = next
    }
    return .complete(bytes)
  }

  private static func decode(_ body: [UInt8], _ coding: ContentCoding, _ limits: InflationLimits) -> InflationResult {
    let byRatio = body.count.multipliedReportingOverflow(by: limits.maximumRatio)
    let allowed = min(limits.maximumBytes, max(limits.freeBytes, byRatio.overflow ? .max : byRatio.partialValue))
    switch coding {
    case .gzip: return zlib(body, windowBits: 15 + 16, allowed)
    case .deflate:
      // RFC 9110 section 8.4.1.2: the zlib format; some senders leave its two bytes of header out.
      let hasHeader = body.count >= 2 && body[0] & 0x0F == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
      return zlib(body, windowBits: hasHeader ? 15 : -15, allowed)
    case .brotli: return brotli(body, allowed)
    case .zstd: return zstd(body, allowed)
    }
  }

  private static let chunkBytes = 32 * 1024

  private static func tooLong(_ output: [UInt8], _ allowed: Int) -> InflationResult {
    .cut(Array(output.prefix(allowed)), reason: "longer than \(allowed) bytes when inflated")
  }

  private static func zlib(_ body: [UInt8], windowBits: Int32, _ allowed: Int) -> InflationResult {
    var stream = z_stream()
    guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      return .damaged([], reason: "out of memory")
    }
    defer { inflateEnd(&stream) }
    var input = body
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    return input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(clamping: source.count)
      while true {
        let status = chunk.withUnsafeMutableBufferPointer { target in
          stream.next_out = target.baseAddress
          stream.avail_out = UInt32(target.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        output.append(contentsOf: chunk[..<(chunkBytes - Int(stream.avail_out))])
        if output.count > allowed { return tooLong(output, allowed) }
        switch status {
        case Z_STREAM_END:
          // gzip: another member may follow (RFC 1952 section 2.2).
          guard stream.avail_in > 0 else { return .complete(output) }
          guard windowBits > 15, inflateReset(&stream) == Z_OK else { return .damaged(output, reason: "bytes behind the end") }
        case Z_OK: continue
        case Z_BUF_ERROR: return .damaged(output, reason: "cut off")
        default: return .damaged(output, reason: stream.msg.map { String(cString: $0) } ?? "not what it claims to be")
        }
      }
    }
  }

  private static func brotli(_ body: [UInt8], _ allowed: Int) -> InflationResult {
    guard let decoder = BrotliDecoderCreateInstance(nil, nil, nil) else { return .damaged([], reason: "out of memory") }
    defer { BrotliDecoderDestroyInstance(decoder) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    return body.withUnsafeBufferPointer { source in
      var next = source.baseAddress
      var available = source.count
      while true {
        var left = chunkBytes
        let status = chunk.withUnsafeMutableBufferPointer { target in
          var place = target.baseAddress
          return BrotliDecoderDecompressStream(decoder, &available, &next, &left, &place, nil)
        }
        output.append(contentsOf: chunk[..<(chunkBytes - left)])
        if output.count > allowed { return tooLong(output, allowed) }
        switch status {
        case BROTLI_DECODER_RESULT_SUCCESS:
          return available == 0 ? .complete(output) : .damaged(output, reason: "bytes behind the end")
        case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
        case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return .damaged(output, reason: "cut off")
        default:
          let text = BrotliDecoderErrorString(BrotliDecoderGetErrorCode(decoder))
          return .damaged(output, reason: text.map { String(cString: $0) } ?? "not brotli")
        }
      }
    }
  }

  private static func zstd(_ body: [UInt8], _ allowed: Int) -> InflationResult {
    guard let stream = ZSTD_createDStream() else { return .damaged([], reason: "out of memory") }
    defer { ZSTD_freeDStream(stream) }
    // RFC 8878 section 3.1.1.1.2 and RFC 9659: 8 MB of window is what a receiver must offer, and what this one does.
    _ = ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 23)
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: chunkBytes)
    return body.withUnsafeBytes { source in
      var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
      var rest = 1
      while true {
        let produced = chunk.withUnsafeMutableBytes { target in
          var space = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
          rest = ZSTD_decompressStream(stream, &space, &input)
          return space.pos
        }
        output.append(contentsOf: chunk[..<produced])
        if ZSTD_isError(rest) != 0 { return .damaged(output, reason: String(cString: ZSTD_getErrorName(rest))) }
        if output.count > allowed { return tooLong(output, allowed) }
        if input.pos == input.size {
          if rest == 0 { return .complete(output) }
          // More may be waiting inside the decoder; nothing more means that the body ended early.
          if produced < chunkBytes { return .damaged(output, reason: "cut off") }
        }
      }
    }
  }
}
