import Glibc
import Synchronization

/// Threads for tests that wait: for a socket, for a time, for one another.
///
/// The tasks' own threads are as few as the cores, and all tests of all suites share them. One that blocks there, or computes,
/// keeps every other from going on, and then limits of time pass that the proxy is not to blame for. Here each job that becomes
/// ready finds a thread.
final class WaitingThreads: TaskExecutor {
  static let shared = WaitingThreads()

  private struct State {
    var jobs: [UnownedJob] = []
    var idleCount = 0
  }
  private let state = Mutex(State())
  private let wakeUp = Semaphore()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let needsThread = state.withLock { state in
      state.jobs.append(job)
      return state.jobs.count > state.idleCount
    }
    if needsThread { Thread.start { self.serve() } }
    wakeUp.signal()
  }

  private func serve() {
    state.withLock { $0.idleCount += 1 }
    while true {
      wakeUp.wait()
      guard
        let job = state.withLock({ state -> UnownedJob? in
          guard !state.jobs.isEmpty else { return nil }
          state.idleCount -= 1
          return state.jobs.removeFirst()
        })
      else { continue }
      job.runSynchronously(on: asUnownedTaskExecutor())
      state.withLock { $0.idleCount += 1 }
    }
  }
}

/// Lets the thread sleep. A task's sleep ends on one of the few threads of all tasks.
func pause(milliseconds: Int) { usleep(UInt32(milliseconds) * 1000) }

/// A POSIX semaphore.
private final class Semaphore: @unchecked Sendable {
  private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() { sem_init(handle, 0, 0) }

  func signal() { sem_post(handle) }
  func wait() { while sem_wait(handle) != 0 {} }
}
