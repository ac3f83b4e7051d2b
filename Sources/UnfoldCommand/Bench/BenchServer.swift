import FoundationEssentials
import Unfold
import UnfoldData

/// What `unfold bench --requests` is asked for: one JSON object a line.
struct BenchRequest: Codable, Equatable {
  /// `convolution`, `reference` (the naive loops of the same convolution).
  var operation: String
  var direction: PassDirection
  /// A descriptor in benchdnn's syntax.
  var shape: String
  var threads: Int
  /// The time that the runs take together.
  var seconds: Double
  /// At least so many runs are made.
  var fewest: Int
}

/// The answer: one JSON object a line.
struct BenchAnswer: Codable, Equatable {
  /// The seconds of each run; nil where the request failed.
  var seconds: [Double]?
  /// The multiplications and additions of one run.
  var operations: Double?
  /// Why there are no seconds.
  var error: String?
}

/// Measures what it is asked for, one request after the other, so that another program can alternate with it: the
/// tensors of a request are kept until another one comes, and between requests nothing runs.
struct BenchServer {
  private var contexts: [Int: ExecutionContext] = [:]
  private var request: BenchRequest?
  private var pass: (any MeasuredPass)?

  /// Answers until the input ends.
  mutating func run() throws {
    while let line = readLine() {
      var answer = BenchAnswer()
      do {
        answer = try self.answer(JSONDecoder().decode(BenchRequest.self, from: Data(line.utf8)))
      } catch {
        answer.error = "\(error)"
      }
      Terminal.output.writeLine(try jsonText(answer, pretty: false))
    }
  }

  private mutating func answer(_ request: BenchRequest) throws -> BenchAnswer {
    let context = try contexts[request.threads] ?? ExecutionContext(threads: request.threads)
    contexts[request.threads] = context
    if request.operation != self.request?.operation || request.shape != self.request?.shape
      || request.direction != self.request?.direction
    {
      (self.request, pass) = (nil, nil)
      pass = try Self.pass(of: request)
      self.request = request
    }
    guard var pass = pass.take() else { return BenchAnswer() }
    let times = try pass.times(seconds: request.seconds, fewest: request.fewest, context: context)
    let operations = pass.operations
    self.pass = pass
    return BenchAnswer(seconds: times, operations: operations)
  }

  private static func pass(of request: BenchRequest) throws -> any MeasuredPass {
    switch request.operation {
    case "convolution":
      try ConvolutionPass(ConvolutionDescriptor(request.shape).geometry(), request.direction)
    default:
      throw CommandError.unexpected("operation", expected: "convolution", found: "\"\(request.operation)\"")
    }
  }
}
