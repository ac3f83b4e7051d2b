import Testing
import Unfold
import UnfoldReference

/// What the lecture says a convolution and its gradients are, other than the loops.
@Suite struct ConvolutionIdentityTests {
  /// Elements whose products and sums are exact, so that the identities hold to the last bit.
  private func exact(_ shape: Shape, salt: Int) throws -> Tensor<Double> { try Fixture.elements(shape, salt: salt) }

  /// The filter with its taps flipped and its channels in each other's place, `[R, S, C, K] -> [R, S, K, C]`.
  private func flippedTransposed(_ filter: Tensor<Double>) throws -> Tensor<Double> {
    let (r, s, c, k) = (filter.shape[0], filter.shape[1], filter.shape[2], filter.shape[3])
    var result = try Tensor<Double>(zeros: [r, s, k, c])
    for i in 0..<r {
      for j in 0..<s {
        for m in 0..<c {
          for n in 0..<k { result[i, j, n, m] = filter[r - 1 - i, s - 1 - j, m, n] }
        }
      }
    }
    return result
  }

  /// The part of NHWC images that begins at a row and column.
  private func cropped(_ images: Tensor<Double>, row: Int, column: Int, to shape: Shape) throws -> Tensor<Double> {
    var result = try Tensor<Double>(zeros: shape)
    for n in 0..<shape[0] {
      for h in 0..<shape[1] {
        for w in 0..<shape[2] {
          for c in 0..<shape[3] { result[n, h, w, c] = images[n, h + row, w + column, c] }
        }
      }
    }
    return result
  }

  /// Slide "Downsampling in practice".
  @Test(arguments: [Extent(2, 2), Extent(3, 1), Extent(2, 4)])
  func aStrideIsAConvolutionFollowedByDownsampling(_ stride: Extent) throws {
    let shape: Shape = [2, 11, 9, 3]
    let padding = Padding.sides(top: 1, bottom: 2, left: 0, right: 1)
    let strided = try ConvolutionGeometry(input: shape, filters: 5, window: 3, stride: stride, padding: padding)
    let dense = try ConvolutionGeometry(input: shape, filters: 5, window: 3, padding: padding)
    let x = try exact(shape, salt: 1)
    let w = try exact(strided.filterShape, salt: 2)
    let downsampling = try Resampling(input: dense.outputShape, kind: .downsampling(by: stride))
    #expect(try strided.forward(x, filter: w) == downsampling.forward(dense.forward(x, filter: w)))
  }

  /// Slide "The Upsampling Layer": zeros between the pixels, then a convolution.
  @Test(arguments: [Extent(1, 1), Extent(2, 2), Extent(3, 2)], [Extent(3, 3), Extent(2, 5), Extent(1, 1)])
  func aTransposedConvolutionIsUpsamplingFollowedByAConvolution(_ stride: Extent, _ window: Extent) throws {
    let shape: Shape = [2, 4, 5, 3]
    let transposed = try TransposedConvolutionGeometry(input: shape, filters: 4, window: window, stride: stride)
    let upsampling = try Resampling(input: shape, kind: .upsampling(by: stride, trailingZeros: false))
    let convolution = try ConvolutionGeometry(
      input: upsampling.outputShape, filters: 4, window: window,
      padding: .symmetric(window.height - 1, window.width - 1))
    let x = try exact(shape, salt: 1)
    let w = try exact(transposed.filterShape, salt: 2)
    #expect(
      try transposed.forward(x, filter: w)
        == convolution.forward(upsampling.forward(x), filter: flippedTransposed(w)))
  }

  /// Between the strides of a transposed convolution there is nothing but its bias.
  @Test(arguments: [Activation.identity, .relu, .tanh])
  func outputsWithoutATapAreTheActivatedBias(_ activation: Activation) throws {
    let transposed = try TransposedConvolutionGeometry(
      input: [2, 3, 4, 5], filters: 3, window: 1, stride: Extent(2, 3))
    let x = try exact([2, 3, 4, 5], salt: 1)
    let w = try exact(transposed.filterShape, salt: 2)
    let bias = try Tensor<Double>([-1, 0.5, 2], shape: [3])
    let output = try transposed.forward(x, filter: w, bias: bias, activation: activation)
    let expected = try activation.forward(bias).elements
    let (height, width) = (output.shape[1], output.shape[2])
    for pixel in 0..<2 * height * width where pixel / width % height % 2 != 0 || pixel % width % 3 != 0 {
      for k in 0..<3 { #expect(output.elements[pixel * 3 + k] == expected[k], "\(activation) pixel \(pixel)") }
    }
  }

  /// Slide "Derivative at Y(l-1, m) from a single Z(l, n) map": pad with R - 1 zeros, convolve with the flipped,
  /// transposed filter. The result has H + R - 1 rows, padding included, before it is cropped.
  @Test func theInputGradientIsAConvolutionOfThePaddedOutputGradient() throws {
    let padding = Padding.sides(top: 2, bottom: 1, left: 0, right: 3)
    let geometry = try ConvolutionGeometry(input: [2, 7, 6, 3], filters: 4, window: Extent(3, 5), padding: padding)
    let dz = try exact(geometry.outputShape, salt: 1)
    let w = try exact(geometry.filterShape, salt: 2)
    let full = try ConvolutionGeometry(
      input: geometry.outputShape, filters: 3, window: Extent(3, 5), padding: .symmetric(2, 4))
    let wide = try full.forward(dz, filter: flippedTransposed(w))
    #expect(wide.shape[1] == geometry.outputShape[1] + 3 - 1)
    #expect(wide.shape[2] == geometry.outputShape[2] + 5 - 1)
    #expect(wide.shape[1] == 7 + 2 + 1 && wide.shape[2] == 6 + 0 + 3)
    #expect(
      try geometry.inputGradient(dz, filter: w) == cropped(wide, row: 2, column: 0, to: geometry.inputShape))
  }

  /// For strides above 1 the lecture inserts zeros into the output gradient first; the phases must equal that.
  @Test(arguments: [Extent(2, 2), Extent(3, 2), Extent(4, 1)])
  func thePhasesEqualTheInsertionOfZeros(_ stride: Extent) throws {
    let geometry = try ConvolutionGeometry(
      input: [1, 13, 9, 2], filters: 3, window: Extent(3, 3), stride: stride,
      padding: .sides(top: 1, bottom: 0, left: 2, right: 1))
    let dz = try exact(geometry.outputShape, salt: 1)
    let w = try exact(geometry.filterShape, salt: 2)
    let upsampling = try Resampling(input: geometry.outputShape, kind: .upsampling(by: stride, trailingZeros: false))
    let full = try ConvolutionGeometry(
      input: upsampling.outputShape, filters: 2, window: 3, padding: 2)
    let wide = try full.forward(upsampling.forward(dz), filter: flippedTransposed(w))
    // Rows that no window of this stride reaches lie beyond the wide gradient: their gradient is zero.
    var expected = try Tensor<Double>(zeros: geometry.inputShape)
    for h in 0..<13 where h + 1 < wide.shape[1] {
      for column in 0..<9 where column + 2 < wide.shape[2] {
        for c in 0..<2 { expected[0, h, column, c] = wide[0, h + 1, column + 2, c] }
      }
    }
    #expect(try geometry.inputGradient(dz, filter: w) == expected)
  }

  /// The input gradient as col2im of one product, which the phases replace.
  @Test(arguments: [Extent(1, 1), Extent(2, 2), Extent(3, 2)])
  func thePhasesEqualColumnsFoldedBack(_ stride: Extent) throws {
    let geometry = try ConvolutionGeometry(
      input: [2, 9, 8, 3], filters: 5, window: 3, stride: stride, padding: .sides(top: 1, bottom: 2, left: 0, right: 1),
      dilation: Extent(1, 2))
    let dz = try exact(geometry.outputShape, salt: 1)
    let w = try exact(geometry.filterShape, salt: 2)
    let rows = dz.count / 5
    let columns = try matrixMultiply(
      dz.reshaped(to: [rows, 5]), w.reshaped(to: [w.count / 5, 5]).transposed([1, 0]))
    #expect(try geometry.inputGradient(dz, filter: w) == geometry.fold(columns))
  }

  @Test func aConvolutionIsItsColumnMatrixTimesTheFilter() throws {
    let geometry = try ConvolutionGeometry(
      input: [2, 9, 8, 3], filters: 5, window: Extent(3, 2), stride: Extent(2, 1), padding: 1, dilation: Extent(2, 3))
    let x = try exact(geometry.inputShape, salt: 1)
    let w = try exact(geometry.filterShape, salt: 2)
    let product = try matrixMultiply(geometry.unfold(x), w.reshaped(to: [w.count / 5, 5]))
    #expect(try geometry.forward(x, filter: w) == product.reshaped(to: geometry.outputShape))
  }

  /// Slide "But this too is a convolution": the filter gradient convolves the input with the output gradient.
  @Test func theFilterGradientIsAConvolutionOfTheInput() throws {
    let geometry = try ConvolutionGeometry(input: [1, 8, 7, 2], filters: 3, window: Extent(3, 4), padding: 1)
    let x = try exact(geometry.inputShape, salt: 1)
    let dz = try exact(geometry.outputShape, salt: 2)
    // The maps of the input become images, those of the output gradient filters; the single image is the channel.
    let images = try x.transposed([3, 1, 2, 0])
    let filters = try dz.transposed([1, 2, 0, 3])
    let convolution = try ConvolutionGeometry(
      input: images.shape, filters: 3, window: Extent(dz.shape[1], dz.shape[2]), padding: 1)
    let maps = try convolution.forward(images, filter: filters)
    #expect(try geometry.filterGradient(x, outputGradient: dz) == maps.transposed([1, 2, 0, 3]))
  }

  /// A time-delay layer is the convolution of images of one row.
  @Test func aSeriesIsAnImageOfOneRow() throws {
    let geometry = try ConvolutionGeometry(
      series: [2, 20, 3], filters: 4, window: 5, stride: 2, padding: .same, dilation: 2)
    let x = try exact([2, 20, 3], salt: 1).reshaped(to: geometry.inputShape)
    let w = try exact(geometry.filterShape, salt: 2)
    #expect(geometry.inputShape == [2, 1, 20, 3] && geometry.filterShape == [1, 5, 3, 4])
    #expect(geometry.outputShape == [2, 1, 10, 4])
    let z = try geometry.forward(x, filter: w)
    for t in 0..<10 {
      for k in 0..<4 {
        var sum = 0.0
        for i in 0..<5 where 0 <= 2 * t + 2 * i - 3 && 2 * t + 2 * i - 3 < 20 {
          for c in 0..<3 { sum += x[1, 0, 2 * t + 2 * i - 3, c] * w[0, i, c, k] }
        }
        #expect(z[1, 0, t, k] == sum)
      }
    }
  }

  /// `same` keeps `ceil(input / stride)`; even windows get the extra zero at the bottom and right.
  @Test func samePaddingOfEvenWindows() throws {
    let geometry = try ConvolutionGeometry(input: [1, 4, 5, 1], filters: 1, window: Extent(2, 4), padding: .same)
    #expect(geometry.vertical.low == 0 && geometry.vertical.high == 1)
    #expect(geometry.horizontal.low == 1 && geometry.horizontal.high == 2)
    #expect(geometry.outputShape == [1, 4, 5, 1])
    let strided = try ConvolutionGeometry(input: [1, 7, 8, 1], filters: 1, window: 3, stride: 2, padding: .same)
    #expect(strided.outputShape == [1, 4, 4, 1])
    #expect(strided.vertical.low == 1 && strided.vertical.high == 1)
    #expect(strided.horizontal.low == 0 && strided.horizontal.high == 1)
  }
}
