/// A date of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Equatable {
  public var year: Int
  /// 1 to 12.
  public var month: Int
  public var day: Int
  /// 0 is Sunday.
  public var weekday: Int
  public var hour: Int
  public var minute: Int
  public var second: Int

  /// - Parameter epochSeconds: seconds since 1970-01-01T00:00:00, already shifted to the wanted zone.
  public init(epochSeconds: Int) {
    var days = epochSeconds / 86_400
    var rest = epochSeconds % 86_400
    if rest < 0 {
      rest += 86_400
      days -= 1
    }
    hour = rest / 3600
    minute = rest % 3600 / 60
    second = rest % 60
    weekday = ((days + 4) % 7 + 7) % 7
    // Years that begin in March put the leap day last, which makes the month lengths regular.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }
}
