import Glibc

/// Memory of a fixed size from the system: all zeros, at the start of a page, and without cost until it is touched.
///
/// Records of 64 bytes lie in one line of the processor's cache each, which what `calloc` returns does not promise.
final class ZeroedMemory {
  let start: UnsafeMutableRawPointer
  let bytes: Int

  init(bytes: Int) {
    self.bytes = max(1, bytes)
    let memory = mmap(nil, self.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else { fatalError("no memory for \(bytes) bytes of clients' states") }
    start = memory
    madvise(memory, self.bytes, 14)
  }

  deinit { munmap(start, bytes) }
}
