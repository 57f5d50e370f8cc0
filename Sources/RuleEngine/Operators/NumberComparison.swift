/// The operators that compare numbers, both sides read as C's `atoi` does.
enum NumberComparison: Sendable {
  case equal, greaterOrEqual, greater, lessOrEqual, less

  func holds(_ value: Int, _ operand: Int) -> Bool {
    switch self {
    case .equal: value == operand
    case .greaterOrEqual: value >= operand
    case .greater: value > operand
    case .lessOrEqual: value <= operand
    case .less: value < operand
    }
  }
}
