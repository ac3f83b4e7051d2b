import Testing
import Unfold
import UnfoldReference

@testable import UnfoldCommand

@Suite struct ConvolutionPassTests {
  private let geometry: ConvolutionGeometry
  private let geometries: [any FilterOperator]
  private let context: ExecutionContext

  init() throws {
    geometry = try ConvolutionGeometry(
      input: [2, 7, 6, 4], filters: 6, window: 3, stride: Extent(2, 1), padding: 1, groups: 2)
    let transposed = try TransposedConvolutionGeometry(
      input: [2, 4, 5, 6], filters: 4, window: Extent(4, 3), stride: Extent(3, 1),
      padding: .sides(top: 1, bottom: 0, left: 0, right: 2), outputPadding: Extent(1, 0), dilation: Extent(1, 2),
      groups: 2)
    geometries = [geometry, transposed, try transposed.computed(by: .blas)]
    context = try ExecutionContext(threads: 2)
  }

  @Test(arguments: PassDirection.allCases) func theEngineIsWithinTheBound(_ direction: PassDirection) throws {
    for geometry in geometries {
      var pass = try ConvolutionPass(geometry, direction)
      try pass.run(context: context)
      let error = try pass.error(context: context)
      #expect(error.isAllowed, "\(geometry): \(error)")
      #expect(error.worstUlps > 0)
    }
  }

  @Test(arguments: PassDirection.allCases) func aResultThatWasNotWrittenIsFound(_ direction: PassDirection) throws {
    for geometry in geometries {
      let error = try ConvolutionPass(geometry, direction).error(context: context)
      #expect(error.worstUlps == .infinity)
      #expect(!error.isAllowed)
    }
  }

  /// Each output of a pixel that is spread over 2x2 is the sum of 3 ones, whatever the engine's adjoint says.
  @Test func theLoopsOfATransposedConvolutionAreItsDefinition() throws {
    let geometry = try TransposedConvolutionGeometry(
      input: [1, 1, 2, 3], filters: 1, window: 2, stride: 2, outputPadding: Extent(1, 0))
    let output = try geometry.reference.forward(
      Tensor<Double>(repeating: 1, shape: geometry.inputShape),
      filter: Tensor(repeating: 1, shape: geometry.filterShape), bias: Tensor(repeating: 0.5, shape: [1]))
    #expect(output.shape == [1, 3, 4, 1])
    #expect(output.elements == [Double](repeating: 3.5, count: 8) + [0.5, 0.5, 0.5, 0.5])
    #expect(throws: UnfoldError.self) { try geometry.computed(by: .winograd(.four)) }
    #expect("\(geometry)".contains("transposed to") && "\(geometry)".contains("stride 2x2"), "\(geometry)")
    // The forward pass of a 3x3 window is the adjoint's input gradient, which Winograd can do.
    let wide = try TransposedConvolutionGeometry(input: [1, 28, 28, 64], filters: 64, window: 3, padding: 1)
    let tile = try wide.computed(by: .winograd(.two))
    #expect(tile.algorithm(for: .forward) == .winograd(.two) && wide.algorithm == .automatic)
    for direction in ConvolutionDirection.allCases {
      let adjoint: ConvolutionDirection =
        direction == .forward ? .inputGradient : direction == .inputGradient ? .forward : direction
      #expect(wide.algorithm(for: direction) == wide.adjoint.algorithm(for: adjoint))
    }
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
