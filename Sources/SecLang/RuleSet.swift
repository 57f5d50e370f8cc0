/// A rule set as it was written: every directive in order, includes resolved, with its place in the text.
///
/// A value; safe from any task. Nothing is compiled yet: a regular expression is its text, a phrase file is its phrases.
public struct RuleSet: Sendable {
  public var files: [SourceFile] = []
  public var statements: [Statement] = []
  public var diagnostics: [Diagnostic] = []
  /// Names in another case than the canonical one: understood, but not as others will look for them.
  public var spellings: [Spelling] = []

  public init() {}

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// One rule file that was read, kept for excerpts in messages.
public struct SourceFile: Sendable {
  public var path: String
  public var bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }
}

/// One directive with its meaning.
public struct Statement: Sendable {
  public var directive: Located<DirectiveName>
  /// From the directive's name to the end of its last word.
  public var range: SourceRange
  public var content: Content

  /// What a directive says.
  public enum Content: Sendable {
    /// `SecRule` and `SecAction`, chain links in order after their head.
    case rule(Rule)
    case marker(Located<String>)
    case defaultAction(ActionList)
    case removal(RuleSelector)
    case targetUpdate(RuleSelector, [Target])
    case actionUpdate(RuleSelector, ActionList)
    case setting(Setting)
    /// `Include`: what it includes stands right after it in the list.
    case include(paths: [String])
  }

  public init(directive: Located<DirectiveName>, range: SourceRange, content: Content) {
    self.directive = directive
    self.range = range
    self.content = content
  }
}

/// One `SecRule` or `SecAction`. A chain is a run of these in the statement list, each but the last with `isChained`.
public struct Rule: Sendable {
  /// Empty for `SecAction`.
  public var targets: [Target]
  /// Nil for `SecAction`, which always matches.
  public var condition: Condition?
  public var actions: ActionList
  /// Whether the next rule in the list is a link of this one's chain.
  public var isChained: Bool
  /// Whether this rule is a link: the rule before it in the list is chained.
  public var isLink: Bool

  public init(targets: [Target], condition: Condition?, actions: ActionList, isChained: Bool, isLink: Bool) {
    self.targets = targets
    self.condition = condition
    self.actions = actions
    self.isChained = isChained
    self.isLink = isLink
  }

  /// The value of the `id` action, if there is one.
  public var id: Int? {
    for action in actions.items { if case .id(let id) = action.value { return id } }
    return nil
  }
}

/// One item of a rule's variable list.
public struct Target: Sendable {
  public enum Mode: Sendable { case include, exclude, count }
  public enum Selector: Sendable, Equatable {
    /// A plain key, compared without regard to ASCII case; for `XML` the XPath as written.
    case key([UInt8])
    /// The text between the slashes of `/regex/`, with `\/` already turned into `/`.
    case regex([UInt8])
  }
  public var mode: Mode
  public var variable: Located<VariableName>
  public var selector: Located<Selector>?
  public var range: SourceRange

  public init(mode: Mode, variable: Located<VariableName>, selector: Located<Selector>?, range: SourceRange) {
    self.mode = mode
    self.variable = variable
    self.selector = selector
    self.range = range
  }
}

/// `[!][@operator] operand`.
public struct Condition: Sendable {
  public var isNegated: Bool
  /// Whether `@rx` was left out.
  public var isImplicit: Bool
  public var name: Located<OperatorName>
  /// The operand after `\"` has become `"`; bytes as in the file.
  public var operand: Located<MacroText>
  /// The phrases or addresses of `@pmFromFile` and `@ipMatchFromFile`: one entry a line, CR and LF stripped,
  /// empty lines and comment lines left out. The entries of a data set for the operators that name one; for `@validateDTD` and
  /// `@validateSchema` one entry, the document.
  public var dataLines: [[UInt8]]?

  public init(
    isNegated: Bool, isImplicit: Bool, name: Located<OperatorName>, operand: Located<MacroText>, dataLines: [[UInt8]]? = nil
  ) {
    self.isNegated = isNegated
    self.isImplicit = isImplicit
    self.name = name
    self.operand = operand
    self.dataLines = dataLines
  }
}

/// Text that may hold macros `%{NAME}` or `%{COLLECTION.key}`.
public struct MacroText: Sendable, Equatable {
  public enum Part: Sendable, Equatable {
    case literal([UInt8])
    /// The key is in its original case; nil where the macro has none.
    case macro(VariableName, key: [UInt8]?)
    /// A macro whose name is no variable; expands to nothing. The text between the braces.
    case unknownMacro([UInt8])
  }
  public var parts: [Part]
  /// The text as it was written, macros unexpanded.
  public var source: [UInt8]

  public init(parts: [Part], source: [UInt8]) {
    self.parts = parts
    self.source = source
  }

  public var hasMacros: Bool {
    parts.contains { if case .literal = $0 { false } else { true } }
  }
}

/// The actions of a rule in the order in which they were written.
public struct ActionList: Sendable {
  public var items: [Located<RuleAction>]
  public var range: SourceRange

  public init(items: [Located<RuleAction>], range: SourceRange) {
    self.items = items
    self.range = range
  }
}

/// What a removal or update directive, or a `ctl`, names.
public enum RuleSelector: Sendable, Hashable {
  case ids([ClosedRange<Int>])
  case tag([UInt8])
  case message([UInt8])
}

/// A name that is written in another case than its canonical form.
public struct Spelling: Sendable, Equatable {
  public var written: String
  public var canonical: String
  public var range: SourceRange
}
