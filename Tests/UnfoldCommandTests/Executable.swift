import Foundation
import Testing

/// The command that was built together with these tests, run as a process of its own.
struct Executable {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String

    var errorLines: [Substring] { errors.split(separator: "\n", omittingEmptySubsequences: false).dropLast() }
  }

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String { "expected the command at \(path): build the product `unfold` before the tests" }
  }

  let url: URL

  /// Executables and test bundles lie side by side in the build folder.
  init() throws {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    url = tests.deletingLastPathComponent().appendingPathComponent("unfold")
    guard FileManager.default.isExecutableFile(atPath: url.path) else { throw Missing(path: url.path) }
  }

  /// Runs the command in a folder until it ends.
  ///
  /// - Parameters:
  ///   - interruptAfter: A text; as soon as it appears among the errors, a signal is sent.
  ///   - signal: The signal, by default that of Control-C.
  ///   - times: How often it is sent, a millisecond apart.
  ///   - columns: How wide the screen is said to be.
  ///   - input: The file that is standard input; nil for an empty one.
  func run(
    _ arguments: [String], in folder: URL, interruptAfter text: String? = nil, signal: Int32 = SIGINT, times: Int = 1,
    columns: Int = 80, input: URL? = nil
  ) throws -> Outcome {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "\(columns)"]) { $1 }
    process.executableURL = url
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? FileHandle.nullDevice
    try process.run()

    // Both pipes are emptied at the same time: a process that waits for room in one would never end.
    let collected = Collected()
    let reader = Thread { collected.set(output.fileHandleForReading.readDataToEndOfFile()) }
    reader.start()
    var errorData = Data()
    var isInterrupted = false
    while case let piece = errors.fileHandleForReading.availableData, !piece.isEmpty {
      errorData.append(piece)
      if let text, !isInterrupted, String(decoding: errorData, as: UTF8.self).contains(text) {
        for _ in 0..<times {
          kill(process.processIdentifier, signal)
          usleep(1000)
        }
        isInterrupted = true
      }
    }
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: collected.wait(), as: UTF8.self),
      errors: String(decoding: errorData, as: UTF8.self))
  }
}

extension Executable {
  /// Writes toy images to the folder `data` and the model of one epoch to `toy.safetensors`.
  func trainToy(in folder: URL) throws {
    try ToyImages.write(to: folder.appendingPathComponent("data"))
    let training = try run(["train", "--data", "data", "--epochs", "1", "--output", "toy.safetensors"], in: folder)
    #expect(training.status == 0, "\(training)")
  }
}

private final class Collected: @unchecked Sendable {
  // Sendable because the semaphore orders the one write before the one read.
  private var data = Data()
  private let done = DispatchSemaphore(value: 0)

  func set(_ data: Data) {
    self.data = data
    done.signal()
  }

  func wait() -> Data {
    done.wait()
    return data
  }
}
