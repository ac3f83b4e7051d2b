import ArgumentParser
import Glibc

/// The command `unfold`.
struct UnfoldCommand: ParsableCommand {
  /// The version of the program: that of the next release.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Train, evaluate and measure convolutional networks on the processor.",
    discussion: """
      Exit status: 0 for success; 64 for a mistake on the command line, including an option that does not fit the files; \
      1 for any other error: files, data, a training that diverges; 130 after Control-C; 141 if the reader of the \
      results has gone; 128 plus the number of any other signal. Errors are one line on standard error.
      """,
    version: version,
    subcommands: [
      TrainCommand.self, FindRateCommand.self, EvaluateCommand.self, PredictCommand.self, ShowCommand.self,
      CurvesCommand.self,
      ModelsCommand.self, SummaryCommand.self, GraphCommand.self, InfoCommand.self, CheckCommand.self,
      AccuracyCommand.self,
      BenchCommand.self, CompareCommand.self, CompareRunsCommand.self, ReportCommand.self,
    ])
}

/// The entry point of the process. Errors are reported in one line, `unfold: error: …`, with the status of
/// ``CommandError/exitStatus(of:)``. ArgumentParser explains mistakes in the syntax of the command line. If the reader
/// of the output stops reading (`unfold bench | head`), the process ends silently, with the status of SIGPIPE.
@main
enum EntryPoint {
  static func main() {
    // Ignores SIGPIPE and SIGXFSZ, so that writes fail with an error instead: to a pipe without a reader, and beyond
    // the file size limit (`ulimit -f`). Files that are being written can then be finished or removed.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    Terminal.occupyClosedStreams()
    Interruption.announce()
    do {
      try run()
    } catch {
      if error != .outputClosed { Terminal.error.writeLine("unfold: error: \(error)") }
      exit(CommandError.exitStatus(of: error))
    }
  }

  /// Throws for arguments that are not valid UTF-8: as text they would change, and files of other names would be
  /// written.
  private static func requireText() throws(CommandError) {
    for index in 0..<Int(CommandLine.argc) {
      guard let argument = CommandLine.unsafeArgv[index], String(validatingCString: argument) == nil else { continue }
      throw .usage("argument \(index)", expected: "text in UTF-8", found: String(cString: argument))
    }
  }

  private static func run() throws(CommandError) {
    try requireText()
    do {
      var command = try UnfoldCommand.parseAsRoot()
      do {
        try command.run()
      } catch let error where UnfoldCommand.exitCode(for: error) != .success && !(error is CleanExit) {
        // Not ArgumentParser's error, which would show the usage.
        throw (error as? CommandError) ?? .failed("\(error)")
      }
    } catch let error as CommandError {
      throw error
    } catch {
      let (code, text) = (UnfoldCommand.exitCode(for: error), UnfoldCommand.fullMessage(for: error))
      if code == .success {
        // Help, or a script for a shell, which has to stay as it is.
        if !text.isEmpty { try Terminal.output.terminal.send(text + "\n") }
      } else {
        // Line by line, as ArgumentParser wrote them: the arguments that it quotes may hold anything.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
          Terminal.error.writeLine(String(line))
        }
      }
      exit(code.rawValue)
    }
  }
}
