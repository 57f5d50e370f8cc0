import RuleEngine
import SecLang
import Testing

/// What a transformation makes of `input`, and whether it said that this differs.
func transformed(
  _ name: TransformationName, _ input: [UInt8], context: TransformationContext = TransformationContext()
) -> (text: [UInt8], isChanged: Bool) {
  // What an earlier value left behind must not show.
  var output: [UInt8] = Array("left over from before".utf8)
  let isChanged = input.withUnsafeBufferPointer { transform(name, $0, context: context, into: &output) }
  return (isChanged ? output : input, isChanged)
}

/// Text in which `\xHH` is a byte.
func bytes(_ text: String) -> [UInt8] {
  let source = Array(text.utf8)
  var result: [UInt8] = []
  var index = 0
  while index < source.count {
    if source[index] == 0x5C, index + 3 < source.count, source[index + 1] == UInt8(ascii: "x"),
      let byte = UInt8(String(decoding: source[(index + 2)...(index + 3)], as: UTF8.self), radix: 16)
    {
      result.append(byte)
      index += 4
    } else {
      result.append(source[index])
      index += 1
    }
  }
  return result
}

@Suite("Transformations")
struct TransformationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: TransformationName
    var input: String
    /// Equal to `input` where the transformation must say that nothing changed.
    var output: String

    init(_ name: TransformationName, _ input: String, _ output: String) {
      self.name = name
      self.input = input
      self.output = output
    }

    var testDescription: String { "\(name) of \(input)" }
  }

  static let cases: [Case] = [
    Case(.none, "A%41", "A%41"),
    // URL coding
    Case(.urlDecode, "a%41+b", "aA b"), Case(.urlDecode, "%u0041", "%u0041"), Case(.urlDecode, "%4", "%4"),
    Case(.urlDecode, "%zz%%41", "%zz%A"),
    Case(.urlDecode, "%00", "\\x00"), Case(.urlDecodeUni, "%u0041%U0042", "AB"), Case(.urlDecodeUni, "%uFF1c", "<"),
    Case(.urlDecodeUni, "%u00ff", "\\xff"), Case(.urlDecodeUni, "%u12", "%u12"), Case(.urlDecodeUni, "%u12g4%3c", "%u12g4<"),
    Case(.urlDecodeUni, "%2541", "%41"), Case(.urlEncode, "a b*<", "a+b*%3c"), Case(.urlEncode, "aZ09*", "aZ09*"),
    // Entities
    Case(.htmlEntityDecode, "&lt;&GT;&Amp;&quot;&nbsp;", "<>&\"\\xa0"), Case(.htmlEntityDecode, "&#60;&#x3C;&#X3c", "<<<"),
    Case(.htmlEntityDecode, "&#316;", "<"), Case(.htmlEntityDecode, "&lt&gt", "<>"),
    Case(.htmlEntityDecode, "&ltx;&apos;&#;&#x;&", "&ltx;&apos;&#;&#x;&"),
    Case(.htmlEntityDecode, "&#99999999999999999999994748364;", "\\xcc"),
    // Escapes
    Case(.jsDecode, "\\u003c\\u00FF", "<\\xff"), Case(.jsDecode, "\\uFF1C\\uff00", "<\\x00"), Case(.jsDecode, "\\u00", "u00"),
    Case(.jsDecode, "\\74\\474\\0", "<'4\\x00"), Case(.jsDecode, "\\a\\b\\f\\n\\r\\t\\v\\q\\'", "\\x07\\x08\\x0c\\x0a\\x0d\\x09\\x0bq'"),
    Case(.jsDecode, "a\\", "a\\"), Case(.jsDecode, "\\x4", "x4"),
    Case(.cssDecode, "a\\ja", "aja"), Case(.cssDecode, "\\3c b", "<b"), Case(.cssDecode, "\\00003cb", "<b"),
    Case(.cssDecode, "\\ff1c", "<"),
    Case(.cssDecode, "\\01ff1c", "\\x1c"), Case(.cssDecode, "a\\", "a"), Case(.cssDecode, "a\\\nb", "ab"),
    Case(.cssDecode, "plain", "plain"),
    Case(.escapeSeqDecode, "\\n\\074\\q\\?", "\n<q?"), Case(.escapeSeqDecode, "a\\", "a\\"),
    Case(.utf8toUnicode, "aé€😀", "a%u00e9%u20ac%u1f600"),
    Case(.utf8toUnicode, "\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82", "\\xc0\\xaf\\xed\\xa0\\x80\\xe2\\x82"),
    // Folding and removing
    Case(.lowercase, "aBÉ[", "abÉ["), Case(.lowercase, "abc", "abc"), Case(.uppercase, "aBé{", "ABé{"),
    Case(.uppercase, "ABC1", "ABC1"),
    Case(.removeNulls, "a\\x00b\\x00", "ab"), Case(.removeNulls, "ab", "ab"), Case(.replaceNulls, "a\\x00b", "a b"),
    Case(.replaceNulls, "a b", "a b"),
    Case(.compressWhitespace, "a \\x09\\x0b\\xa0b c", "a b c"), Case(.compressWhitespace, "a\\x09b", "a b"),
    Case(.compressWhitespace, " a b ", " a b "),
    Case(.compressWhitespace, "a  ", "a "), Case(.removeWhitespace, " a\\x09\\xc2\\xa0b\\x0d\\x0a", "ab"),
    Case(.removeWhitespace, "ab", "ab"),
    Case(.trim, " \\x09a b\\x0b ", "a b"), Case(.trimLeft, "  a ", "a "), Case(.trimRight, " a  ", " a"), Case(.trim, "   ", ""),
    Case(.trim, "a b", "a b"),
    // Comments
    Case(.replaceComments, "a/*x*/b/**/c", "a b c"), Case(.replaceComments, "a/*x", "a "), Case(.replaceComments, "a*/b/", "a*/b/"),
    Case(.replaceComments, "/*/*/x", " x"), Case(.removeComments, "a/*x*/b<!--y-->c", "abc"), Case(.removeComments, "a--b", "a"),
    Case(.removeComments, "a#b", "a"), Case(.removeComments, "a/*x", "a "), Case(.removeComments, "a-b*/<!-", "a-b*/<!-"),
    Case(.removeComments, "a-->b", "a"), Case(.removeCommentsChar, "a/*b*/c--d#e<!--f-->g", "abcdefg"),
    Case(.removeCommentsChar, "a/ *-<!-", "a/ *-<!-"),
    // Command lines and paths
    Case(.cmdLine, "C^M\\D /c 'Dir', \"x\"", "cmd/c dir x"), Case(.cmdLine, "a ;, \\x09b (c", "a b(c"), Case(.cmdLine, "a b/c", "a b/c"),
    Case(.cmdLine, "a,b", "a b"),
    Case(.normalisePath, "/a//b/./c/../d", "/a/b/d"), Case(.normalisePath, "/../../a", "/a"), Case(.normalisePath, "../../a", "../../a"),
    Case(.normalisePath, "a/../../b", "../b"), Case(.normalisePath, "a/b/../", "a/"), Case(.normalisePath, "a/..", ""),
    Case(.normalisePath, "/a/..", "/"),
    Case(.normalisePath, "/a/.b/..c/", "/a/.b/..c/"), Case(.normalisePath, "/", "/"), Case(.normalisePath, "a\\..\\b", "a\\..\\b"),
    Case(.normalisePath, "...", "..."),
    Case(.normalisePathWin, "a\\..\\b\\\\c", "b/c"), Case(.normalisePathWin, "\\", "/"), Case(.normalisePathWin, "a/b", "a/b"),
    // Codings
    Case(.base64Decode, "VGVzdA==", "Test"), Case(.base64Decode, "VGVz\ndA", "Test"), Case(.base64Decode, "VGVz*dA", "Tes"),
    Case(.base64Decode, "", ""),
    Case(.base64Decode, "VG==VG", "T"), Case(.base64DecodeExt, "V G*V=z.dA==", "Test"), Case(.base64DecodeExt, "V\\x00GVz", "Tes"),
    Case(.base64Encode, "Test", "VGVzdA=="), Case(.base64Encode, "Tes", "VGVz"), Case(.base64Encode, "\\xff\\xfe", "//4="),
    Case(.base64Encode, "", ""),
    Case(.hexDecode, "3c3E2", "<>"), Case(.hexEncode, "<\\xff", "3cff"), Case(.hexEncode, "", ""),
    Case(.sqlHexDecode, "a0x3c3eg0X41", "a<>gA"),
    Case(.sqlHexDecode, "0x4", "0x4"), Case(.length, "", "0"), Case(.length, "1", "1"), Case(.length, "é", "2"),
    Case(.sha1, "", "\\xda\\x39\\xa3\\xee\\x5e\\x6b\\x4b\\x0d\\x32\\x55\\xbf\\xef\\x95\\x60\\x18\\x90\\xaf\\xd8\\x07\\x09"),
    Case(.md5, "abc", "\\x90\\x01\\x50\\x98\\x3c\\xd2\\x4f\\xb0\\xd6\\x96\\x3f\\x7d\\x28\\xe1\\x7f\\x72"),
    Case(.parityEven7bit, "ac\\xe1", "\\xe1c\\xe1"), Case(.parityOdd7bit, "ac", "a\\xe3"), Case(.parityZero7bit, "\\xe1b", "ab"),
    Case(.parityZero7bit, "ab", "ab"),
    Case(.phpArgsNames, " a.b c", "a_b_c"), Case(.phpArgsNames, "a[b.c][d]e", "a[b.c][d]"), Case(.phpArgsNames, "a[b.c", "a_b_c"),
    Case(.phpArgsNames, "a_b", "a_b"),
  ]

  @Test("a transformation gives this text and says whether it differs", arguments: cases)
  func transformation(_ test: Case) {
    let result = transformed(test.name, bytes(test.input))
    #expect(result.text == bytes(test.output))
    #expect(result.isChanged == (bytes(test.input) != bytes(test.output)))
  }

  @Test func theTableIsWholeAndNamesEveryTransformation() {
    #expect(Self.cases.count == 117)
    #expect(Set(Self.cases.map(\.name)) == Set(TransformationName.allCases))
  }

  @Test func aUnicodeMapComesBeforeTheLowByte() {
    let context = TransformationContext(unicodeMap: [0x2039: 0x3C])
    #expect(transformed(.urlDecodeUni, bytes("%u2039%u203a"), context: context).text == bytes("<:"))
    #expect(transformed(.urlDecodeUni, bytes("%u2039")).text == bytes("9"))
  }

  @Test("a value without an address is an empty value", arguments: TransformationName.allCases)
  func emptyValue(_ name: TransformationName) {
    var output: [UInt8] = [1]
    let isChanged = transform(name, UnsafeBufferPointer(start: nil, count: 0), context: TransformationContext(), into: &output)
    switch name {
    case .length, .sha1, .md5: #expect(isChanged)
    default: #expect(!isChanged)
    }
  }
}
