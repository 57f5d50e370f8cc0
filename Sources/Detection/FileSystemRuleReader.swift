import Glibc
import SecLang

/// Reads rule and data files for the SecLang parser: the one place in which rule loading touches the file system.
public struct FileSystemRuleReader: RuleFileReader {
  /// A rule or data file longer than this is refused: 64 MiB.
  public static let maximumBytes = 64 * 1024 * 1024

  public init() {}

  public func read(_ path: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, code: errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, code: EISDIR) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw FileError(path: path, code: errno)
      }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > Self.maximumBytes { throw FileError(path: path, code: EFBIG) }
    }
  }

  public func glob(_ pattern: String) -> [String] {
    var result = glob_t()
    defer { globfree(&result) }
    guard Glibc.glob(pattern, 0, nil, &result) == 0 else { return [] }
    return (0..<Int(result.gl_pathc)).compactMap { result.gl_pathv[$0].map { String(cString: $0) } }.sorted()
  }

  /// The rule files that a path stands for: itself, or a directory's `*.conf` sorted by name, symbolic links followed.
  public func ruleFiles(at path: String) throws -> [String] {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(path: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return [path] }
    return glob(Self.escaped(path.hasSuffix("/") ? String(path.dropLast()) : path) + "/*.conf")
  }

  /// A directory's name may hold characters that mean something to `glob`.
  private static func escaped(_ path: String) -> String {
    path.map { "*?[\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }
}

/// A file that could not be read, with the system's reason.
public struct FileError: Error, Sendable, CustomStringConvertible {
  public var path: String
  public var code: Int32

  public init(path: String, code: Int32) {
    self.path = path
    self.code = code
  }

  public var description: String { "\(path): \(String(cString: strerror(code)))" }
}
