import HTTPModel
import Telemetry

/// An answer of our own: problem details (RFC 9457), or a small page for a browser. It never names a rule.
enum Refusal {
  /// The status that is sent for one that a rule names: 1xx would not be the last word, and beyond 599 there is nothing.
  static func finalStatus(_ status: Int) -> Int { (200...599).contains(status) ? status : 403 }

  /// - Parameter status: as `finalStatus` gives it.
  static func bytes(
    status: Int, requestID: String, wantsHTML: Bool, isHEAD: Bool, isPersistent: Bool, location: [UInt8]? = nil, method: [UInt8] = [],
    date: Timestamp = Clock.now()
  ) -> (head: [UInt8], body: [UInt8]) {
    let title = title(of: status)
    let body: String
    let type: String
    if wantsHTML {
      type = "text/html; charset=utf-8"
      body = """
        <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
        <title>\(status) \(title)</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:12vh auto;max-width:34em;padding:0 1em}
        small{color:#666}</style></head><body><h1>\(title)</h1><p>\(detail(of: status))</p>
        <small>Request \(requestID)</small></body></html>

        """
    } else {
      type = "application/problem+json"
      body =
        "{\"type\":\"about:blank\",\"title\":\"\(title)\",\"status\":\(status),\"detail\":\"\(detail(of: status))\","
        + "\"instance\":\"urn:request:\(requestID)\",\"request_id\":\"\(requestID)\"}\n"
    }
    var bytes = Array(body.utf8)
    var head = "HTTP/1.1 \(status) \(title)\r\nDate: \(TimestampText.http(date))\r\n"
    switch status {
    case 204, 304: bytes = []  // RFC 9112 section 6.3: what came after the head would be read as the next answer.
    case 205:  // RFC 9110 section 15.3.6: without content, but that must be said.
      bytes = []
      head += "Content-Length: 0\r\n"
    default: head += "Content-Type: \(type)\r\nContent-Length: \(bytes.count)\r\n"
    }
    head += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nX-Request-ID: \(requestID)\r\n"
    if status == 429 || status == 503 { head += "Retry-After: 2\r\n" }
    if status == 405 { head += "Allow: \(allowedMethods(but: method))\r\n" }
    head += isPersistent ? "\r\n" : "Connection: close\r\n\r\n"
    var headBytes = Array(head.utf8)
    if let location, !location.isEmpty, location.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
      headBytes.removeLast(2)
      headBytes += Array("Location: ".utf8) + location + Array("\r\n\r\n".utf8)
    }
    return (headBytes, isHEAD ? [] : bytes)
  }

  /// RFC 9110 section 15.5.6: a 405 says what is allowed. What the origin takes is not known here; what was just refused is.
  private static func allowedMethods(but refused: [UInt8]) -> String {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter { !refused.elementsEqual($0.utf8) }.joined(separator: ", ")
  }

  static func wantsHTML(_ head: RequestHead) -> Bool {
    guard let accept = head.fields.firstValue(of: "accept") else { return false }
    return String(decoding: accept, as: UTF8.self).lowercased().contains("text/html")
  }

  private static func title(of status: Int) -> String {
    switch status {
    case 301: "Moved Permanently"
    case 302: "Found"
    case 307: "Temporary Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    case 508: "Loop Detected"
    default: status < 500 ? "Request Refused" : "Server Error"
    }
  }

  private static func detail(of status: Int) -> String {
    switch status {
    case 400, 414, 417, 431, 501, 505: "The request could not be understood."
    case 408: "The request took too long to arrive."
    case 413: "The request's body is too large."
    case 429: "Too many requests. Please wait a moment and try again."
    case 502: "The server behind this address did not give a usable answer."
    case 503: "The service is busy. Please try again in a moment."
    case 504: "The server behind this address did not answer in time."
    case 508: "The request came back to where it had been."
    case 300..<400: "Please follow the link."
    default: "This request was not allowed. If you think that this is a mistake, quote the request number below."
    }
  }
}
