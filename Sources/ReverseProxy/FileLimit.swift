import Glibc

/// How many files the process may have open, of which each connection is one.
public enum FileLimit {
  /// Raises the limit as far as the process may (`ulimit -Hn`). Many systems start programs with 1,024, for the sake of old ones
  /// that use `select`.
  public static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  /// Connections to clients that leave enough for the rest: each may need one to an upstream too, some more are told that there is
  /// no room, and logs and listeners take a few.
  static func connections(files: Int) -> Int { max(8, (files - 64) / 9 * 4) }

  /// The same for the present limit.
  static var connections: Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections(files: 1024) }
    return connections(files: Int(clamping: limit.rlim_cur))
  }
}
