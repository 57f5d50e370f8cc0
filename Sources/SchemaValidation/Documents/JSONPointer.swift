import BodyDecoding

/// JSON Pointers (RFC 6901) to the nodes of a tape.
package enum JSONPointer {
  /// The pointer to a node; that of its value for a name. Cost: linear in the text, so only for errors.
  package static func text(to target: Int, in view: JSONView) -> String {
    var pointer = ""
    var node = 0
    while node != target {
      let kind = view.kind(node)
      guard kind == .array || kind == .object else { return pointer }
      var child = node + 1
      var index = 0
      while true {
        let value = kind == .object ? child + 1 : child
        let next = view.next(value)
        if target < next {
          pointer += "/" + (kind == .object ? escaped(String(decoding: view.text(child), as: UTF8.self)) : String(index))
          if target == child { return pointer }
          node = value
          break
        }
        child = next
        index += 1
      }
    }
    return pointer
  }

  /// `~` and `/` of one part of a pointer.
  package static func escaped(_ part: String) -> String {
    guard part.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return part }
    var result = ""
    for scalar in part.unicodeScalars {
      switch scalar {
      case "~": result += "~0"
      case "/": result += "~1"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The parts of a pointer, unescaped; nil if it is none.
  package static func parts(_ pointer: String) -> [String]? {
    guard !pointer.isEmpty else { return [] }
    guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
    var parts: [String] = []
    for part in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      var bytes: [UInt8] = []
      var rest = part[...]
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "~") else {
          bytes.append(byte)
          continue
        }
        switch rest.popFirst() {
        case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
        case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
        default: return nil
        }
      }
      parts.append(String(decoding: bytes, as: UTF8.self))
    }
    return parts
  }
}
