import Testing
import Unfold
import UnfoldNN

@testable import UnfoldCommand

/// What is measured is what is meant: every result was written, and the naive loops do the engine's convolution.
@Suite struct MeasuredPassTests {
  private let context: ExecutionContext

  init() throws { context = try ExecutionContext(threads: 2) }

  private func isWritten(_ result: Tensor<Float>) -> Bool {
    result.elements.allSatisfy(\.isFinite) && result.elements.contains { $0 != 0 }
  }

  @Test(arguments: PassDirection.allCases) func theLoopsDoTheEnginesConvolution(_ direction: PassDirection) throws {
    let geometry = try ConvolutionGeometry(
      input: [2, 7, 6, 4], filters: 6, window: 3, stride: Extent(2, 1), padding: 1, groups: 2)
    var engine = try ConvolutionPass(geometry, direction)
    var loops = try ReferencePass(geometry, direction)
    try engine.run(context: context)
    try loops.run(context: context)
    let result = try #require(loops.result)
    #expect(result.shape == engine.result.shape)
    for (found, expected) in zip(engine.result.elements, result.elements) { #expect(abs(found - expected) < 1e-4) }
    #expect((engine.biasGradient != nil) == (loops.biasGradient != nil))
  }

  @Test(arguments: PoolingPass.directions) func poolingsAreWritten(_ direction: PassDirection) throws {
    let geometry = try PoolingGeometry(input: [2, 7, 6, 5], window: 3, stride: 2, padding: 1)
    for statistic in [PoolingPass.Statistic.maximum, .mean] {
      var pass = try PoolingPass(geometry, statistic, direction)
      // Twice: the saved positions of the first run are those of the second.
      for _ in 0..<2 { try pass.run(context: context) }
      #expect(isWritten(pass.result), "\(statistic)")
    }
  }

  @Test func theGradientOfAMaximumGoesToManyTaps() throws {
    let geometry = try PoolingGeometry(input: [1, 8, 8, 16], window: 2)
    var pass = try PoolingPass(geometry, .maximum, .inputGradient)
    try pass.run(context: context)
    for tap in 0..<4 {
      let places = (0..<geometry.batch * 8 * 8 * 16).filter { $0 / 16 % 2 + 2 * ($0 / 128 % 2) == tap }
      #expect(places.contains { pass.result.elements[$0] != 0 }, "tap \(tap)")
    }
  }

  @Test(arguments: ResamplingPass.directions) func resamplingsAreWritten(_ direction: PassDirection) throws {
    for kind in [Resampling.Kind.nearest(to: 6), .bilinear(to: Extent(6, 9), alignsCorners: false)] {
      var pass = try ResamplingPass(Resampling(input: [2, 4, 5, 3], kind: kind), direction)
      try pass.run(context: context)
      #expect(isWritten(pass.result), "\(kind)")
    }
  }

  @Test(arguments: DensePass.directions) func denseLayersAreWritten(_ direction: PassDirection) throws {
    var pass = try DensePass(DenseGeometry(batch: 3, inputs: 20, outputs: 10), direction)
    try pass.run(context: context)
    #expect(isWritten(pass.result))
  }

  @Test(arguments: [Architecture.lenet, .vgg, .resnet, .densenet])
  func aTrainingStepTrains(_ architecture: Architecture) throws {
    var pass = try TrainingPass(architecture, batch: 8)
    try pass.run(context: context)
    let first = pass.loss
    for _ in 0..<10 { try pass.run(context: context) }
    #expect(first > 0.5 && pass.loss < first, "\(first) to \(pass.loss)")
  }

  @Test func runsAreCounted() throws {
    var pass = try DensePass(DenseGeometry(batch: 1, inputs: 2, outputs: 2), .forward)
    #expect(try pass.times(seconds: 0, fewest: 4, context: context).count == 4)
    let times = try pass.times(seconds: 0.01, fewest: 1, context: context)
    // The last run begins within the time, however busy the machine is.
    #expect(!times.isEmpty && times.dropLast().reduce(0, +) < 0.01, "\(times)")
  }
}
