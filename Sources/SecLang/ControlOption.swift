/// The options of the action `ctl`.
public enum ControlOption: String, Sendable, CaseIterable, Hashable {
  case ruleEngine
  case ruleRemoveById
  case ruleRemoveByTag
  case ruleRemoveByMsg
  case ruleRemoveTargetById
  case ruleRemoveTargetByTag
  case ruleRemoveTargetByMsg
  case requestBodyProcessor
  case forceRequestBodyVariable
  case requestBodyAccess
  case requestBodyLimit
  case auditEngine
  case auditLogParts
  case responseBodyAccess
  case responseBodyProcessor
  case responseBodyLimit
  case forceResponseBodyVariable
  case debugLogLevel
  case hashEngine
  case hashEnforcement
}
