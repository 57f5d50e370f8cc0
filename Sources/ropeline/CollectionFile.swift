import Foundation
import RuleEngine

/// Keeps persistent collections across restarts: read at the start, written every minute and at the end.
struct CollectionFile {
  let path: String
  let store: CollectionStore

  /// A damaged or unreadable file is said, and the collections start afresh; the file stays until the first save.
  func load() {
    guard FileManager.default.fileExists(atPath: path) else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      return Terminal.error("ropeline: \(path): the state of collections cannot be read; starting afresh")
    }
    do { try store.restore(Array(data)) } catch { Terminal.error("ropeline: \(path): \(error); starting afresh") }
  }

  /// Written beside and renamed, so that a crash leaves the old state or the new one.
  func save() {
    do {
      try Data(store.encoded(at: Int64(Date().timeIntervalSince1970))).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      Terminal.error("ropeline: \(path): the state of collections was not saved: \(error.localizedDescription)")
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
