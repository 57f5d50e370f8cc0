import HTTPModel
import HTTPWire
import RuleEngine
import Testing

@testable import ReverseProxy

@Suite("The two halves of an exchange")
struct HalfTests {
  @Test("a request that is streamed waits for a connection, streams, and is complete")
  func streamedRequest() {
    var half = RequestHalf()
    half.headArrived()
    half.collect(limit: 10, overLimit: .processPartial)
    half.wait()
    half.stream()
    half.complete()
    guard case .complete = half.state else { return #expect(Bool(false), "\(half.state)") }
    half.next()
    guard case .head = half.state else { return #expect(Bool(false), "\(half.state)") }
    half.end()
    guard case .over = half.state else { return #expect(Bool(false), "\(half.state)") }
  }

  /// (framing, pieces, what the client gets after the head)
  static let answers: [(framing: BodyFraming, pieces: [String], expected: String)] = [
    (.chunked, ["abc", "0123456789abcdef", ""], "3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"),
    (.chunked, ["abc"], "3\r\nabc\r\n0\r\n\r\n"),
    (.chunked, [""], "0\r\n\r\n"),
    (.length(6), ["abc", "def"], "abcdef"),
    (.untilClose, ["abc", ""], "abc"),
    (.none, [""], ""),
  ]

  @Test("an answer is the head once, and the body in the client's framing", arguments: answers)
  func answerFraming(answer: (framing: BodyFraming, pieces: [String], expected: String)) {
    var half = AnswerHalf()
    half.expect()
    #expect(!half.isUnderWay)
    half.relay(head: Array("HEAD ".utf8), status: 200, framing: answer.framing)
    #expect(!half.isUnderWay)
    var text = ""
    for (index, piece) in answer.pieces.enumerated() {
      let (start, end) = half.wrap(count: piece.utf8.count, isLast: index == answer.pieces.count - 1)
      text += String(decoding: start, as: UTF8.self) + piece + end.description
      #expect(half.isUnderWay)
    }
    #expect(text == "HEAD " + answer.expected)
    half.end()
    #expect(!half.isUnderWay)
    #expect(Self.answers.count == 6)
  }
}
