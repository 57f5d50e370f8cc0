import Testing

@testable import Rehearsal

@Suite("Rate curve")
struct RateCurveTests {
  @Test func arrivalsComeInOrderAndAllOfThem() {
    let configuration = SimulationConfiguration()
    for (arrival, range) in [
      (Arrival.audience, 0...21_600.0), (.steady, 0...21_600), (.early, 0...905), (.atDrop(before: 600, after: 60), 10_195...10_865),
    ] {
      var random = RandomSource(seed: 8)
      var arrivals = OrderedArrivals(5_000, along: RateCurve(arrival, configuration))
      var last = 0.0
      var count = 0
      while let second = arrivals.next(&random) {
        #expect(second >= last, "\(arrival)")
        #expect(range.contains(second), "\(arrival)")
        last = second
        count += 1
      }
      #expect(count == 5_000)
    }
  }

  @Test func theAudienceRisesBySurgeAtTheDrop() {
    var configuration = SimulationConfiguration()
    let base = RateCurve.audience(configuration.secondsToDrop - 900, configuration)
    let peak = RateCurve.audience(configuration.secondsToDrop + 20, configuration)
    #expect((5.3...5.8).contains(peak / base))
    configuration.surge = 0
    let calm = RateCurve.audience(configuration.secondsToDrop + 20, configuration)
    #expect((0.9...1.1).contains(calm / base))
    // Late in the evening it is over.
    #expect(RateCurve.audience(configuration.span, configuration) < 1.5)
  }
}
