import BodyDecoding

/// Turns schemas into a `SchemaProgram`: every schema that the root can lead to becomes a block, once.
struct SchemaCompiler {
  let options: SchemaOptions
  var index: SchemaIndex
  var program = SchemaProgram()
  /// By `BlockKey.number`.
  private var blockByPlace: [Int: Int32] = [:]
  private var queue: [(key: BlockKey, block: Int32)] = []
  private(set) var errors: [SchemaError] = []
  private(set) var notes: [SchemaError] = []

  /// A schema is compiled once as it stands, and once more closed if that is asked for.
  private struct BlockKey {
    var place: SchemaPlace
    var isClosed: Bool

    var number: Int { place.key << 1 | (isClosed ? 1 : 0) }
  }
  private var locationByText: [String: UInt32] = [:]
  /// The block of `nothing`, -1 until somebody asks.
  var emptyBlock: Int32 = -1
  var patternByText: [[UInt8]: Int32] = [:]
  /// Dynamic references, in the order of `SchemaProgram.dynamicTargets`. Nil stands for `$recursiveRef`.
  private var dynamicNames: [String?] = []
  private var compiledResources: Set<Int> = []

  /// The program, and the blocks of the schemas asked for.
  /// - Parameter nodes: schemas anywhere in the document; nil for the document itself.
  static func compile(
    _ document: SchemaDocument, documents: SchemaDocuments, options: SchemaOptions
  ) throws(SchemaError) -> (program: SchemaProgram, roots: [Int32]) {
    var compiler = SchemaCompiler(options: options, documents: documents)
    let root = try compiler.index.insert(document)
    let place = SchemaPlace(document: 0, node: compiler.index.resources[root].root.node)
    try compiler.index.adopt(place, resource: root)
    let block = compiler.block(place)
    compiler.drain()
    if let first = compiler.errors.first { throw first }
    return (compiler.finished(), [block])
  }

  /// The same for schemas anywhere in several documents, with every mistake and what will not be enforced.
  /// - Parameter places: a document each, and the node of the schema in it.
  static func compile(
    _ places: [(document: SchemaDocument, node: Int)], documents: SchemaDocuments, options: SchemaOptions
  ) throws(SchemaErrors) -> (program: SchemaProgram, roots: [Int32], notes: [SchemaError]) {
    var compiler = SchemaCompiler(options: options, documents: documents)
    var roots: [Int32] = []
    var resourceByDocument: [ObjectIdentifier: (document: Int, resource: Int)] = [:]
    for (document, node) in places {
      do throws(SchemaError) {
        let known: (document: Int, resource: Int)
        if let found = resourceByDocument[ObjectIdentifier(document)] {
          known = found
        } else {
          known = (compiler.index.documents.count, try compiler.index.insert(document))
          resourceByDocument[ObjectIdentifier(document)] = known
        }
        let place = SchemaPlace(document: known.document, node: node)
        try compiler.index.adopt(place, resource: known.resource)
        roots.append(compiler.block(place, isClosed: options.openAPI?.closesObjects == true))
      } catch {
        compiler.note(error)
      }
    }
    compiler.drain()
    guard compiler.errors.isEmpty else { throw SchemaErrors(compiler.errors) }
    return (compiler.finished(), roots, compiler.notes)
  }

  /// More mistakes than these help nobody.
  private static let maximumErrors = 200

  mutating func note(_ error: SchemaError) {
    if errors.count < Self.maximumErrors, !errors.contains(error) { errors.append(error) }
  }

  private init(options: SchemaOptions, documents: SchemaDocuments) {
    self.options = options
    var dialect = SchemaDialect(options.defaultDraft)
    if let openAPI = options.openAPI {
      dialect = SchemaDialect(openAPI.isVersion30 ? .draft4 : .draft202012)
      dialect.isOpenAPI30 = openAPI.isVersion30
    }
    index = SchemaIndex(supply: documents, fallbackDialect: dialect)
  }

  /// Compiles what is waiting, and then what dynamic references may come to mean, until nothing is new.
  private mutating func drain() {
    while true {
      while let (key, block) = queue.popLast() {
        compiledResources.insert(index.resource(of: key.place))
        var builder = BlockBuilder(place: key.place, resource: index.resource(of: key.place), index: index, isClosed: key.isClosed)
        do throws(SchemaError) {
          try builder.build(&self)
          if options.openAPI != nil, !key.isClosed { notes += builder.unenforced(options) }
        } catch {
          note(error)
        }
        append(builder, to: block)
      }
      for name in dynamicNames {
        for resource in compiledResources {
          if let place = dynamicAnchor(name, in: resource) { _ = block(place) }
        }
      }
      if queue.isEmpty { return }
    }
  }

  private func dynamicAnchor(_ name: String?, in resource: Int) -> SchemaPlace? {
    let resource = index.resources[resource]
    guard let name else { return resource.hasRecursiveAnchor ? resource.root : nil }
    return resource.dynamicAnchors[name]
  }

  private mutating func finished() -> SchemaProgram {
    for (entry, name) in dynamicNames.enumerated() {
      program.dynamicTargets[entry].byResource = index.resources.indices.map { resource in
        guard compiledResources.contains(resource), let place = dynamicAnchor(name, in: resource) else { return -1 }
        return blockByPlace[BlockKey(place: place, isClosed: false).number] ?? -1
      }
    }
    program.documents = index.documents
    program.resources = index.resources.map { ($0.uri, $0.root.node) }
    return program
  }

  private mutating func append(_ builder: BlockBuilder, to block: Int32) {
    var result = builder.block
    result.resource = Int32(builder.resource)
    func place(_ group: [SchemaInstruction]) -> Int32 {
      let start = Int32(program.instructions.count)
      program.instructions += group
      return start
    }
    result.general = place(builder.general)
    result.number = place(builder.number)
    result.string = place(builder.string)
    result.array = place(builder.array)
    result.object = place(builder.object)
    result.end = Int32(program.instructions.count)
    program.blocks[Int(block)] = result
  }

  // MARK: What builders ask for

  /// The block of a schema, which is compiled later if it is new.
  mutating func block(_ place: SchemaPlace, isClosed: Bool = false) -> Int32 {
    let key = BlockKey(place: place, isClosed: isClosed)
    if let known = blockByPlace[key.number] { return known }
    let block = Int32(program.blocks.count)
    program.blocks.append(SchemaBlock())
    program.places.append(ConstantReference(document: Int32(place.document), node: Int32(place.node)))
    blockByPlace[key.number] = block
    queue.append((key, block))
    return block
  }

  /// A schema below another one. If it is nothing but a reference, what it refers to takes its place.
  /// - Parameter isClosed: it is a value of its own, not applied in place, and is to be closed.
  mutating func child(_ node: Int, of parent: SchemaPlace, path: String, isClosed: Bool = false) throws(SchemaError) -> SchemaChild {
    var place = SchemaPlace(document: parent.document, node: node)
    var path = path
    let resource = index.resource(of: place)
    // A hop out of the resource is not skipped, since dynamic references look at the way. The limit ends circles.
    var hops = 0
    while hops < 16, index.resource(of: place) == resource, let reference = try bareReference(place) {
      noteSiblings(place)
      place = reference
      path += "/$ref"
      hops += 1
    }
    return SchemaChild(block: block(place, isClosed: isClosed), location: location(path))
  }

  /// The schema itself gets no block, so that its builder cannot say it.
  private mutating func noteSiblings(_ place: SchemaPlace) {
    guard options.openAPI != nil else { return }
    notes += BlockBuilder(place: place, resource: index.resource(of: place), index: index, isClosed: false).unenforced(options)
  }

  private mutating func bareReference(_ place: SchemaPlace) throws(SchemaError) -> SchemaPlace? {
    let document = index.documents[place.document]
    guard let node = document.member("$ref", of: place.node), document.view.kind(node) == .string else { return nil }
    let resource = index.resource(of: place)
    if !index.resources[resource].dialect.draft.ignoresSiblingsOfRef {
      for (key, _) in document.children(of: place.node) {
        guard let key, ["$ref", "title", "description", "$comment", "default", "deprecated"].contains(document.string(key)) else {
          return nil
        }
      }
    }
    return try index.resolve(document.string(node), at: node, in: place, resource: resource)
  }

  mutating func location(_ text: String) -> UInt32 {
    if let known = locationByText[text] { return known }
    let index = UInt32(program.locations.count)
    program.locations.append(text)
    locationByText[text] = index
    return index
  }

  /// An entry for a reference that is `$dynamicRef` with this name, or `$recursiveRef`.
  mutating func dynamicTarget(_ name: String?, fallback: SchemaPlace) -> Int32 {
    program.hasDynamicScope = true
    dynamicNames.append(name)
    program.dynamicTargets.append(DynamicTarget(fallback: block(fallback), byResource: []))
    return Int32(program.dynamicTargets.count - 1)
  }

  mutating func constant(_ node: Int, in place: SchemaPlace) -> Int32 {
    program.constants.append(ConstantReference(document: Int32(place.document), node: Int32(node)))
    return Int32(program.constants.count - 1)
  }

  /// A name with its hash, its text being kept with the program.
  mutating func name(_ text: UnsafeBufferPointer<UInt8>) -> NameSlot {
    let start = program.names.count
    program.names += text
    return NameSlot(hash: JSONHash.hash(text), nameStart: Int32(start), nameLength: Int32(text.count))
  }

  /// Puts names into a hash table and returns its start and mask.
  mutating func table(_ entries: [NameSlot]) -> (start: Int32, mask: Int32) {
    var size = 2
    while size < entries.count * 2 { size *= 2 }
    let start = program.slots.count
    program.slots += repeatElement(NameSlot(), count: size)
    for entry in entries {
      var slot = Int(entry.hash) & (size - 1)
      while program.slots[start + slot].nameLength >= 0 { slot = (slot + 1) & (size - 1) }
      program.slots[start + slot] = entry
    }
    return (Int32(start), Int32(size - 1))
  }
}
