import Detection
import Foundation
import RuleEngine

/// What the rules cost for one request, counted over repetitions.
///
/// Counting reads clocks, so the total is of other inspections than the shares. Nothing is kept of values from one to the next.
struct RuleTiming {
  static let repetitions = 100
  /// Microseconds of CPU time of one inspection.
  let total: Double
  /// The dearest first.
  let rules: [BenchCommand.RuleCost]

  /// - Parameter inspect: does one inspection with the given memory.
  init(_ inspector: Inspector, _ inspect: (InspectionScratch) -> Void) {
    let plain = inspector.makeScratch()
    inspect(plain)
    let start = CPUTime.microseconds()
    for _ in 0..<Self.repetitions { inspect(plain) }
    total = (CPUTime.microseconds() - start) / Double(Self.repetitions)
    let counting = inspector.makeScratch()
    counting.countCosts(of: inspector)
    for _ in 0..<Self.repetitions { inspect(counting) }
    rules = counting.costs.map { BenchCommand.RuleCost($0, of: Self.repetitions) }
  }

  /// A table for a person. What was reached and not asked, the prefilter has answered.
  static func lines(_ rules: [BenchCommand.RuleCost], atMost count: Int) -> [String] {
    // The rules that were told beforehand cost next to nothing; their number says how many they are.
    let asked = rules.filter { $0.asked > 0 }
    var lines = ["      rule reached   asked  values matches         us"]
    for cost in asked.prefix(count) {
      lines.append(
        String(
          format: "%10d %7.1f %7.1f %7.1f %7.1f %10.2f", cost.id, cost.reached, cost.asked, cost.values, cost.matches, cost.us))
    }
    if asked.count > count { lines.append("  and \(asked.count - count) rules more") }
    lines.append("  \(rules.count - asked.count) rules were told beforehand not to match")
    return lines
  }
}

/// The process's clock of work done.
enum CPUTime {
  static func microseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
  }
}
