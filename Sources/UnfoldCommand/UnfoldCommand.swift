import ArgumentParser
import Glibc

/// The command `unfold`.
struct UnfoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Train, judge and measure convolutional networks on the processor.",
    discussion: """
      Exit status: 0 for success; 64 for a mistake on the command line, also where only the files that it names show \
      that an option does not fit; 1 for everything else that is wrong: files, data, a training that diverges; 130 after \
      Control-C, 141 where nobody reads the results any more, 128 and the number after another signal. Errors are one \
      line on standard error.
      """,
    subcommands: [
      TrainCommand.self, FindRateCommand.self, EvaluateCommand.self, ShowCommand.self, SummaryCommand.self,
      GraphCommand.self, InfoCommand.self, CheckCommand.self, AccuracyCommand.self, BenchCommand.self,
      CompareCommand.self,
      ReportCommand.self,
    ])
}

/// Where the process starts: what a person did wrong is told in one line, `unfold: error: …`, with the status of
/// ``CommandError/exitStatus(of:)``. Mistakes in the syntax of the command line are explained by ArgumentParser. A reader of
/// the output that stops reading (`unfold bench | head`) ends the process without a word, with the status of SIGPIPE.
@main
enum EntryPoint {
  static func main() {
    // Writes fail instead, which says where, and lets files that are being written be finished or removed: to a pipe that
    // nobody reads, and beyond the size that files may have (`ulimit -f`).
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

  /// Throws for arguments that are no UTF-8: as text they would become others, and files of other names would be written.
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
        // Not ArgumentParser's, which would show how the command is used.
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
        // By lines, as ArgumentParser wrote them: what it quotes of the arguments may hold anything.
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
          Terminal.error.writeLine(String(line))
        }
      }
      exit(code.rawValue)
    }
  }
}
