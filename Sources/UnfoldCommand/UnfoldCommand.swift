import ArgumentParser
import Glibc

/// The command `unfold`.
struct UnfoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfold",
    abstract: "Train, judge and measure convolutional networks on the processor.",
    subcommands: [
      TrainCommand.self, FindRateCommand.self, EvaluateCommand.self, ShowCommand.self, SummaryCommand.self,
      GraphCommand.self, InfoCommand.self, CheckCommand.self, AccuracyCommand.self, BenchCommand.self,
      CompareCommand.self,
      ReportCommand.self,
    ])
}

/// Where the process starts: what a person did wrong is told in one line, `unfold: error: …`, with a status that is not
/// zero. Mistakes in the syntax of the command line are explained by ArgumentParser.
@main
enum EntryPoint {
  static func main() {
    // A reader of the output that stops reading (`unfold bench | head`) makes writes fail, which is noticed there.
    signal(SIGPIPE, SIG_IGN)
    var command: any ParsableCommand
    do {
      command = try UnfoldCommand.parseAsRoot()
    } catch {
      UnfoldCommand.exit(withError: error)
    }
    do {
      try command.run()
    } catch let error as CommandError {
      report("\(error)", status: error.exitStatus)
    } catch let error where UnfoldCommand.exitCode(for: error) == .success || error is CleanExit {
      UnfoldCommand.exit(withError: error)
    } catch {
      report("\(error)", status: 1)
    }
  }

  private static func report(_ message: String, status: Int32) {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    Terminal.error.writeLine("unfold: error: \(line)")
    exit(status)
  }
}
