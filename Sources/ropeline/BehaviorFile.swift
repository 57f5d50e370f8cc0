import Behavior
import Foundation

/// Keeps what was learned of behavior across restarts: read at the start, written every minute and at the end.
struct BehaviorFile {
  let path: String
  let monitor: BehaviorMonitor
  let configuration: BehaviorConfiguration

  /// A damaged or unreadable file is said, and learning starts afresh; the file stays until the first save.
  func load() {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      return Terminal.error("ropeline: \(path): the state of behavior cannot be read; starting afresh")
    }
    do { try monitor.restore(Array(data), configuration) } catch { Terminal.error("ropeline: \(path): \(error); starting afresh") }
  }

  /// Written beside and renamed, so that a crash leaves the old state or the new one; readable by nobody else, as it holds the secret
  /// under which identities are kept.
  func save() {
    let temporary = path + ".new"
    do {
      guard FileManager.default.createFile(atPath: temporary, contents: Data(monitor.snapshot()), attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
      guard rename(temporary, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      Terminal.error("ropeline: \(path): the state of behavior was not saved: \(error.localizedDescription)")
    }
  }

  /// Saves every minute until cancelled.
  func saveRegularly() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(60))
      if !Task.isCancelled { save() }
    }
  }
}
