import Glibc

/// Sends bytes over a loopback connection and reads what comes back, without any help from an HTTP library.
enum RawClient {
  /// What came back, and why no more was read: for the words of a test that failed.
  struct Answer {
    var bytes: [UInt8] = []
    var end: String
  }

  /// - Parameters:
  ///   - timeout: seconds without a byte; a machine that is busy with other things may stand still for some.
  ///   - endsInput: whether to say that nothing more is coming; otherwise half a request is waited for.
  static func exchange(_ request: [UInt8], port: Int, timeout: Int = 60, endsInput: Bool = true) -> Answer {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return Answer(end: "no socket: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    var limit = timeval(tv_sec: timeout, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    guard isConnected else { return Answer(end: "not connected: \(String(cString: strerror(errno)))") }
    var sent = 0
    var sendFault = ""
    while sent < request.count {
      let count = request[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      // A proxy that refuses early may have closed: its answer is there all the same.
      guard count > 0 else {
        sendFault = "; only \(sent) of \(request.count) bytes were sent: \(String(cString: strerror(errno)))"
        break
      }
      sent += count
    }
    if endsInput { shutdown(descriptor, Int32(SHUT_WR)) }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return Answer(bytes: answer, end: (count == 0 ? "closed" : String(cString: strerror(errno))) + sendFault) }
      answer += chunk[..<count]
      // One answer is enough where its length is known.
      if let length = wholeLength(answer), answer.count >= length { return Answer(bytes: answer, end: "whole") }
    }
  }

  private static func wholeLength(_ answer: [UInt8]) -> Int? {
    let text = String(decoding: answer.prefix(8192), as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let head = text[..<end.lowerBound].lowercased()
    guard let match = head.firstMatch(of: /\r\ncontent-length: (\d+)/), let length = Int(match.1) else { return nil }
    return head.utf8.count + 4 + length
  }

  static func status(of answer: [UInt8]) -> Int? {
    let line = String(decoding: answer.prefix(16), as: UTF8.self)
    guard line.hasPrefix("HTTP/1.") else { return nil }
    return Int(line.dropFirst(9).prefix(3))
  }

  /// The first value of a field of the answer's head.
  static func field(_ name: String, of answer: [UInt8]) -> String? {
    let text = String(decoding: answer.prefix(16_384), as: UTF8.self)
    for line in text.split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst() {
      if line.isEmpty { return nil }
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name { return parts[1].trimmingPrefix(" ").description }
    }
    return nil
  }
}
