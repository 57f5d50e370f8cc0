import HTTPModel
import Testing

@testable import Behavior

@Suite("Events")
struct EventTests {
  private static let start: Int64 = 1_790_000_000_000_000 / 60_000_000 * 60_000_000
  private static let minute: Int64 = 60_000_000

  /// A clock after so many minutes of a steady rate.
  private static func clock(minutes: Int64, rate: Int64) -> EventClock {
    var clock = EventClock()
    for number in 0..<minutes { for request in 0..<rate { clock.count(at: start + number * minute + request * minute / rate) } }
    return clock
  }

  @Test("an event is detected when the rate goes over twice the median of five minutes, and not before")
  func detection() {
    let rows: [(rate: Int64, then: Int64, minutes: Int64, isEvent: Bool, why: String)] = [
      (300, 1500, 20, true, "a drop"), (300, 600, 20, false, "twice as many"), (300, 330, 20, false, "as ever"),
      (5, 40, 20, false, "a quiet site with three visitors at once"), (300, 1500, 8, false, "nobody knows yet what is usual"),
    ]
    for row in rows {
      var clock = Self.clock(minutes: row.minutes, rate: row.rate)
      let now = Self.start + row.minutes * Self.minute
      for request in 0..<row.then { clock.count(at: now + request * Self.minute / row.then) }
      #expect(clock.isOn(at: now + Self.minute - 1) == row.isEvent, "\(row.why)")
      #expect(!row.isEvent || clock.isDetected && clock.phase(at: now + Self.minute - 1) == 1)
      #expect(!clock.isOn(at: now + 61 * Self.minute), "an hour later it is over")
    }
    #expect(rows.count == 5)
  }

  @Test("a configured drop is on from its time, whatever the rate, and minutes are told apart")
  func configured() {
    var clock = EventClock()
    let drop = Self.start + 30 * Self.minute
    clock.configured = [drop]
    clock.count(at: drop - 1)
    #expect(clock.phase(at: drop - 1) == 0)
    clock.count(at: drop)
    #expect(!clock.isDetected)
    let phases = [0, 1, 9, 10, 14, 15, 20, 35, 59].map { clock.phase(at: drop + $0 * Self.minute) }
    #expect(phases == [1, 2, 10, 11, 11, 12, 13, 14, 14])
    #expect(clock.phase(at: drop + 60 * Self.minute) == 0)
    #expect(clock.past.count == 1)
  }

  @Test("during an event the model for all times learns slowly, and what the cohort does is odd for none of it")
  func cohorts() {
    var crowd = CrowdModel()
    crowd.event.configured = [Self.start]
    let lesson = WaitingStep(step: 9, gap: 28, repetition: 7, isFirst: true, isNew: false, isForeign: false, isActing: true)
    let usual = WaitingStep(step: 5, gap: 28, repetition: 7, isFirst: true, isNew: false, isForeign: false, isActing: true)
    let quiet = crowd.cohort(.browser, at: Self.start - 1)
    for _ in 0..<400 { crowd.teach(usual, after: 0, 4, share: 1, cohort: quiet) }
    crowd.event.count(at: Self.start)
    let cohort = crowd.cohort(.browser, at: Self.start)
    #expect(cohort != quiet && cohort != crowd.cohort(.app, at: Self.start))
    #expect(cohort != crowd.cohort(.browser, at: Self.start + 60_000_000))
    let before = crowd.lessons
    for _ in 0..<40 { crowd.teach(lesson, after: 0, 4, share: 1, cohort: cohort) }
    #expect(abs(crowd.lessons - before - 40 * EventClock.slowness) < 0.01)
    let alone = crowd.orderEvidence(after: 0, 4, to: 9, cohort: quiet)
    let among = crowd.orderEvidence(after: 0, 4, to: 9, cohort: cohort)
    let others = crowd.orderEvidence(after: 0, 4, to: 9, cohort: crowd.cohort(.app, at: Self.start))
    #expect(alone > 0.5, "\(alone)")
    #expect(among < alone / 2, "\(among): a tenth of the cohort does it")
    #expect(others == alone, "of the apps' cohort nothing is known")
  }
}
