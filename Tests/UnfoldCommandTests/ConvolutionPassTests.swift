import Testing
import Unfold
import UnfoldReference

@testable import UnfoldCommand

@Suite struct ConvolutionPassTests {
  private let geometry: ConvolutionGeometry
  private let context: ExecutionContext

  init() throws {
    geometry = try ConvolutionGeometry(
      input: [2, 7, 6, 4], filters: 6, window: 3, stride: Extent(2, 1), padding: 1, groups: 2)
    context = try ExecutionContext(threads: 2)
  }

  @Test(arguments: PassDirection.allCases) func theEngineIsWithinTheBound(_ direction: PassDirection) throws {
    var pass = try ConvolutionPass(geometry, direction)
    try pass.run(context: context)
    let error = try pass.error(context: context)
    #expect(error.isAllowed, "\(error)")
    #expect(error.worstUlps > 0)
  }

  @Test(arguments: PassDirection.allCases) func aResultThatWasNotWrittenIsFound(_ direction: PassDirection) throws {
    let error = try ConvolutionPass(geometry, direction).error(context: context)
    #expect(error.worstUlps == .infinity)
    #expect(!error.isAllowed)
  }

  @Test func aMissingTermIsFound() throws {
    let truth = try Tensor<Double>([10.0, 20], shape: [2])
    let magnitude = try Tensor<Double>([10.0, 40], shape: [2])
    // One of 4,608 terms of the second element is missing.
    let result = try Tensor<Float>([10, 20 - 40 / 4608], shape: [2])
    let worst = ConvolutionPass.worstUlps(result, truth, magnitude)
    #expect(worst > 1.5 * ConvolutionPass.allowedUlps(terms: 4608), "\(worst)")
    #expect(ConvolutionPass.worstUlps(try Tensor([10, 20], shape: [2]), truth, magnitude) == 0)
  }

  @Test func somethingFromNothingIsFound() throws {
    let zero = try Tensor<Double>([0.0], shape: [1])
    #expect(ConvolutionPass.worstUlps(try Tensor([1e-30], shape: [1]), zero, zero) == .infinity)
    #expect(ConvolutionPass.worstUlps(try Tensor([0], shape: [1]), zero, zero) == 0)
    #expect(ConvolutionPass.worstUlps(try Tensor([.nan], shape: [1]), zero, zero) == .infinity)
  }

  @Test func directionsAreRead() throws {
    #expect(try PassDirection.list("FWD_B,bwd_d,FWD_B") == [.forwardWithBias, .inputGradient])
    for text in ["", "FWD_B,", "SIDEWAYS"] {
      #expect(throws: CommandError.self, "\(text)") { try PassDirection.list(text) }
    }
  }
}
