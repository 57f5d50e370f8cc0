import SecLang

/// What the actions of a chain say about the chain as a whole; the head's, but for the metadata that links may carry.
struct ChainMetadata {
  enum Flow {
    case none
    case skip(Int)
    case skipAfter(String)
  }

  var message: MacroText?
  var logData: MacroText?
  var tags: [MacroText] = []
  var version: String?
  var revision: String?
  var severity: Severity?
  var disruptive: DisruptiveAction = .pass
  var status: Int?
  var flow: Flow = .none
  var isLogged = true
  var isAudited = true
  /// Actions that this engine refuses, each with its place.
  var refusals: [Diagnostic] = []
  private let defaultDisruptive: DisruptiveAction
  private let defaultStatus: Int?

  /// - Parameter defaults: `SecDefaultAction` of the phase, if a file gives one; `log,auditlog,pass` otherwise.
  init(defaults: ActionList?) {
    var disruptive: DisruptiveAction = .pass
    var status: Int?
    for action in defaults?.items ?? [] {
      switch action.value {
      case .disruptive(let kind): disruptive = kind
      case .status(let code): status = code
      case .log: (isLogged, isAudited) = (true, true)
      case .noLog: (isLogged, isAudited) = (false, false)
      case .auditLog: isAudited = true
      case .noAuditLog: isAudited = false
      default: break
      }
    }
    defaultDisruptive = disruptive
    defaultStatus = status
    self.disruptive = disruptive
    self.status = status
  }

  mutating func read(_ actions: ActionList, isHead: Bool) {
    for action in actions.items {
      switch action.value {
      case .message(let text): message = text
      case .logData(let text): logData = text
      case .tag(let text): tags.append(text)
      case .version(let text): version = text
      case .revision(let text): revision = text
      case .severity(let level): severity = level
      case .disruptive(.proxy): refuse("the proxy action is not offered", at: action.range)
      case .disruptive(let kind) where isHead:
        disruptive = kind == .block ? defaultDisruptive : kind
        if kind == .block, status == nil { status = defaultStatus }
      case .status(let code): status = code
      case .skip(let count): flow = .skip(count)
      case .skipAfter(let name): flow = .skipAfter(name)
      // `nolog` also turns the audit log off, `log` turns it on; `noauditlog` alone does not hide a match.
      case .log: (isLogged, isAudited) = (true, true)
      case .noLog: (isLogged, isAudited) = (false, false)
      case .auditLog: isAudited = true
      case .noAuditLog: isAudited = false
      case .append, .prepend: refuse("content injection is not offered: remove append and prepend", at: action.range)
      case .pause: refuse("pause would hold a connection for an attacker: remove it", at: action.range)
      default: break
      }
    }
  }

  private mutating func refuse(_ message: String, at range: SourceRange) {
    refusals.append(Diagnostic(.refusedFeature, message, at: range))
  }
}

extension ActionList {
  /// Adds the transformations that stand here; `t:none` drops all before it.
  func addTransformations(to list: inout [TransformationName]) {
    for action in items {
      guard case .transformation(let name) = action.value else { continue }
      if name == .none { list.removeAll() } else { list.append(name) }
    }
  }
}
