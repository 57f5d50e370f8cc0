/// Bytes that live as long as a rule set: names and fixed texts that rules hand out as views without a copy.
///
/// Filled while compiling, by one thread; read by all afterwards.
final class RuleBytes: @unchecked Sendable {
  // Unchecked: nothing is added once the rule set is made.
  private var chunks: [UnsafeMutableBufferPointer<UInt8>] = []

  deinit {
    for chunk in chunks { chunk.deallocate() }
    for other in others { other.deallocate() }
  }

  private var others: [UnsafeMutableRawPointer] = []
  private var objects: [AnyObject] = []

  /// Keeps an object alive, so that plain values can refer to it without counting.
  func keep<Object: AnyObject>(_ object: Object) -> Unmanaged<Object> {
    objects.append(object)
    return Unmanaged.passUnretained(object)
  }

  /// The same for a list of plain values.
  func keep<Element: BitwiseCopyable>(_ list: [Element]) -> UnsafeBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(list.count, 1))
    _ = buffer.initialize(from: list)
    others.append(UnsafeMutableRawPointer(buffer.baseAddress!))  // A buffer of one element has an address.
    return UnsafeBufferPointer(start: buffer.baseAddress, count: list.count)
  }

  func keep(_ bytes: [UInt8]) -> ByteView {
    guard !bytes.isEmpty else { return ByteArena.empty }
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = chunk.initialize(from: bytes)
    chunks.append(chunk)
    return ByteView(chunk)
  }

  /// Texts of the engine itself, which are never freed.
  static func constants(_ texts: StaticString...) -> ConstantTexts {
    ConstantTexts(views: texts.map { ByteView(start: $0.utf8Start, count: $0.utf8CodeUnitCount) })
  }
}

/// Views of texts of the program; safe from any thread.
struct ConstantTexts: @unchecked Sendable {
  // Unchecked: what is pointed at is a part of the program.
  fileprivate let views: [ByteView]

  subscript(index: Int) -> ByteView { views[index] }
}
