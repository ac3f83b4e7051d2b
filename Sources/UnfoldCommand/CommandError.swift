import Glibc

/// The command's own errors; the modules below it have errors of their own.
enum CommandError: Error, Equatable {
  /// An option or argument is wrong: unknown, out of range, without effect for the network, or in contradiction to
  /// another one.
  case usage(message: String)
  /// A file's content is not what was expected.
  case unexpected(_ what: String, expected: String, found: String)
  /// The system refused something with a file.
  case file(path: String, reason: String)
  /// An error of a module below, in its words.
  case failed(String)
  /// The reader of standard output has gone, as in `unfold bench | head -3`: a reason to end without a message.
  case outputClosed
  /// The engine differs from the reference.
  case mismatches(Int, of: Int)
  /// The process was interrupted by Control-C or another signal.
  case interrupted(signal: Int32)
  /// A training stopped before its end because of an error; `kept` says what it can be resumed from.
  case stopped(reason: String, status: Int32, kept: String)

  /// An option or argument that is not what was expected.
  static func usage(_ what: String, expected: String, found: String) -> CommandError {
    .usage(message: "\(what): expected \(expected), found \(found)")
  }

  /// Calls `body`, which checks options only, and turns its errors into usage errors.
  static func checkingUsage<Result>(_ body: () throws -> Result) throws(CommandError) -> Result {
    do {
      return try body()
    } catch let error as CommandError {
      throw error
    } catch {
      throw .usage(message: "\(error)")
    }
  }
}

extension CommandError: CustomStringConvertible {
  var description: String {
    switch self {
    case .usage(let message): message
    case .unexpected(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
    case .file(let path, let reason): "\(path): \(reason)"
    case .failed(let reason): reason
    case .outputClosed: "standard output: closed by its reader"
    case .mismatches(let count, let total): "\(count) of \(total) results differ from the reference"
    case .interrupted: "interrupted"
    case .stopped(let reason, _, let kept): "\(reason); \(kept)"
    }
  }
}

extension CommandError {
  /// The status that the process ends with after an error.
  ///
  /// | status | what is wrong |
  /// |---|---|
  /// | 64 | the command line: an option or argument, also where only the files that it names show that it does not fit |
  /// | 1 | all else: files and what is in them, the machine, a training that diverges, results that differ |
  /// | 128 and a signal's number | nothing: the process was told to end; 130 for Control-C, 141 where nobody reads its results any more, as shells report it |
  ///
  /// 64, `EX_USAGE` of sysexits.h, is what ArgumentParser ends with for the mistakes that it finds.
  static func exitStatus(of error: any Error) -> Int32 {
    switch error {
    case CommandError.usage: 64
    case CommandError.interrupted(let signal): 128 + signal
    case CommandError.outputClosed: 128 + SIGPIPE
    case CommandError.stopped(_, let status, _): status
    default: 1
    }
  }
}
