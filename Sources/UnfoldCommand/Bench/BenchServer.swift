import FoundationEssentials
import Unfold
import UnfoldData

/// A measurement server: runs one request after another, so that another program can alternate with it. The tensors of
/// a request are kept until a different one comes, and between requests nothing runs.
struct BenchServer {
  private var contexts: [Int: ExecutionContext] = [:]
  private var request: BenchRequest?
  private var pass: (any MeasuredPass)?

  /// Answers requests until the input ends.
  mutating func run() throws {
    while let line = readLine() {
      try Terminal.output.writeJSON(answer(line), pretty: false)
    }
  }

  /// The answer to any line; for an invalid one the answer is an error.
  mutating func answer(_ line: String) -> BenchAnswer {
    var answer = BenchAnswer()
    do {
      answer = try self.answer(Self.request(line))
    } catch {
      answer.error = "\(error)"
    }
    return answer
  }

  private static func request(_ line: String) throws(CommandError) -> BenchRequest {
    do {
      return try JSONDecoder().decode(BenchRequest.self, from: Data(line.utf8))
    } catch {
      let found = line.count > 200 ? "\(line.prefix(200))..." : line
      throw .unexpected(
        "request", expected: "a JSON object such as {\"operation\": \"machine\", \"threads\": 1}", found: "\"\(found)\""
      )
    }
  }

  private mutating func answer(_ request: BenchRequest) throws -> BenchAnswer {
    switch request.operation {
    case "machine":
      return BenchAnswer(machine: .current, rates: try MachineRates(measuredOn: context(of: request)))
    case "peak":
      return BenchAnswer(peak: RateMeasurement(context: try context(of: request)).momentaryMultiplyAdds())
    case "describe":
      let shape = try request.required(request.shape, "shape")
      return BenchAnswer(convolution: try ConvolutionDescription(ConvolutionDescriptor(shape)))
    case "describe-transposed":
      let shape = try request.required(request.shape, "shape")
      return BenchAnswer(convolution: try ConvolutionDescription(TransposedConvolutionDescriptor(shape)))
    default:
      return try measure(request)
    }
  }

  private mutating func context(of request: BenchRequest) throws -> ExecutionContext {
    let threads = try request.required(request.threads, "threads")
    let context = try contexts[threads] ?? ExecutionContext(threads: threads)
    contexts[threads] = context
    return context
  }

  private mutating func measure(_ request: BenchRequest) throws -> BenchAnswer {
    let operation = try BenchOperation(named: request.operation)
    let seconds = try request.required(request.seconds, "seconds")
    guard seconds >= 0, seconds <= 3600 else {
      throw CommandError.unexpected("seconds", expected: "0 to 3600", found: seconds.messageText)
    }
    let fewest = request.fewest ?? 1
    guard 1...10_000 ~= fewest else {
      throw CommandError.unexpected("fewest", expected: "1 to 10000", found: "\(fewest)")
    }
    let context = try context(of: request)
    let before = request.memory == true ? ResidentMemory.current : nil
    if before != nil { ResidentMemory.resetPeak() }
    if self.request?.hasSamePass(as: request) != true {
      // The old tensors are released before the new ones are made.
      (self.request, pass) = (nil, nil)
      pass = try operation.pass(of: request, context: context)
      self.request = request
    }
    guard var pass = pass.take() else { return BenchAnswer() }
    // A pass whose run fails is not kept.
    self.request = nil
    let times = try pass.times(seconds: seconds, fewest: fewest, context: context)
    var answer = BenchAnswer(seconds: times, operations: pass.operations)
    if let before, let peak = ResidentMemory.peak {
      answer.memory = .init(before: before, peak: peak, tensors: pass.tensorBytes)
    }
    (self.request, self.pass) = (request, pass)
    return answer
  }
}
