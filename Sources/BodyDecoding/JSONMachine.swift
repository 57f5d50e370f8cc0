/// The state of reading one JSON text: where it is, what may follow, the open containers and the name they give to a leaf.
///
/// ```
/// value ──scalar──▶ separator ──,──▶ value | key
///   │ [ {                │ ] }
///   ▼                    ▼
/// firstElement | firstKey     (the container is a value of the one around it)
/// ```
struct JSONMachine {
  private enum Expectation {
    case value, firstElement, firstKey, key, separator, end
  }

  /// An open container. An array counts its elements; in an object `index` is not used.
  private struct Container {
    var isArray: Bool
    /// The part of `name` that belongs to the container itself.
    var nameLength: Int
    var index = 0
  }

  private let input: UnsafeBufferPointer<UInt8>
  private let limits: JSONLimits
  private let naming: JSONNaming
  private var position = 0
  private var containers: [Container] = []
  /// The name of the value that is being read; grows and shrinks with the containers.
  private var name: [UInt8] = Array("json".utf8)
  private var nameBytesLeft: Int
  private var stringProblem: JSONString.Problem?
  private(set) var list = NamedValueList()
  private(set) var error: BodyError?

  init(input: UnsafeBufferPointer<UInt8>, limits: JSONLimits, naming: JSONNaming) {
    self.input = input
    self.limits = limits
    self.naming = naming
    let (expanded, isHuge) = input.count.multipliedReportingOverflow(by: max(0, limits.maximumNameExpansion))
    nameBytesLeft = isHuge ? .max : expanded.addingReportingOverflow(1 << 20).overflow ? .max : expanded + 1 << 20
    name.reserveCapacity(256)
    containers.reserveCapacity(16)
    // Names repeat their containers' keys, values lose quotes and blanks: together about twice the text.
    list.bytes.reserveCapacity(min(input.count, 1 << 20) * 2)
    list.entries.reserveCapacity(min(input.count / 24 + 4, max(0, limits.maximumValues)))
  }

  mutating func run() {
    skipByteOrderMark()
    var expectation = Expectation.value
    while true {
      skipWhitespace()
      guard position < input.count else {
        if expectation != .end { fail("the text ends too early") }
        return
      }
      guard let next = step(expectation, input[position]) else { return }
      expectation = next
    }
  }

  /// Takes one token that begins with `byte`. Nil if reading cannot go on.
  private mutating func step(_ expectation: Expectation, _ byte: UInt8) -> Expectation? {
    switch expectation {
    case .firstElement where byte == UInt8(ascii: "]"), .firstKey where byte == UInt8(ascii: "}"):
      return close()
    case .value, .firstElement:
      nameElement()
      return value(byte)
    case .key, .firstKey:
      return key(byte)
    case .separator:
      return separator(byte)
    case .end:
      return fail("there are bytes after the value")
    }
  }

  private mutating func value(_ byte: UInt8) -> Expectation? {
    switch byte {
    case UInt8(ascii: "\""): return string()
    case UInt8(ascii: "{"): return open(isArray: false)
    case UInt8(ascii: "["): return open(isArray: true)
    case UInt8(ascii: "t"): return word("true", isNull: false)
    case UInt8(ascii: "f"): return word("false", isNull: false)
    case UInt8(ascii: "n"): return word("null", isNull: true)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    default: return fail("a value is expected")
    }
  }

  private var afterValue: Expectation { containers.isEmpty ? .end : .separator }

  // MARK: Containers

  private mutating func open(isArray: Bool) -> Expectation? {
    guard containers.count < limits.maximumDepth else { return fail("nested deeper than \(limits.maximumDepth)") }
    containers.append(Container(isArray: isArray, nameLength: name.count))
    position += 1
    return isArray ? .firstElement : .firstKey
  }

  private mutating func close() -> Expectation {
    if let closed = containers.popLast() { truncateName(to: closed.nameLength) }
    position += 1
    return afterValue
  }

  private mutating func separator(_ byte: UInt8) -> Expectation? {
    guard let container = containers.last else { return fail("there are bytes after the value") }
    if byte == UInt8(ascii: ",") {
      position += 1
      return container.isArray ? .value : .key
    }
    if byte == UInt8(ascii: container.isArray ? "]" : "}") { return close() }
    return fail(container.isArray ? "a comma or the end of the array is expected" : "a comma or the end of the object is expected")
  }

  // MARK: Names

  /// Gives the value that begins here its index, if it is an array's element.
  private mutating func nameElement() {
    guard let last = containers.indices.last, containers[last].isArray else { return }
    truncateName(to: containers[last].nameLength)
    switch naming {
    case .modSecurity3: name.append(contentsOf: ".array_".utf8)
    case .dotted: name.append(UInt8(ascii: "."))
    }
    appendDecimal(containers[last].index)
    containers[last].index += 1
  }

  private mutating func key(_ byte: UInt8) -> Expectation? {
    guard byte == UInt8(ascii: "\"") else { return fail("a key in double quotes is expected") }
    if let container = containers.last { truncateName(to: container.nameLength) }
    name.append(UInt8(ascii: "."))
    let start = name.count
    let end = JSONString.decode(input, from: position + 1, into: &name, problem: &stringProblem)
    noteStringProblem()
    guard let end else {
      position = input.count
      return fail("the key is not closed")
    }
    position = end
    if name.count == start, naming == .modSecurity3 { name.append(contentsOf: "empty-key".utf8) }
    skipWhitespace()
    guard position < input.count, input[position] == UInt8(ascii: ":") else { return fail("a colon is expected") }
    position += 1
    return .value
  }

  private mutating func truncateName(to count: Int) {
    name.removeLast(name.count - count)
  }

  private mutating func appendDecimal(_ number: Int) {
    if number >= 10 { appendDecimal(number / 10) }
    name.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  // MARK: Leaves

  /// Begins an entry with the current name; its value is whatever is appended to `list.bytes` until `endLeaf`.
  private mutating func beginLeaf() -> Bool {
    guard list.entries.count < limits.maximumValues else {
      fail("more than \(limits.maximumValues) values")
      return false
    }
    guard name.count <= nameBytesLeft else {
      fail("the names of the values are too long")
      return false
    }
    nameBytesLeft -= name.count
    let start = list.bytes.count
    list.bytes.append(contentsOf: name)
    list.entries.append(NamedValueList.Entry(nameStart: start, valueStart: start + name.count, end: start + name.count))
    return true
  }

  private mutating func endLeaf() {
    guard let last = list.entries.indices.last else { return }
    list.entries[last].end = list.bytes.count
  }

  private mutating func string() -> Expectation? {
    guard beginLeaf() else { return nil }
    let end = JSONString.decode(input, from: position + 1, into: &list.bytes, problem: &stringProblem)
    endLeaf()
    noteStringProblem()
    guard let end else {
      position = input.count
      return fail("the string is not closed")
    }
    position = end
    return afterValue
  }

  private mutating func word(_ text: StaticString, isNull: Bool) -> Expectation? {
    let length = text.utf8CodeUnitCount
    guard input.count - position >= length else { return fail("a value is expected") }
    for index in 0..<length where input[position + index] != text.utf8Start[index] { return fail("a value is expected") }
    guard beginLeaf() else { return nil }
    if !isNull { list.bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: length)) }
    endLeaf()
    position += length
    return afterValue
  }

  /// RFC 8259 section 6: `[ "-" ] int [ frac ] [ exp ]`.
  private mutating func number() -> Expectation? {
    let start = position
    var end = start
    if input[end] == UInt8(ascii: "-") { end += 1 }
    if end < input.count, input[end] == UInt8(ascii: "0") {
      end += 1
    } else {
      guard skipDigits(&end) else { return fail("the number has no digit") }
    }
    if end < input.count, input[end] == UInt8(ascii: ".") {
      end += 1
      guard skipDigits(&end) else { return fail("the number has no digit after the point") }
    }
    if end < input.count, input[end] | 0x20 == UInt8(ascii: "e") {
      end += 1
      if end < input.count, input[end] == UInt8(ascii: "+") || input[end] == UInt8(ascii: "-") { end += 1 }
      guard skipDigits(&end) else { return fail("the number has no digit in its exponent") }
    }
    guard beginLeaf() else { return nil }
    list.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
    endLeaf()
    position = end
    return afterValue
  }

  private func skipDigits(_ index: inout Int) -> Bool {
    let start = index
    while index < input.count, input[index] &- 0x30 < 10 { index += 1 }
    return index > start
  }

  // MARK: Between tokens

  private mutating func skipWhitespace() {
    while position < input.count {
      switch input[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  /// RFC 8259 section 8.1: a text must not begin with one; some servers ignore it.
  private mutating func skipByteOrderMark() {
    guard input.count >= 3, input[0] == 0xEF, input[1] == 0xBB, input[2] == 0xBF else { return }
    fail("the text begins with a byte order mark")
    position = 3
  }

  private mutating func noteStringProblem() {
    guard let problem = stringProblem, error == nil else { return }
    note(problem.text.description, at: problem.offset)
  }

  /// Keeps the error if it is the first. Returns nil: "reading cannot go on".
  @discardableResult
  private mutating func fail(_ text: String) -> Expectation? {
    note(text, at: position)
    return nil
  }

  private mutating func note(_ text: String, at offset: Int) {
    guard error == nil else { return }
    error = BodyError(message: "JSON parsing error: \(text) (byte \(offset))", offset: offset)
  }
}
