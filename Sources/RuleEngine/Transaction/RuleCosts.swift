import Glibc

/// What each rule costs, counted while transactions run on a scratch that has one of these. Off unless somebody asks, since reading
/// clocks is not free. Confined to the thread of its scratch.
public final class RuleCosts {
  public struct Cost: Sendable {
    /// `id`; 0 for rules without one.
    public var id = 0
    public var file = ""
    public var line = 0
    /// Times a transaction came to the rule.
    public var reached = 0
    /// Times it had to be looked at: the plan could not tell beforehand that it does not match.
    public var asked = 0
    /// Values that its operators, those of its chain included, were asked of.
    public var values = 0
    /// Times that it matched.
    public var matches = 0
    /// Nanoseconds in the rule, its effects included. The prefilter is not in it.
    public var nanoseconds = 0
  }

  private var costs: [Cost]

  init(_ rules: CompiledRuleSet) {
    costs = Array(repeating: Cost(), count: rules.chainCount)
    for chain in rules.phases.joined() {
      costs[chain.index].id = chain.id
      costs[chain.index].file = chain.file
      costs[chain.index].line = chain.line
    }
  }

  /// The rules that were reached, the dearest first.
  public var ranking: [Cost] {
    costs.filter { $0.reached > 0 }.sorted { ($0.nanoseconds, $0.values, $1.id) > ($1.nanoseconds, $1.values, $0.id) }
  }

  func reached(_ chain: Int) { costs[chain].reached += 1 }
  func value(_ chain: Int) { costs[chain].values += 1 }

  func time(_ chain: Int, _ body: () -> Transaction.Step, matched: () -> Bool) -> Transaction.Step {
    let start = Self.now()
    let step = body()
    costs[chain].nanoseconds += Self.now() - start
    costs[chain].asked += 1
    if matched() { costs[chain].matches += 1 }
    return step
  }

  private static func now() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
