import HTTPModel

/// Times as text, in UTC.
enum TimestampFormat {
  static func rfc3339(_ time: Timestamp) -> String {
    let seconds = time.microseconds >= 0 ? time.microseconds / 1_000_000 : 0
    let date = CivilDate(epochSeconds: Int(seconds))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let millis = Int(time.microseconds % 1_000_000 / 1000)
    let fraction = millis < 10 ? "00\(millis)" : millis < 100 ? "0\(millis)" : "\(millis)"
    return "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute)):\(two(date.second)).\(fraction)Z"
  }
}
