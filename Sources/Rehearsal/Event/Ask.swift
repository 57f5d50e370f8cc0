/// One request that somebody means to send, and what a healthy origin answers to it.
struct Ask {
  var method = "GET"
  /// Path and query as they go over the wire, percent-encoded or deliberately not.
  var target: String
  /// Empty if none is sent.
  var referrer = ""
  var status: Int
  /// Bytes of the answer's body.
  var size: Int
  /// Bytes of the request's body.
  var sent = 0
  /// What the answer costs the origin, as a multiple of a cheap one; 0 is served by a cache in front of it.
  var cost = 1.0

  init(_ target: String, status: Int = 200, size: Int, cost: Double = 1) {
    self.init("GET", target, status: status, size: size, cost: cost)
  }

  init(_ method: String, _ target: String, status: Int = 200, size: Int, sent: Int = 0, cost: Double = 1) {
    self.method = method
    self.target = target
    self.status = status
    self.size = size
    self.sent = sent
    self.cost = cost
  }

  /// The same request with another answer.
  func answered(_ status: Int, size: Int = 96) -> Ask {
    var copy = self
    copy.status = status
    copy.size = size
    return copy
  }

  /// The same request from a page.
  func from(_ referrer: String) -> Ask {
    var copy = self
    copy.referrer = referrer
    return copy
  }

  /// The same request by a client that has the answer and asks whether it changed.
  var revalidated: Ask { answered(304, size: 0) }
}
