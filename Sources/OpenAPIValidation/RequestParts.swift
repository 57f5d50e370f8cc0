import BodyDecoding
import HTTPModel

/// The parts of a request's head that operations speak of, taken apart once.
struct RequestParts {
  let head: RequestHead
  let path: [UInt8]
  let query: [ParameterDecoder.Pair]
  let cookies: [ParameterDecoder.Pair]

  init(_ head: RequestHead) {
    self.head = head
    var target = head.target
    // A URI's fragment is not sent; a server that gets one may cut it off.
    if target.first != UInt8(ascii: "/"), let origin = Self.pathStart(target) { target.removeFirst(origin) }
    let mark = target.firstIndex(of: UInt8(ascii: "?"))
    path = Array(target[..<(mark ?? target.count)])
    query = mark.map { ParameterDecoder.pairs(Array(target[($0 + 1)...])) } ?? []
    var list: [NamedValue] = []
    for field in head.fields where field.isNamed("cookie") { CookieDecoder.decode(field.value, into: &list) }
    cookies = list.map { ($0.name, $0.value) }
  }

  /// The absolute form (RFC 9112 section 3.2.2): where the path begins after `scheme://authority`.
  private static func pathStart(_ target: [UInt8]) -> Int? {
    guard let colon = target.firstIndex(of: UInt8(ascii: ":")), target[colon...].starts(with: "://".utf8) else { return nil }
    return target[(colon + 3)...].firstIndex(of: UInt8(ascii: "/")) ?? nil
  }

  func fields(_ name: String) -> [[UInt8]] {
    let name = Array(name.utf8).map(asciiLowercased)
    return head.fields.filter { $0.name.count == name.count && $0.name.map(asciiLowercased) == name }.map(\.value)
  }
}
