/// What a JSON body may hold before reading stops with an error.
public struct JSONLimits: Sendable, Equatable {
  /// How deep arrays and objects may nest (`SecRequestBodyJsonDepthLimit`). Default 512; a scalar at the top has depth 0.
  public var maximumDepth = 512
  /// How many leaves are kept. Default 10,000: every rule looks at every one of them.
  public var maximumValues = 10_000
  /// How many bytes all names together may have for each byte of the body, beyond a first mebibyte. Default 16.
  ///
  /// A leaf's name repeats the keys around it, so a small body with one long key around many leaves would otherwise grow with
  /// the square of its size.
  public var maximumNameExpansion = 16

  public init() {}
}

/// How the names of leaves are built from keys and indices.
public enum JSONNaming: Sendable {
  /// `json.a.array_0.b`; an empty key is `empty-key`. What exclusions in the wild are written for.
  case modSecurity3
  /// `json.a.0.b` as in Coraza; an empty key is empty.
  case dotted
}

/// The leaves of a JSON text. A value; safe from any task.
public struct DecodedJSON: Sendable, Equatable {
  /// In the order of the text; those that stand before an error are here too.
  public var list: NamedValueList
  /// The first error, or nil if the text is JSON.
  public var error: BodyError?

  /// The leaves as separate values. Copies; on a hot path take `list.forEach`.
  public var values: [NamedValue] { Array(list) }
}

/// Reads a JSON text (RFC 8259, strictly) into named leaves in one pass without recursion.
///
/// Strings are decoded, numbers are their source text, `null` is empty, `true` and `false` are those words; a scalar at the top
/// is named `json`; empty containers yield nothing. Duplicate keys yield every value, since servers disagree which one counts.
/// An empty body is no error. Errors inside strings and a byte order mark are reported but do not end the reading: a server may
/// forgive them, and then the rules must have seen the rest. A string that is cut by the body's end is kept as far as it goes.
/// Linear in the body and the limits.
public enum JSONFlattener {
  public static func flatten(_ body: [UInt8], limits: JSONLimits = JSONLimits(), naming: JSONNaming = .modSecurity3) -> DecodedJSON {
    body.withUnsafeBufferPointer { flatten($0, limits: limits, naming: naming) }
  }

  public static func flatten(
    _ body: UnsafeBufferPointer<UInt8>, limits: JSONLimits = JSONLimits(), naming: JSONNaming = .modSecurity3
  ) -> DecodedJSON {
    guard !body.isEmpty else { return DecodedJSON(list: NamedValueList(), error: nil) }
    var machine = JSONMachine(input: body, limits: limits, naming: naming)
    machine.run()
    return DecodedJSON(list: machine.list, error: machine.error)
  }
}
