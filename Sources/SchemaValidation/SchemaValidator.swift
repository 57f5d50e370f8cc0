import BodyDecoding
import PatternScan

/// What validation came to.
public enum SchemaVerdict: Sendable, Equatable {
  case valid
  case invalid
  /// The text is not JSON, or too large to be read.
  case unreadable(JSONReadError)
  /// A limit was reached before there was an answer: neither valid nor invalid.
  case limitReached
}

/// What one validation may cost.
public struct SchemaLimits: Sendable, Equatable {
  public var reading = JSONTapeLimits()
  /// Schemas applied, values compared and the like. Default 5,000,000, well under a second.
  public var maximumSteps = 5_000_000
  /// Schemas within schemas at one time. Default 1,024, under a mebibyte of stack: a schema that refers to itself without descending
  /// into the value ends here.
  public var maximumDepth = 1_024
  /// Backtracking steps of one regular expression. Default 100,000.
  public var matchLimit: UInt32 = 100_000
  /// Errors kept for one value. Default 100.
  public var maximumErrors = 100

  public init() {}
}

/// Validates JSON texts. Holds the memory that is reused from one to the next; nothing is allocated once it has grown.
///
/// Not `Sendable`: each thread has its own.
public final class SchemaValidator {
  public let limits: SchemaLimits
  let tape: JSONTape
  let regexScratch: RegexScratch
  var evaluated: UnsafeMutablePointer<UInt8>
  var evaluatedCapacity: Int
  var scope: UnsafeMutablePointer<Int32>
  /// For `uniqueItems`: hash and node of each item, open addressing.
  var itemTable: UnsafeMutablePointer<(hash: UInt64, node: Int32)>
  var itemTableCapacity: Int
  var issues: [SchemaIssue] = []
  /// The way to the schema that is running, and the blocks on it.
  var path: [UInt32] = []
  var blockPath: [Int32] = []

  public init(limits: SchemaLimits = SchemaLimits()) {
    self.limits = limits
    tape = JSONTape(limits: limits.reading)
    regexScratch = RegexScratch(matchLimit: limits.matchLimit)
    evaluatedCapacity = 1024
    evaluated = .allocate(capacity: evaluatedCapacity)
    scope = .allocate(capacity: limits.maximumDepth + 2)
    itemTableCapacity = 64
    itemTable = .allocate(capacity: itemTableCapacity)
  }

  deinit {
    evaluated.deallocate()
    scope.deallocate()
    itemTable.deallocate()
  }

  /// Reads and validates a JSON text. Stops at the first error.
  public func validate(_ text: UnsafeBufferPointer<UInt8>, _ schema: CompiledSchema) -> SchemaVerdict {
    if let error = tape.read(text) { return .unreadable(error) }
    return validate(tape.view, schema)
  }

  public func validate(_ text: [UInt8], _ schema: CompiledSchema) -> SchemaVerdict {
    text.withUnsafeBufferPointer { validate($0, schema) }
  }

  /// Validates a value that somebody has read, whole or in part: `node` is its top.
  public func validate(_ view: JSONView, node: Int = 0, _ schema: CompiledSchema) -> SchemaVerdict {
    var evaluation = SchemaEvaluation(view: view, schema: schema, validator: self, collects: false)
    let isValid = evaluation.run(schema.root, node, marks: -1)
    return evaluation.isLimited ? .limitReached : isValid ? .valid : .invalid
  }

  /// As `validate`, with every error of the value, up to `maximumErrors` (output format "basic": 2020-12 core, section 12.4.2).
  /// Slower, and allocates; for a value that is known to be invalid.
  public func explain(_ text: UnsafeBufferPointer<UInt8>, _ schema: CompiledSchema) -> SchemaReport {
    if let error = tape.read(text) { return SchemaReport(verdict: .unreadable(error), issues: []) }
    return explain(tape.view, schema)
  }

  public func explain(_ text: [UInt8], _ schema: CompiledSchema) -> SchemaReport {
    text.withUnsafeBufferPointer { explain($0, schema) }
  }

  public func explain(_ view: JSONView, node: Int = 0, _ schema: CompiledSchema) -> SchemaReport {
    issues.removeAll(keepingCapacity: true)
    path.removeAll(keepingCapacity: true)
    blockPath.removeAll(keepingCapacity: true)
    var evaluation = SchemaEvaluation(view: view, schema: schema, validator: self, collects: true)
    let isValid = evaluation.run(schema.root, node, marks: -1)
    let verdict: SchemaVerdict = evaluation.isLimited ? .limitReached : isValid ? .valid : .invalid
    return SchemaReport(verdict: verdict, issues: isValid ? [] : issues)
  }
}
