import HTTPWire
import Testing

@Suite("Chunked bodies")
struct ChunkedDecoderTests {
  private static func decode(_ text: String, pieces: Int) -> (body: String, consumed: Int, isDone: Bool) {
    let bytes = Array(text.utf8)
    var decoder = ChunkedDecoder()
    var output: [UInt8] = []
    var position = 0
    while position < bytes.count, !decoder.isDone {
      let end = min(position + pieces, bytes.count)
      guard case .consumed(let count) = bytes[position..<end].withUnsafeBytes({ decoder.decode($0, into: &output) }), count > 0 else {
        return ("", position, false)
      }
      position += count
    }
    return (String(decoding: output, as: UTF8.self), position, decoder.isDone)
  }

  @Test("are the same in pieces of any size, and end where they end", arguments: [1, 2, 3, 5, 1000])
  func decodes(pieces: Int) {
    let text = "5\r\nhello\r\n1;name=\"v\"\r\n \r\n00A\r\n0123456789\r\n0\r\nExpires: never\r\nHost: evil\r\n\r\n"
    let result = Self.decode(text + "GET / HTTP/1.1\r\n", pieces: pieces)
    #expect(result.body == "hello 0123456789" && result.consumed == text.utf8.count && result.isDone)
  }

  @Test("an empty body is one chunk of no bytes")
  func empty() { #expect(Self.decode("0\r\n\r\n", pieces: 1) == ("", 5, true)) }

  @Test("a body without its last chunk is not done")
  func unfinished() { #expect(!Self.decode("5\r\nhello\r\n", pieces: 4).isDone) }
}
