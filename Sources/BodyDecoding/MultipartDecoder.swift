/// A part that has a file name.
public struct MultipartFile: Sendable, Equatable {
  public var fieldName: [UInt8]
  /// As given in `filename`, or in `filename*` if only that is there.
  public var fileName: [UInt8]
  /// What `filename*` says (RFC 8187: percent-decoded, charset and language taken off) if both are there. Servers differ in
  /// which one they take, so rules must see both.
  public var extendedFileName: [UInt8]?
  /// The value of the part's Content-Type.
  public var contentType: [UInt8]?
  /// Where the file's bytes are in the body.
  public var content: Range<Int>

  /// In bytes.
  public var size: Int { content.count }
}

/// A multipart/form-data body. A value; safe from any task.
public struct DecodedMultipart: Sendable, Equatable {
  /// The parts without a file name, raw, in order of arrival.
  public var fields: [NamedValue] = []
  public var files: [MultipartFile] = []
  /// `MULTIPART_PART_HEADERS`: name is the part's field name, value the line `Name: value` in its original case, without its line
  /// end and with folded lines joined by one blank.
  public var partHeaders: [NamedValue] = []
  public var flags = MultipartFlags()
  /// The first error, or nil. Parts are read on after an error wherever it is clear what a lenient server would see.
  public var error: BodyError?

  public init() {}
}

/// What a multipart body may hold before reading stops with an error.
public struct MultipartLimits: Sendable, Equatable {
  /// Parts of any kind. Default 1,000.
  public var maximumParts = 1000
  /// Files (`SecUploadFileLimit`). Default 100; more set a flag, are not listed, and do not end the reading.
  public var maximumFiles = 100
  /// Bytes of one part's header lines together. Default 16 KiB.
  public var maximumHeaderBytes = 16 * 1024
  /// Header lines of one part. Default 16; each is offered to the rules under the part's name, which may be long.
  public var maximumHeaderLines = 16

  public init() {}
}

/// Reads a multipart/form-data body (RFC 7578, RFC 2046 section 5.1) strictly, in one pass.
///
/// The boundary is known from the Content-Type of the request. Deviations are flags where ModSecurity has one for them and errors
/// otherwise; an empty body is no error. Nothing is decoded: values are the part's bytes without the line end that belongs to the
/// boundary, whatever Content-Transfer-Encoding says. Linear in the body.
public enum MultipartDecoder {
  public static func decode(_ body: [UInt8], contentType: [UInt8], limits: MultipartLimits = MultipartLimits()) -> DecodedMultipart {
    var result = DecodedMultipart()
    let boundary: [UInt8]
    switch MultipartBoundary.parse(contentType, flags: &result.flags) {
    case .success(let found): boundary = found
    case .failure(let problem):
      result.error = BodyError(message: "Multipart parsing error: Multipart: \(problem.text)", offset: 0)
      return result
    }
    guard !body.isEmpty else { return result }
    return body.withUnsafeBufferPointer { bytes in
      boundary.withUnsafeBufferPointer { boundary in
        var machine = MultipartMachine(input: bytes, boundary: boundary, limits: limits, result: result)
        machine.run()
        return machine.result
      }
    }
  }

  /// The same with the limit on files alone given.
  public static func decode(_ body: [UInt8], contentType: [UInt8], maximumFiles: Int) -> DecodedMultipart {
    var limits = MultipartLimits()
    limits.maximumFiles = maximumFiles
    return decode(body, contentType: contentType, limits: limits)
  }
}
