/// Values under numbers that are used again: what comes and goes in any order, without holes that grow.
struct Slots<Value> {
  private var values: [Value?] = []
  private var free: [Int] = []

  mutating func insert(_ value: Value) -> Int {
    if let place = free.popLast() {
      values[place] = value
      return place
    }
    values.append(value)
    return values.count - 1
  }

  mutating func remove(_ place: Int) -> Value {
    guard let value = values[place] else { preconditionFailure("slot \(place) is empty") }
    values[place] = nil
    free.append(place)
    return value
  }

  subscript(place: Int) -> Value {
    get {
      guard let value = values[place] else { preconditionFailure("slot \(place) is empty") }
      return value
    }
    _modify { yield &values[place]! }
  }

  var all: [Value] { values.compactMap { $0 } }
  var count: Int { values.count - free.count }
}
