import Foundation
import Testing

/// Signals that come before there is anything to save.
@Suite struct InterruptionTests {
  /// Commands that wait for no batch. The signal is there before the command begins, but held back: as early as a signal
  /// can come.
  @Test(arguments: [
    ["graph", "--model", "lenet"], ["summary"], ["train", "--data", "data"], ["find-rate", "--data", "data"],
  ])
  func anEarlySignalIsNotMetInSilence(_ arguments: [String]) throws {
    let executable = try Executable()
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGXCPU] {
      try withFolder { folder in
        try ToyImages.write(to: folder.appendingPathComponent("data"))
        let errors = folder.appendingPathComponent("errors")
        let status = try run(executable.url.path, arguments, in: folder, errors: errors.path, held: signal)
        #expect(status == 128 + signal)
        #expect(try contents(of: folder)["errors"] == "unfold: error: interrupted\n")
        #expect(try contents(of: folder).keys.sorted() == ["data", "errors"])
      }
    }
  }

  /// Starts a command with a signal that waits for it, and waits for its end.
  ///
  /// - Returns: Its exit status, negative where a signal ended it.
  private func run(
    _ path: String, _ arguments: [String], in folder: URL, errors: String, held signal: Int32
  ) throws -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (blocked, defaults) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    sigaddset(&blocked, signal)
    sigemptyset(&defaults)
    sigaddset(&defaults, signal)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // The shell sends the signal to itself and becomes the command: a signal that waits stays where it is.
    let script = "cd \"$1\" && exec 2>\"$2\" >/dev/null && kill -\(signal) $$ && shift 2 && exec \"$@\""
    let words = ["/bin/sh", "-c", script, "sh", folder.path, errors, path] + arguments
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var noEnvironment: [UnsafeMutablePointer<CChar>?] = [nil]
    var process: pid_t = 0
    let failure = posix_spawn(&process, "/bin/sh", nil, &attributes, &pointers, &noEnvironment)
    try #require(failure == 0)
    var status: Int32 = 0
    let ended = waitpid(process, &status, 0)
    try #require(ended == process)
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : -(status & 0x7F)
  }
}
