import Foundation
import Yams

/// Makes the bytes of a request of what a test says of it, completed as the suites' own runner (go-ftw) completes them.
struct CRSTestInput {
  private var input: Node.Mapping
  /// Whether the request goes where the answer of the stage before points to.
  let followsRedirect: Bool

  init(_ input: Node.Mapping) {
    self.input = input
    followsRedirect = input["follow_redirect"]?.bool ?? false
  }

  /// The bytes to send.
  ///
  /// - Parameter location: where the answer before pointed to, for a stage that follows it.
  func request(location: String? = nil) throws(CRSTestError) -> [UInt8] {
    if let encoded = input["encoded_request"]?.string, !encoded.isEmpty {
      // Line breaks of a block of text are no part of it.
      guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters) else {
        throw CRSTestError("encoded_request is no base64")
      }
      return Array(data)
    }
    if let raw = input["raw_request"]?.string, !raw.isEmpty { return Array(raw.utf8) }
    var body = try self.body()
    var headers = self.headers
    func value(of name: String) -> String? { headers.first { $0.0.lowercased() == name }?.1 }
    if isCompleted {
      if value(of: "connection") == nil { headers.append(("Connection", "close")) }
      if !body.isEmpty {
        if value(of: "content-type") == nil { headers.append(("Content-Type", Self.formType)) }
        if value(of: "content-type") == Self.formType, input["encoded_data"] == nil { body = Self.reencoded(body) }
        if value(of: "content-type")?.lowercased().hasPrefix("multipart/") == true { body = Self.withCRLF(body) }
        if value(of: "content-length") == nil { headers.append(("Content-Length", String(body.count))) }
      }
    } else if value(of: "content-type")?.lowercased().hasPrefix("multipart/") == true {
      // Completed by hand: the length says which line ends its author had in mind.
      let lines = Self.withCRLF(body)
      if value(of: "content-length") == String(lines.count) { body = lines }
    }
    let line = [
      input["method"]?.string ?? "GET", location ?? input["uri"]?.string ?? "/", input["version"]?.string ?? "HTTP/1.1",
    ].filter { !$0.isEmpty }.joined(separator: " ")
    let head = [line] + headers.map { "\($0.0): \($0.1)" }
    return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  private static let formType = "application/x-www-form-urlencoded"

  private var isCompleted: Bool {
    input["autocomplete_headers"]?.bool ?? !(input["stop_magic"]?.bool ?? false)
  }

  /// A map, or a list of names and values where the order matters or a name comes twice.
  private var headers: [(String, String)] {
    var headers: [(String, String)] = []
    for (name, value) in input["headers"]?.mapping ?? Node.Mapping([]) { headers.append((name.string ?? "", value.text)) }
    for field in input["ordered_headers"]?.sequence ?? [] {
      guard let field = field.mapping else { continue }
      headers.append((field["name"]?.text ?? "", field["value"]?.text ?? ""))
    }
    return headers
  }

  private func body() throws(CRSTestError) -> [UInt8] {
    if let encoded = input["encoded_data"]?.string, !encoded.isEmpty {
      guard let data = Data(base64Encoded: encoded, options: .ignoreUnknownCharacters) else {
        throw CRSTestError("encoded_data is no base64")
      }
      return Array(data)
    }
    if let lines = input["data"]?.sequence { return Array(DataTemplate.expand(lines.map(\.text).joined(separator: "\r\n")).utf8) }
    return Array(DataTemplate.expand(input["data"]?.text ?? "").utf8)
  }

  private static func withCRLF(_ body: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    for byte in body {
      if byte == 0x0A, result.last != 0x0D { result.append(0x0D) }
      result.append(byte)
    }
    return result
  }

  /// Form data that holds nothing encoded yet is encoded pair by pair; pairs without a value vanish.
  private static func reencoded(_ body: [UInt8]) -> [UInt8] {
    let text = String(decoding: body, as: UTF8.self)
    // A percent sign is either an escape already or an error, and both leave the data as it is.
    guard !text.contains("+"), !text.contains("%") else { return body }
    let pairs = text.split(separator: "&").compactMap { pair -> String? in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return nil }
      return "\(escaped(parts[0]))=\(escaped(parts[1]))"
    }
    return pairs.isEmpty ? body : Array(pairs.joined(separator: "&").utf8)
  }

  private static func escaped(_ text: Substring) -> String {
    text.utf8.map { byte -> String in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
      case 0x20: "+"
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}

/// What is wrong with a test itself.
struct CRSTestError: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}

extension Node {
  /// The scalar as written; empty for null.
  var text: String {
    guard let scalar else { return "" }
    return scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string) ? "" : scalar.string
  }
}
