import HTTPModel

/// Times as text, without a calendar library: UTC only.
public enum TimestampText {
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `2026-11-20T19:58:02.114Z`
  public static func rfc3339(_ time: Timestamp) -> String {
    let (date, micros) = parts(time)
    return
      "\(date.year)-\(two(date.month))-\(two(date.day))T\(two(date.hour)):\(two(date.minute)):\(two(date.second)).\(three(micros / 1000))Z"
  }

  /// `Fri Nov 20 19:58:02 2026`, as C's `asctime` writes it.
  public static func calendar(_ time: Timestamp) -> String {
    let (date, _) = parts(time)
    let clock = "\(two(date.hour)):\(two(date.minute)):\(two(date.second))"
    return "\(days[date.weekday]) \(months[date.month - 1]) \(date.day < 10 ? " " : "")\(date.day) \(clock) \(date.year)"
  }

  /// `20/Nov/2026:19:58:02 +0000`
  public static func common(_ time: Timestamp) -> String {
    let (date, _) = parts(time)
    return "\(two(date.day))/\(months[date.month - 1])/\(date.year):\(two(date.hour)):\(two(date.minute)):\(two(date.second)) +0000"
  }

  /// `Fri, 20 Nov 2026 19:58:02 GMT`, the form that HTTP prefers (RFC 9110 section 5.6.7).
  public static func http(_ time: Timestamp) -> String {
    let (date, _) = parts(time)
    let clock = "\(two(date.hour)):\(two(date.minute)):\(two(date.second))"
    return "\(days[date.weekday]), \(two(date.day)) \(months[date.month - 1]) \(date.year) \(clock) GMT"
  }

  /// Seconds with three decimals, as nginx's `$msec`.
  public static func seconds(_ time: Timestamp) -> String {
    let milliseconds = time.microseconds / 1000
    return "\(milliseconds / 1000).\(three(Int(milliseconds % 1000)))"
  }

  /// A duration in microseconds as seconds with three decimals, as nginx's `$request_time`.
  public static func duration(_ microseconds: Int) -> String {
    let milliseconds = max(microseconds, 0) / 1000
    return "\(milliseconds / 1000).\(three(milliseconds % 1000))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  private static func three(_ number: Int) -> String { number < 10 ? "00\(number)" : number < 100 ? "0\(number)" : "\(number)" }

  private static func parts(_ time: Timestamp) -> (CivilDate, microseconds: Int) {
    let seconds = Int(time.microseconds / 1_000_000)
    return (CivilDate(epochSeconds: seconds), Int(time.microseconds % 1_000_000))
  }
}
