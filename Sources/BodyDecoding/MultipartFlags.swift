/// What was odd about a multipart body: the parts of `MULTIPART_STRICT_ERROR`. A value; safe from any task.
///
/// Each names a deviation that some server reads in another way than another, so that a body may hide from the rules.
public struct MultipartFlags: Sendable, Equatable {
  /// `MULTIPART_BOUNDARY_QUOTED`: the boundary stands in quotes in Content-Type.
  public var boundaryQuoted = false
  /// `MULTIPART_BOUNDARY_WHITESPACE`: blanks around the `=` of the boundary, or after the boundary on its line.
  public var boundaryWhitespace = false
  /// `MULTIPART_DATA_BEFORE`: bytes before the first boundary.
  public var dataBefore = false
  /// `MULTIPART_DATA_AFTER`: bytes after the final boundary and its line end.
  public var dataAfter = false
  /// `MULTIPART_HEADER_FOLDING`: a part header goes on in a line that begins with a blank.
  public var headerFolding = false
  /// `MULTIPART_LF_LINE`: a boundary or header line ends with LF alone.
  public var lfLine = false
  /// A boundary or header line ends with CRLF.
  var crlfLine = false
  /// `MULTIPART_MISSING_SEMICOLON`: parameters of Content-Type or Content-Disposition without `;` between them.
  public var missingSemicolon = false
  /// `MULTIPART_INVALID_QUOTING`: single quotes, a quote that is not closed, or bytes next to a quote.
  public var invalidQuoting = false
  /// `MULTIPART_INVALID_PART`: a part without a name, with a name twice or in a form that parsers disagree
  /// about, or with headers that do not end.
  public var invalidPart = false
  /// `MULTIPART_INVALID_HEADER_FOLDING`: a folded line that continues nothing, or that begins with another white space.
  public var invalidHeaderFolding = false
  /// `MULTIPART_FILE_LIMIT_EXCEEDED`: more files than `SecUploadFileLimit`.
  public var fileLimitExceeded = false
  /// `MULTIPART_UNMATCHED_BOUNDARY`: 0 if no line looks like a boundary but is not it.
  ///
  /// 1: such a line resembles the boundary (it stands in it or behind white space or a quote), or the body's frame is broken as
  /// well. 2: lines begin with `--`, as those of a certificate do, and the frame is whole.
  public var unmatchedBoundary = 0

  /// `MULTIPART_CRLF_LF_LINES`: both kinds of line ends.
  public var crlfLFLines: Bool { lfLine && crlfLine }

  /// `MULTIPART_STRICT_ERROR` without the processor's error, which the caller adds.
  public var strictError: Bool {
    boundaryQuoted || boundaryWhitespace || dataBefore || dataAfter || headerFolding || lfLine || missingSemicolon || invalidQuoting
      || invalidPart || invalidHeaderFolding || fileLimitExceeded
  }

  public init() {}
}
