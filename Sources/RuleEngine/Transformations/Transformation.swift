import SecLang

/// What transformations need from outside the value.
public struct TransformationContext: Sendable {
  /// `SecUnicodeMapFile`: code point to byte; nil means the low byte.
  public var unicodeMap: [UInt16: UInt8]?

  public init(unicodeMap: [UInt16: UInt8]? = nil) { self.unicodeMap = unicodeMap }
}

/// Applies one transformation. Linear in the input.
///
/// - Parameters:
///   - output: cleared, then filled; its content means nothing if the result is false.
/// - Returns: whether the result differs from the input.
public func transform(
  _ name: TransformationName, _ input: UnsafeBufferPointer<UInt8>, context: TransformationContext, into output: inout [UInt8]
) -> Bool {
  var bytes = OutputBytes()
  let isChanged = transform(name, input, context: context, into: &bytes)
  output = Array(bytes.view)
  return isChanged
}

/// The same for the engine, which keeps the memory.
func transform(
  _ name: TransformationName, _ input: UnsafeBufferPointer<UInt8>, context: TransformationContext, into output: inout OutputBytes
) -> Bool {
  switch name {
  case .none: return false
  case .urlDecodeUni: return URLDecoding.decode(input, unicode: true, map: context.unicodeMap, into: &output)
  case .urlDecode: return URLDecoding.decode(input, unicode: false, map: nil, into: &output)
  case .urlEncode: return URLDecoding.encode(input, into: &output)
  case .htmlEntityDecode: return EntityDecoding.decode(input, into: &output)
  case .jsDecode: return EscapeDecoding.javaScript(input, into: &output)
  case .cssDecode: return EscapeDecoding.css(input, into: &output)
  case .escapeSeqDecode: return EscapeDecoding.ansiC(input, into: &output)
  case .utf8toUnicode: return UnicodeEscaping.encode(input, into: &output)
  case .lowercase: return CaseFolding.fold(input, from: 0x41, into: &output)
  case .uppercase: return CaseFolding.fold(input, from: 0x61, into: &output)
  case .removeNulls: return NullRemoval.remove(input, into: &output)
  case .replaceNulls: return NullRemoval.replace(input, into: &output)
  case .compressWhitespace: return Whitespace.compress(input, into: &output)
  case .removeWhitespace: return Whitespace.remove(input, into: &output)
  case .trim: return Whitespace.trim(input, left: true, right: true, into: &output)
  case .trimLeft: return Whitespace.trim(input, left: true, right: false, into: &output)
  case .trimRight: return Whitespace.trim(input, left: false, right: true, into: &output)
  case .replaceComments: return CommentRemoval.replace(input, into: &output)
  case .removeComments: return CommentRemoval.remove(input, into: &output)
  case .removeCommentsChar: return CommentRemoval.removeMarks(input, into: &output)
  case .cmdLine: return CommandLineNormalization.apply(input, into: &output)
  case .normalisePath: return PathNormalization.apply(input, windows: false, into: &output)
  case .normalisePathWin: return PathNormalization.apply(input, windows: true, into: &output)
  case .base64Decode: return Base64Coding.decode(input, isForgiving: false, into: &output)
  case .base64DecodeExt: return Base64Coding.decode(input, isForgiving: true, into: &output)
  case .base64Encode: return Base64Coding.encode(input, into: &output)
  case .hexDecode: return HexCoding.decode(input, into: &output)
  case .hexEncode: return HexCoding.encode(input, into: &output)
  case .sqlHexDecode: return HexCoding.decodeSQL(input, into: &output)
  case .sha1: return Digest.sha1(input, into: &output)
  case .md5: return Digest.md5(input, into: &output)
  case .length:
    output.removeAll()
    output.append(contentsOf: String(input.count).utf8)
    return !input.equals(output.view)  // The length of "1" is 1.
  case .parityEven7bit: return Parity.even.apply(input, into: &output)
  case .parityOdd7bit: return Parity.odd.apply(input, into: &output)
  case .parityZero7bit: return Parity.zero.apply(input, into: &output)
  case .phpArgsNames: return PHPNames.apply(input, into: &output)
  }
}
