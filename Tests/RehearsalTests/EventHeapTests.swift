import Testing

@testable import Rehearsal

@Suite("Event heap")
struct EventHeapTests {
  @Test func yieldsByTimeAndThenByOrderOfPlanning() {
    var random = RandomSource(seed: 3)
    var heap = EventHeap<Int>()
    var expected: [(time: Int64, payload: Int)] = []
    for payload in 0..<3_000 {
      let time = Int64(random.index(200))
      heap.push(payload, at: time)
      expected.append((time, payload))
    }
    #expect(heap.count == 3_000)
    expected.sort { ($0.time, $0.payload) < ($1.time, $1.payload) }
    var count = 0
    while let event = heap.pop() {
      #expect(event.time == expected[count].time && event.payload == expected[count].payload)
      count += 1
    }
    #expect(count == 3_000)
  }

  @Test func takesEventsWhileItYields() {
    var heap = EventHeap<String>()
    #expect(heap.pop() == nil)
    heap.push("later", at: 10)
    heap.push("first", at: 1)
    #expect(heap.pop()?.payload == "first")
    heap.push("between", at: 5)
    #expect(heap.pop()?.payload == "between")
    #expect(heap.pop()?.payload == "later")
    #expect(heap.pop() == nil)
  }
}

@Suite("Slots")
struct SlotsTests {
  @Test func placesAreUsedAgain() {
    var slots = Slots<String>()
    let a = slots.insert("a")
    let b = slots.insert("b")
    #expect(slots.remove(a) == "a")
    #expect(slots.count == 1)
    #expect(slots.insert("c") == a)
    slots[b] += "!"
    #expect(slots[b] == "b!")
    #expect(slots.all == ["c", "b!"])
  }
}
