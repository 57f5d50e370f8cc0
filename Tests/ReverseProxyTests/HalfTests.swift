import HTTPModel
import HTTPWire
import NIOCore
import RuleEngine
import Testing

@testable import ReverseProxy

@Suite("The two halves of an exchange")
struct HalfTests {
  @Test("a request that is streamed waits for a connection, streams, and is complete")
  func streamedRequest() {
    var half = RequestHalf()
    half.headArrived()
    half.collect(limit: 10, overLimit: .partial)
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
    #expect(half.sentStatus == nil)
    half.relay(head: ByteBuffer(string: "HEAD "), status: 200, framing: answer.framing)
    #expect(half.sentStatus == nil)
    var text = ""
    for (index, piece) in answer.pieces.enumerated() {
      var start = half.takeHead() ?? ByteBuffer()
      let end = half.wrap(count: piece.utf8.count, isLast: index == answer.pieces.count - 1, start: &start)
      text += String(buffer: start) + piece + end.description
      #expect(half.sentStatus == 200)
    }
    #expect(text == "HEAD " + answer.expected)
    half.end()
    #expect(half.sentStatus == nil)
    #expect(Self.answers.count == 6)
  }
}

@Suite("Whom a connection waits for")
struct WaitingTests {
  private enum Step { case head, collecting, streaming, complete, over }

  private static func halves(_ step: Step, relaying: Bool) -> (RequestHalf, AnswerHalf) {
    var request = RequestHalf()
    var answer = AnswerHalf()
    if step == .head { return (request, answer) }
    request.headArrived()
    answer.expect()
    switch step {
    case .head: break
    case .collecting: request.collect(limit: 1, overLimit: .reject)
    case .streaming: request.stream()
    case .complete: request.complete()
    case .over: request.end()
    }
    if relaying { answer.relay(head: ByteBuffer(string: "x"), status: 200, framing: .chunked) }
    return (request, answer)
  }

  private struct Row {
    var step: Step
    var relaying = false
    var hasInput = false
    var client = true
    var upstream = true
    var unsent = false
    var expected: Waiting
  }

  private static let rows: [Row] = [
    Row(step: .head, expected: .nextRequest),
    Row(step: .head, unsent: true, expected: .reader),
    Row(step: .head, hasInput: true, expected: .restOfHead),
    Row(step: .head, hasInput: true, unsent: true, expected: .restOfHead),
    Row(step: .head, hasInput: true, client: false, unsent: true, expected: .reader),
    Row(step: .collecting, expected: .restOfBody),
    Row(step: .collecting, upstream: false, expected: .restOfBody),
    Row(step: .streaming, expected: .restOfBody),
    Row(step: .streaming, upstream: false, expected: .upstream),
    Row(step: .streaming, relaying: true, expected: .upstream),
    Row(step: .streaming, relaying: true, client: false, unsent: true, expected: .reader),
    Row(step: .complete, expected: .upstream),
    Row(step: .complete, relaying: true, expected: .upstream),
    Row(step: .complete, relaying: true, client: false, unsent: true, expected: .reader),
    Row(step: .over, unsent: true, expected: .reader),
    Row(step: .over, expected: .end),
  ]

  @Test("follows from the two halves and the sockets")
  func waiting() {
    for row in Self.rows {
      let (request, answer) = Self.halves(row.step, relaying: row.relaying)
      let result = Waiting.of(
        request, answer, hasInput: row.hasInput, isClientWritable: row.client, isUpstreamWritable: row.upstream, hasUnsent: row.unsent)
      #expect(result == row.expected, "\(row)")
    }
    #expect(Self.rows.count == 16)
  }

  @Test("what the peer acknowledged is progress, what only left this process is not")
  func progress() {
    let steps = [(0, 0, false), (100, 100, false), (0, 99, true), (0, 99, false), (50, 149, false), (0, 0, true), (0, 0, false)]
    var progress = WriteProgress()
    for (index, (wrote, underWay, expected)) in steps.enumerated() {
      progress.wrote(wrote)
      let hasMoved = progress.hasMoved(underWay: underWay)
      #expect(hasMoved == expected, "step \(index)")
    }
  }
}
