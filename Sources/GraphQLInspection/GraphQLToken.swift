/// A lexical token of a GraphQL document (October 2021, section 2.1.6): what it is and where it stands.
struct GraphQLToken {
  enum Kind: UInt8 {
    case bang, dollar, ampersand, openParenthesis, closeParenthesis, spread, colon, equals, at
    case openBracket, closeBracket, openBrace, closeBrace, pipe
    case name, int, float, string, blockString, end
  }

  var kind: Kind
  /// Bytes of the document; for strings without their quotes.
  var start: Int
  var end: Int
}

/// Why a document is no GraphQL, and where. The fault of whoever sent it.
public struct GraphQLError: Error, Sendable, Equatable {
  public var message: String
  /// Bytes from the start of the document.
  public var offset: Int

  public init(_ message: String, at offset: Int) {
    self.message = message
    self.offset = offset
  }
}
