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
      Control-C, 128 and the number after another signal. Errors are one line on standard error.
      """,
    subcommands: [
      TrainCommand.self, FindRateCommand.self, EvaluateCommand.self, ShowCommand.self, SummaryCommand.self,
      GraphCommand.self, InfoCommand.self, CheckCommand.self, AccuracyCommand.self, BenchCommand.self,
      CompareCommand.self,
      ReportCommand.self,
    ])
}

/// Where the process starts: what a person did wrong is told in one line, `unfold: error: …`, with the status of
/// ``CommandError/exitStatus(of:)``. Mistakes in the syntax of the command line are explained by ArgumentParser.
@main
enum EntryPoint {
  static func main() {
    // A reader of the output that stops reading (`unfold bench | head`) makes writes fail, which is noticed there.
    signal(SIGPIPE, SIG_IGN)
    Interruption.announce()
    var command: any ParsableCommand
    do {
      command = try UnfoldCommand.parseAsRoot()
    } catch {
      UnfoldCommand.exit(withError: error)
    }
    do {
      try command.run()
    } catch let error where UnfoldCommand.exitCode(for: error) == .success || error is CleanExit {
      UnfoldCommand.exit(withError: error)
    } catch {
      report("\(error)", status: CommandError.exitStatus(of: error))
    }
  }

  private static func report(_ message: String, status: Int32) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    Terminal.error.writeLine("unfold: error: \(line)")
    exit(status)
  }
}
