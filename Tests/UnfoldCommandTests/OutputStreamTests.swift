import Foundation
import Glibc
import Testing

@testable import UnfoldCommand

/// Standard output that fills up, blocks, or is closed: results that do not arrive are an error.
@Suite struct OutputStreamTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  struct Ending: Equatable {
    let status: Int32
    let errors: String
  }

  /// Runs the command with a file in place of standard output.
  private func run(_ arguments: [String], output: FileHandle, in folder: URL) throws -> Ending {
    try run(executable.url, arguments, output: output, in: folder)
  }

  private func run(
    _ program: URL, _ arguments: [String], output: FileHandle, in folder: URL
  ) throws -> Ending {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Ending(status: process.terminationStatus, errors: text)
  }

  @Test(arguments: [
    ["summary"], ["summary", "--json"], ["info", "--threads", "1"], ["graph"], ["--help"], ["bench", "--help"],
    ["--generate-completion-script", "bash"], ["bench", "--shapes", "s.txt", "--seconds", "0.01"],
    ["check", "--shapes", "s.txt"], ["compare", "--shapes", "s.txt", "--seconds", "0.01"],
    ["accuracy", "--shapes", "s.txt"],
  ])
  func aFullDeviceIsAnError(_ arguments: [String]) throws {
    try withFolder { folder in
      try Data("mb1ic4ih8oc4oh8kh3ph1n\"a\"\n".utf8).write(to: folder.appendingPathComponent("s.txt"))
      let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      let ending = try run(arguments, output: full, in: folder)
      #expect(
        ending == Ending(status: 1, errors: "unfold: error: standard output: No space left on device\n"), "\(ending)")
    }
  }

  /// A pipe. The test closes its ends.
  private func pipe(size: Int32? = nil) throws -> (read: FileHandle, write: FileHandle) {
    var ends: [Int32] = [0, 0]
    let result = Glibc.pipe(&ends)
    try #require(result == 0)
    // F_SETPIPE_SZ, which the headers have for GNU only.
    if let size { _ = fcntl(ends[1], 1031, size) }
    // The other end must not live on in a process that another test starts.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (
      FileHandle(fileDescriptor: ends[0], closeOnDealloc: true),
      FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    )
  }

  @Test func aPipeThatDoesNotBlockGetsEverything() throws {
    try withFolder { folder in
      let arguments = ["summary", "--model", "densenet121"]
      let whole = try executable.run(arguments, in: folder)
      #expect(whole.status == 0 && whole.output.utf8.count > 20_000)

      let process = Process()
      process.executableURL = executable.url
      process.arguments = arguments
      let ends = try pipe(size: 4096)
      let flags = fcntl(ends.write.fileDescriptor, F_GETFL)
      #expect(fcntl(ends.write.fileDescriptor, F_SETFL, flags | O_NONBLOCK) == 0)
      process.standardOutput = ends.write
      process.standardError = FileHandle.nullDevice
      try process.run()
      try ends.write.close()
      // Nothing is read until the pipe is full: the next write finds no room.
      var waiting: Int32 = 0
      while waiting < 4096, process.isRunning { _ = ioctl(ends.read.fileDescriptor, UInt(FIONREAD), &waiting) }
      let text = String(decoding: ends.read.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0 && text == whole.output, "\(text.utf8.count) bytes")
    }
  }

  @Test func aReaderThatStopsReadingEndsTheWork() throws {
    try withFolder { folder in
      let shapes = (0..<20).map { "mb1ic4ih8oc4oh8kh3ph1n\"shape \($0)\"\n" }.joined()
      try Data(shapes.utf8).write(to: folder.appendingPathComponent("s.txt"))
      for arguments in [
        ["bench", "--shapes", "s.txt", "--seconds", "0.05", "--output", "out.json"],
        ["compare", "--shapes", "s.txt", "--seconds", "0.05", "--comparison", "out.json"],
      ] {
        let process = Process()
        process.executableURL = executable.url
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let (ends, errors) = (try pipe(), Pipe())
        process.standardOutput = ends.write
        process.standardError = errors
        try process.run()
        try ends.write.close()
        // As `head -1`.
        var text = Data()
        while !text.contains(UInt8(ascii: "\n")), case let piece = ends.read.availableData, !piece.isEmpty {
          text += piece
        }
        try ends.read.close()
        let complaints = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 128 + SIGPIPE && complaints.isEmpty, "\(arguments) \(complaints)")
        // Its file is written at the end, which was not reached.
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("out.json").path), "\(arguments)")
      }
    }
  }

  @Test(arguments: ["table", "json"]) func aTrainingWithoutAReaderSavesItsModel(_ kind: String) throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let options = ["train", "--data", "data", "--epochs", "2"] + (kind == "json" ? ["--json"] : [])
      let undisturbed = try executable.run(options + ["--output", "whole.safetensors"], in: folder)
      #expect(undisturbed.status == 0, "\(undisturbed)")
      let model = try Data(contentsOf: folder.appendingPathComponent("whole.safetensors"))

      let ends = try pipe()
      try ends.read.close()
      let closed = try run(options + ["--output", "closed.safetensors"], output: ends.write, in: folder)
      #expect(closed.status == 128 + SIGPIPE && !closed.errors.contains("unfold:"), "\(closed)")
      #expect(try Data(contentsOf: folder.appendingPathComponent("closed.safetensors")) == model)

      let device = try #require(FileHandle(forWritingAtPath: "/dev/full"))
      let full = try run(options + ["--output", "full.safetensors"], output: device, in: folder)
      let complaints = full.errors.split(separator: "\n").filter { $0.hasPrefix("unfold:") }
      #expect(full.status == 1, "\(full)")
      #expect(
        complaints == [
          "unfold: standard output: No space left on device: the training continues",
          "unfold: error: standard output: No space left on device",
        ])
      #expect(try Data(contentsOf: folder.appendingPathComponent("full.safetensors")) == model)
    }
  }

  /// Started by a shell with `>&-`: the number of standard output must not be given to a file.
  @Test func aStreamThatIsClosedFromTheBeginningIsAnError() throws {
    try withFolder { folder in
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", "exec \"$0\" graph --svg g.svg >&- 2>errors", executable.url.path]
      process.currentDirectoryURL = folder
      try process.run()
      process.waitUntilExit()
      let files = try contents(of: folder)
      #expect(
        process.terminationStatus == 1 && files["errors"] == "unfold: error: standard output: Bad file descriptor\n")
      #expect(files["g.svg"]?.hasSuffix("</svg>\n") == true)
    }
  }

  /// Runs a line of the shell with the command as `$0`.
  private func shell(_ line: String, in folder: URL) throws -> Ending {
    try run(
      URL(fileURLWithPath: "/bin/sh"), ["-c", line, executable.url.path], output: .nullDevice, in: folder)
  }

  /// The system sends a signal that ends the process, unless it is ignored.
  @Test func filesThatMayNotGrowAreAnError() throws {
    try withFolder { folder in
      let drawing = try shell("ulimit -f 1; exec \"$0\" graph --model resnet50 --svg g.svg", in: folder)
      #expect(
        drawing == Ending(status: 1, errors: "unfold: error: g.svg: cannot write: File too large\n"), "\(drawing)")
      let table = try shell("ulimit -f 1; exec \"$0\" summary --model resnet50 > table", in: folder)
      #expect(table == Ending(status: 1, errors: "unfold: error: standard output: File too large\n"), "\(table)")
      #expect(try contents(of: folder).keys.sorted() == ["table"])
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let training = try shell("ulimit -f 100; exec \"$0\" train --data data --epochs 1 --output m", in: folder)
      #expect(training.status == 1 && training.errors.contains("m-checkpoints"), "\(training)")
      #expect(try contents(of: folder).keys.sorted() == ["data", "table"])
    }
  }

  /// As text they would be other paths.
  @Test func argumentsHaveToBeText() throws {
    try withFolder { folder in
      let ending = try shell("exec \"$0\" graph --svg \"$(printf 'g\\377.svg')\"", in: folder)
      #expect(
        ending
          == Ending(status: 64, errors: "unfold: error: argument 3: expected text in UTF-8, found g\u{FFFD}.svg\n"),
        "\(ending)")
      #expect(try contents(of: folder).isEmpty)
    }
  }

  @Test func namesCannotMoveTheCursor() throws {
    let odd = "no\u{1B}[2J\u{202E}\u{9B}file\n.txt"
    try withFolder { folder in
      for arguments in [["check", "--shapes", odd], ["evaluate", odd], [odd], ["info", "--\u{1B}[31m"]] {
        let outcome = try executable.run(arguments, in: folder)
        #expect(outcome.status != 0)
        let written = outcome.errors + outcome.output
        #expect(
          written.unicodeScalars.allSatisfy { $0 == "\n" || "\($0)".printable == "\($0)" },
          "\(written.debugDescription)")
        #expect(written.contains("\\u{1B}["), "\(written)")
      }
    }
  }

  @Test func namesOfClassesCannotEither() throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"))
      let names = "\u{1B}[31m日本,\u{202E}dog"
      let options = ["--data", "data", "--threads", "1"]
      let training = try executable.run(
        ["train", "--epochs", "1", "--class-names", names, "--output", "m.safetensors"] + options, in: folder)
      let table = try executable.run(["evaluate", "m.safetensors"] + options, in: folder)
      for outcome in [training, table] {
        #expect(outcome.status == 0, "\(outcome)")
        #expect(outcome.output.contains("0 \\u{1B}[31m日本") && outcome.output.contains("1 \\u{202E}dog"), "\(outcome)")
        #expect(!(outcome.output + outcome.errors).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
      }
      // Programs get the names as they are.
      let json = try executable.run(["evaluate", "m.safetensors", "--json"] + options, in: folder)
      let report = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
      #expect((report?["confusion"] as? [String: Any])?["labels"] as? [String] == ["\u{1B}[31m日本", "\u{202E}dog"])
    }
  }
}
