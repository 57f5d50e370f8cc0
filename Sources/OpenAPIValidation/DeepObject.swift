/// Reads the style `deepObject`: `name[member]=value`.
///
/// The specification leaves nested values open (OpenAPI 3.1, "Style Values"). What servers commonly make of them is read, so that a schema
/// can judge it: `name[a][b]=1` is an object within an object, and where the schema has a list `name[a]=1&name[a]=2`, `name[a][]=1` and
/// `name[a][0]=1` are its items.
struct DeepObject {
  /// A member that stands for one value stands twice.
  private(set) var isRepeated = false
  private(set) var isMalformed = false
  private var root = Node()

  var isEmpty: Bool { root.members.isEmpty }

  /// Objects within one another; more are no value of any schema here.
  private static let maximumDepth = 16

  private struct Node {
    var values: [[UInt8]] = []
    var members: [(name: [UInt8], node: Node)] = []
    var indexByName: [[UInt8]: Int] = [:]
  }

  /// - Parameters:
  ///   - path: what stands behind the parameter's name: `[a][b]`.
  ///   - value: decoded.
  mutating func add(_ path: ArraySlice<UInt8>, _ value: [UInt8]) {
    guard let names = Self.names(path) else {
      isMalformed = true
      return
    }
    Self.add(names[...], value, to: &root)
  }

  /// An empty pair of brackets is an item where the schema has a list, and a member with an empty name elsewhere.
  private static func names(_ path: ArraySlice<UInt8>) -> [[UInt8]]? {
    var names: [[UInt8]] = []
    var rest = path
    while !rest.isEmpty {
      guard rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]")), names.count < maximumDepth
      else { return nil }
      let name = Array(rest[(rest.startIndex + 1)..<close])
      guard !name.contains(UInt8(ascii: "[")) else { return nil }
      names.append(name)
      rest = rest[(close + 1)...]
    }
    return names
  }

  private static func add(_ names: ArraySlice<[UInt8]>, _ value: [UInt8], to node: inout Node) {
    guard let name = names.first else {
      node.values.append(value)
      return
    }
    let index: Int
    if let known = node.indexByName[name] {
      index = known
    } else {
      index = node.members.count
      node.indexByName[name] = index
      node.members.append((name, Node()))
    }
    add(names.dropFirst(), value, to: &node.members[index].node)
  }

  // MARK: JSON

  /// The value, as the shape asks for it.
  mutating func json(_ shape: OpenAPIShape) -> [UInt8] { json(root, shape) }

  /// - Parameter known: nil for members that nobody declared. How often those may stand is not known: several are a list.
  private mutating func json(_ node: Node, _ known: OpenAPIShape?) -> [UInt8] {
    let shape = known ?? (node.values.count > 1 ? .array(.scalar(.string)) : .scalar(.string))
    if node.members.isEmpty {
      if case .array(let item) = shape { return ParameterText.array(node.values, item) }
      if node.values.count != 1 { isRepeated = true }
      return ParameterText.scalar(node.values[0], shape)
    }
    // A value and members of the same name: no server can mean both.
    if !node.values.isEmpty { isMalformed = true }
    if case .array(let item) = shape, let items = Self.items(node) {
      var list: [[UInt8]] = []
      for one in items { list.append(json(one, item)) }
      return ParameterText.list(list)
    }
    var shapes: [String: OpenAPIShape] = [:]
    if case .object(let known) = shape { shapes = known }
    var members: [(name: [UInt8], json: [UInt8])] = []
    for member in node.members {
      members.append((member.name, json(member.node, shapes[String(decoding: member.name, as: UTF8.self)])))
    }
    return ParameterText.object(members)
  }

  /// The items of a list: those of `[]`, or `[0]`, `[1]` and so on in their order; nil for other names.
  private static func items(_ node: Node) -> [Node]? {
    if node.members.count == 1, node.members[0].name.isEmpty, node.members[0].node.members.isEmpty {
      return node.members[0].node.values.map { value in
        var item = Node()
        item.values = [value]
        return item
      }
    }
    for (index, member) in node.members.enumerated() where member.name != Array(String(index).utf8) { return nil }
    return node.members.map(\.node)
  }
}
