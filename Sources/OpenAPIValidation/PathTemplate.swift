/// One segment of a path template: text and names in turn.
struct PathTemplate: Equatable {
  enum Piece: Equatable {
    case text([UInt8])
    case variable(String)
  }

  var pieces: [Piece]

  /// The segments after the first slash; nil if the braces do not match or two names touch each other.
  static func segments(_ template: String) -> [PathTemplate]? {
    var segments: [PathTemplate] = []
    for segment in template.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      var pieces: [Piece] = []
      var rest = segment[...]
      while let byte = rest.first {
        if byte == UInt8(ascii: "{") {
          guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
          let name = String(decoding: rest[rest.index(after: rest.startIndex)..<close], as: UTF8.self)
          if case .variable = pieces.last { return nil }
          guard !name.isEmpty, !name.contains("{") else { return nil }
          pieces.append(.variable(name))
          rest = rest[rest.index(after: close)...]
        } else {
          let text = rest.prefix { $0 != UInt8(ascii: "{") }
          guard !text.contains(UInt8(ascii: "}")) else { return nil }
          pieces.append(.text(Array(text)))
          rest = rest[text.endIndex...]
        }
      }
      segments.append(PathTemplate(pieces: pieces))
    }
    return segments
  }

  static func names(_ template: String) -> [String] { (segments(template) ?? []).flatMap(\.names) }

  var names: [String] {
    pieces.compactMap { piece in
      if case .variable(let name) = piece { return name }
      return nil
    }
  }

  /// The text of a segment without names.
  var literal: [UInt8]? {
    if pieces.isEmpty { return [] }
    guard pieces.count == 1, case .text(let text) = pieces[0] else { return nil }
    return text
  }

  /// The same with the names left out: what makes two templates equal for the router.
  var shape: [Piece] {
    pieces.map { piece in
      if case .variable = piece { return .variable("") }
      return piece
    }
  }

  /// Where the variables lie in a segment, each of at least one byte; nil if it does not match. The first occurrence of a text
  /// ends the variable before it, the last text must end the segment.
  func match(_ segment: Slice<UnsafeBufferPointer<UInt8>>) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var start: Int?
    var index = segment.startIndex
    for (position, piece) in pieces.enumerated() {
      switch piece {
      case .variable: start = index
      case .text(let text):
        let isLast = position == pieces.count - 1
        guard let found = Self.find(text, in: segment, from: start.map { $0 + 1 } ?? index, isAnchored: start == nil, atEnd: isLast) else {
          return nil
        }
        if let from = start { ranges.append(from..<found) }
        start = nil
        index = found + text.count
      }
    }
    if let from = start {
      guard from < segment.endIndex else { return nil }
      ranges.append(from..<segment.endIndex)
      return ranges
    }
    return index == segment.endIndex ? ranges : nil
  }

  private static func find(
    _ text: [UInt8], in segment: Slice<UnsafeBufferPointer<UInt8>>, from start: Int, isAnchored: Bool, atEnd: Bool
  ) -> Int? {
    let last = segment.endIndex - text.count
    guard start <= last else { return nil }
    if isAnchored { return segment[start...].starts(with: text) ? start : nil }
    if atEnd { return segment[last...].starts(with: text) ? last : nil }
    return (start...last).first { segment[$0...].starts(with: text) }
  }
}
