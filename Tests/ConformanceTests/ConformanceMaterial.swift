import Foundation

/// Test vectors of others: the directory `ROPELINE_CONFORMANCE`, or `../shared/conformance` beside the package.
enum ConformanceMaterial {
  static let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static var root: URL {
    if let path = ProcessInfo.processInfo.environment["ROPELINE_CONFORMANCE"], !path.isEmpty {
      return URL(fileURLWithPath: path, isDirectory: true, relativeTo: packageRoot)
    }
    return packageRoot.deletingLastPathComponent().appendingPathComponent("shared/conformance", isDirectory: true)
  }

  /// A suite's folder; nil, said loudly, if it is missing or empty. A missing suite never counts as passed.
  static func folder(_ name: String) -> URL? {
    let folder = root.appendingPathComponent(name, isDirectory: true)
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard !entries.isEmpty else {
      print("*** conformance: \(name) IS NOT HERE: set ROPELINE_CONFORMANCE to the directory that holds it; nothing was run ***")
      return nil
    }
    return folder
  }

  /// The line that a reader of the tests' output looks for.
  static func report(_ suite: String, passed: Int, failed: Int) {
    print("conformance: \(suite) passed=\(passed) failed=\(failed)")
  }
}
