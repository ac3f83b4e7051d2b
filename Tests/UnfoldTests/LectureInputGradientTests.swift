import Testing
import Unfold
import UnfoldReference

/// The slides "Computing the derivative for Y(l-1, m)" and "Derivatives for a single layer l: Vector notation": a padded
/// output gradient, convolved with a flipped filter.
@Suite struct LectureInputGradientTests {
  /// Elements whose products and sums are exact, so that the identity holds to the last bit.
  private func exact(_ shape: Shape, salt: Int) throws -> Tensor<Double> { try Fixture.elements(shape, salt: salt) }

  private static let geometries: [ConvolutionGeometry] = {
    var geometries: [ConvolutionGeometry] = []
    let sides = Padding.sides(top: 2, bottom: 1, left: 0, right: 3)
    for (input, filters, groups): (Shape, Int, Int) in [
      ([2, 7, 9, 3], 4, 1), ([1, 8, 6, 4], 6, 2), ([2, 6, 7, 5], 10, 5),
    ] {
      for window in [Extent(3, 3), Extent(1, 1), Extent(2, 4)] {
        for stride in [Extent(1, 1), Extent(2, 3)] {
          for dilation in [Extent(1, 1), Extent(2, 1)] {
            for padding in [Padding.valid, sides, .same] {
              guard
                let geometry = try? ConvolutionGeometry(
                  input: input, filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
                  groups: groups)
              else { continue }
              geometries.append(geometry)
            }
          }
        }
      }
    }
    return geometries
  }()

  @Test func theInputGradientIsTheSlidesConvolution() throws {
    #expect(Self.geometries.count == 108)
    for geometry in Self.geometries {
      let (rows, columns) = (geometry.vertical, geometry.horizontal)
      let dz = try exact(geometry.outputShape, salt: 1)
      let w = try exact(geometry.filterShape, salt: 2)
      let convolution = try geometry.inputGradientConvolution()
      let padded = try geometry.paddedOutputGradient(dz)
      #expect(padded.shape == convolution.inputShape, "\(geometry)")
      let wide = try convolution.reference.forward(padded, filter: geometry.flippedFilter(w))
      // "The size of the Y derivative map": that of the zero-padded map.
      #expect(wide.shape[1] == rows.input + rows.low + rows.high, "\(geometry)")
      #expect(wide.shape[2] == columns.input + columns.low + columns.high, "\(geometry)")
      let padding = Padding.sides(top: rows.low, bottom: rows.high, left: columns.low, right: columns.high)
      let cropped = try Cropping(input: wide.shape, by: padding).forward(wide)
      #expect(try cropped == geometry.reference.inputGradient(dz, filter: w), "\(geometry)")
      #expect(try cropped == geometry.inputGradient(dz, filter: w), "\(geometry)")
    }
  }

  /// By hand: two maps in, one out, a window of 2 x 2 taps, stride 2.
  @Test func aSmallCaseIsTheSlides() throws {
    let geometry = try ConvolutionGeometry(input: [1, 4, 5, 2], filters: 1, window: 2, stride: 2)
    let w = try Tensor<Float>([1, 10, 2, 20, 3, 30, 4, 40], shape: [2, 2, 2, 1])
    #expect(try geometry.flippedFilter(w) == Tensor([4, 40, 3, 30, 2, 20, 1, 10], shape: [2, 2, 1, 2]))
    let dz = try Tensor<Float>([5, 6, 7, 8], shape: [1, 2, 2, 1])
    // K - 1 = 1 zero on every side, a zero between, and one for the fifth column, which no window reaches.
    let padded = try Tensor<Float>(
      [
        0, 0, 0, 0, 0, 0,
        0, 5, 0, 6, 0, 0,
        0, 0, 0, 0, 0, 0,
        0, 7, 0, 8, 0, 0,
        0, 0, 0, 0, 0, 0,
      ], shape: [1, 5, 6, 1])
    #expect(try geometry.paddedOutputGradient(dz) == padded)
  }

  @Test func tensorsThatDoNotFitAreNamed() throws {
    let geometry = try ConvolutionGeometry(input: [1, 4, 5, 2], filters: 3, window: 2)
    let wrong = try Tensor<Float>(zeros: [1, 4, 5, 2])
    #expect(throws: UnfoldError.shapeMismatch(of: "filter", expected: [2, 2, 2, 3], found: [1, 4, 5, 2])) {
      try geometry.flippedFilter(wrong)
    }
    #expect(throws: UnfoldError.shapeMismatch(of: "output gradient", expected: [1, 3, 4, 3], found: [1, 4, 5, 2])) {
      try geometry.paddedOutputGradient(wrong)
    }
  }
}
