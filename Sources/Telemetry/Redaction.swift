import HTTPModel

/// Hides what must not stand in a log: values whose names speak of passwords, tokens, cookies or authorization.
public enum Redaction {
  private static let words = [
    "passw", "passphrase", "pwd", "secret", "token", "authorization", "api_key", "apikey", "api-key", "credential", "cvv", "card_number",
  ]
  .map { Array($0.utf8) }

  /// Whether `name`, such as `ARGS:password` or `REQUEST_COOKIES:sid`, names a secret.
  public static func isSecret(_ name: [UInt8]) -> Bool {
    let lower = unescaped(name).map(asciiLowercased)
    if lower.starts(with: "request_cookies:".utf8) || isCookieField(lower) { return true }
    if lower.starts(with: "args_names:".utf8) { return false }
    return isSecretWord(lower[...])
  }

  /// Whether a name that stands in a text, such as `user[password]` or `Set-Cookie`, is a secret's.
  static func isSecretWord(_ name: ArraySlice<UInt8>) -> Bool {
    let lower = unescaped(Array(name)).map(asciiLowercased)
    return words.contains { contains(lower, $0) } || isCookieField(lower) || lastPart(of: lower).elementsEqual("pass".utf8)
  }

  /// `cookie` and `set-cookie`, by themselves or in a collection of fields.
  private static func isCookieField(_ lower: [UInt8]) -> Bool {
    let field = lower.split(separator: 0x3A).last ?? []
    return field.elementsEqual("cookie".utf8) || field.elementsEqual("set-cookie".utf8)
  }

  /// What follows the last `:`, `.`, `[` of a name.
  private static func lastPart(of name: [UInt8]) -> ArraySlice<UInt8> {
    name.split { $0 == 0x3A || $0 == 0x2E || $0 == 0x5B || $0 == 0x5D }.last ?? []
  }

  /// The values, as they stand, of the pairs of a query whose names are secrets'.
  static func secretValues(ofQuery query: ArraySlice<UInt8>) -> [[UInt8]] {
    query.split(separator: 0x26).compactMap { pair in
      guard let equals = pair.firstIndex(of: 0x3D), isSecret(Array(pair[..<equals])) else { return nil }
      return Array(pair[(equals + 1)...])
    }
  }

  /// What stands in the place of a secret.
  static let mark = Array("(redacted)".utf8)

  /// The target with the values of secret parameters taken out.
  ///
  /// - Parameter names: further parameters, in lower case.
  public static func target(_ target: [UInt8], also names: [[UInt8]] = []) -> [UInt8] {
    guard let start = target.firstIndex(of: 0x3F) else { return target }
    var result = Array(target[...start])
    for (index, pair) in target[(start + 1)...].split(separator: 0x26, omittingEmptySubsequences: false).enumerated() {
      if index > 0 { result.append(0x26) }
      if let equals = pair.firstIndex(of: 0x3D), isSecret(Array(pair[..<equals])) || isNamed(Array(pair[..<equals]), names) {
        result += Array(pair[...equals]) + Self.mark
      } else {
        result += pair
      }
    }
    return result
  }

  /// Whether a header field carries a secret whatever it holds.
  public static func isSecretField(_ field: Field) -> Bool {
    field.isNamed("cookie") || field.isNamed("set-cookie") || isSecret(Array(field.name))
  }

  /// A body with its secrets taken out: pairs of a form one by one, anything else as a whole if a secret's name occurs in it.
  public static func body(_ body: [UInt8], also names: [[UInt8]] = []) -> [UInt8] {
    let lower = body.map(asciiLowercased)
    let words = words + names
    guard words.contains(where: { contains(lower, $0) }) || body.contains(0x25) else { return body }
    let isForm = !body.contains { $0 < 0x21 || $0 == 0x7B || $0 == 0x3C || $0 == 0x22 }
    if isForm { return Array(target([0x3F] + body, also: names).dropFirst()) }
    return words.contains { contains(lower, $0) } ? mark : body
  }

  private static func isNamed(_ name: [UInt8], _ names: [[UInt8]]) -> Bool {
    !names.isEmpty && names.contains(unescaped(name).map(asciiLowercased))
  }

  /// Percent escapes undone, so that `p%61ssword` is known for what it is.
  static func unescaped(_ name: [UInt8]) -> [UInt8] {
    guard name.contains(0x25) else { return name }
    var result: [UInt8] = []
    var index = 0
    while index < name.count {
      if name[index] == 0x25, index + 2 < name.count, let high = digit(name[index + 1]), let low = digit(name[index + 2]) {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(name[index])
        index += 1
      }
    }
    return result
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  private static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard text.count >= word.count else { return false }
    for start in 0...(text.count - word.count) where text[start..<(start + word.count)].elementsEqual(word) { return true }
    return false
  }
}
