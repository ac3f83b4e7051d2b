import Testing
import UnfoldReference

@testable import Unfold

/// Sums of very many terms keep their digits, in every reduction over pixels, taps and channels.
///
/// The terms are all 0.1, whose rounding errors have one sign as long as a sum is between two powers of two: one after the
/// other in `Float`, a million of them are 0.10096 on average. Terms of random signs would hide that.
@Suite struct LongSumTests {
  private let tenth = Double(Float(0.1))

  private func tenths(_ shape: Shape) throws -> Tensor<Float> { try Tensor(repeating: 0.1, shape: shape) }
  private func ones(_ shape: Shape) throws -> Tensor<Float> { try Tensor(repeating: 1, shape: shape) }

  /// Expects every element to be near its truth, in relation to that.
  private func expect(
    _ found: Tensor<Float>, _ truth: (Int) -> Double, within bound: Double = 1.5e-6, _ name: String
  ) {
    let elements = found.elements
    let errors = elements.indices.map { abs(Double(elements[$0]) / truth($0) - 1) }
    let worst = errors.contains { $0.isNaN } ? .infinity : errors.max() ?? .infinity
    #expect(worst <= bound, "\(name): \(worst)")
  }

  private func expect(
    _ found: Tensor<Float>, _ truth: Tensor<Double>, within bound: Double = 1.5e-6, _ name: String
  ) {
    let elements = truth.elements
    expect(found, { elements[$0] }, within: bound, name)
  }

  @Test func biasGradients() throws {
    for output: Shape in [[8, 224, 224, 1], [2, 300, 300, 3], [1, 100, 700, 64], [2, 3, 5, 3000]] {
      let pixels = output[0] * output[1] * output[2]
      let convolution = try ConvolutionGeometry(
        input: [output[0], output[1], output[2], 1], filters: output[3], window: 1)
      let gradient = try tenths(output)
      expect(try convolution.biasGradient(gradient), { _ in Double(pixels) * tenth }, "convolution \(output)")
      let dense = try DenseGeometry(batch: pixels, inputs: 1, outputs: output[3])
      expect(
        try dense.biasGradient(gradient.reshaped(to: [pixels, output[3]])), { _ in Double(pixels) * tenth },
        "dense \(output)")
    }
    let transposed = try TransposedConvolutionGeometry(input: [1, 400, 400, 1], filters: 2, window: 2, stride: 2)
    expect(try transposed.biasGradient(tenths([1, 800, 800, 2])), { _ in 640_000 * tenth }, "transposed")
  }

  /// Every channel by itself, and every pixel once: numbers whose sums are exact.
  @Test(arguments: [1, 2, 3, 31, 64, 100, 256, 257, 1024, 1500, 5000]) func biasGradientsAreSums(channels: Int) throws {
    for pixels in [1, 2, 31, 32, 33, 127, 300, 1000] {
      let dense = try DenseGeometry(batch: pixels, inputs: 1, outputs: channels)
      let gradient = try Tensor<Float>(shape: dense.outputShape) { Float($0 % 37 - $0 % 11 + $0 % channels % 5) }
      let elements = gradient.elements
      let expected = (0..<channels).map { c in (0..<pixels).reduce(0) { $0 + elements[$1 * channels + c] } }
      var found = try Tensor<Float>.poisoned(dense.biasShape)
      try dense.biasGradient(gradient, into: &found)
      #expect(found.elements == expected, "\(pixels) pixels")
    }
  }

  @Test func means() throws {
    for (input, window, stride) in [
      (Shape(1, 1000, 1000, 1), 1000, 1000), (Shape(1, 700, 300, 20), Extent(700, 300), 1),
      (Shape(2, 150, 140, 3), 90, 25),
      (Shape(1, 1, 9000, 5), Extent(1, 8001), 100), (Shape(1, 64, 64, 3000), 64, 1),
    ] as [(Shape, Extent, Extent)] {
      let pooling = try PoolingGeometry(input: input, window: window, stride: stride)
      expect(
        try pooling.mean(tenths(input), countIncludesPadding: false), { _ in tenth }, "\(window) of \(input)")
    }
  }

  /// Means of windows with more taps than are added up in `Float`, at borders too.
  @Test func longWindowsAgainstTheLoops() throws {
    var generator = SeededGenerator(seed: 1)
    for (input, window, stride, padding) in [
      (Shape(2, 30, 31, 3), 13, 2, 6),
      (Shape(1, 40, 25, 17), Extent(20, 11), Extent(3, 1), .sides(top: 5, bottom: 9, left: 0, right: 4)),
      (Shape(1, 1, 900, 1), Extent(1, 301), 1, .same), (Shape(1, 700, 1, 2), Extent(333, 1), 1, .same),
    ] as [(Shape, Extent, Extent, Padding)] {
      let pooling = try PoolingGeometry(input: input, window: window, stride: stride, padding: padding)
      let values = try Tensor<Float>(shape: input) { _ in Float.random(in: 0.5..<1.5, using: &generator) }
      let gradient = try Tensor<Float>(shape: pooling.outputShape) { _ in Float.random(in: 0.5..<1.5, using: &generator)
      }
      let exact = (x: try values.converted(to: Double.self), dy: try gradient.converted(to: Double.self))
      for counting in [false, true] {
        let name = "\(window) of \(input), \(counting)"
        var mean = try Tensor<Float>.poisoned(pooling.outputShape)
        try pooling.mean(values, countIncludesPadding: counting, into: &mean)
        expect(mean, try pooling.reference.mean(exact.x, countIncludesPadding: counting), name)
        var shares = try Tensor<Float>.poisoned(input)
        try pooling.meanInputGradient(gradient, countIncludesPadding: counting, into: &shares)
        expect(shares, try pooling.reference.meanInputGradient(exact.dy, countIncludesPadding: counting), name)
      }
      let (_, saved) = try pooling.maximum(values)
      let places = try pooling.reference.maximum(exact.x).saved
      let truth = try pooling.reference.maximumInputGradient(exact.dy, saved: places).elements
      let found = try pooling.maximumInputGradient(gradient, saved: saved).elements
      #expect(zip(found, truth).allSatisfy { abs(Double($0) - $1) <= 1e-6 * $1 }, "\(window) of \(input)")
    }
  }

  @Test func meanGradients() throws {
    for (input, window) in [(Shape(1, 1, 4001, 2), Extent(1, 3001)), (Shape(1, 4001, 1, 1), Extent(3001, 1))]
      as [(Shape, Extent)]
    {
      let pooling = try PoolingGeometry(input: input, window: window, stride: 1, padding: .same)
      let truth = try pooling.reference.meanInputGradient(
        Tensor<Double>(repeating: tenth, shape: pooling.outputShape), countIncludesPadding: true)
      expect(
        try pooling.meanInputGradient(tenths(pooling.outputShape), countIncludesPadding: true), truth, "\(window)")
    }
  }

  /// Every window over one peak.
  @Test(arguments: [1, 5, 40]) func maximumGradients(channels: Int) throws {
    for side in [Extent(1, 8001), Extent(91, 91)] {
      let pooling = try PoolingGeometry(
        input: [1, side.height, side.width, channels], window: side, stride: 1, padding: .same)
      let peak = side.height * side.width / 2
      let input = try Tensor<Float>(shape: pooling.inputShape) { $0 / channels == peak ? 1 : 0 }
      let (_, saved) = try pooling.maximum(input)
      let gradient = try pooling.maximumInputGradient(tenths(pooling.outputShape), saved: saved).elements
      let expected = Double(side.height * side.width) * tenth
      for c in 0..<channels {
        #expect(abs(Double(gradient[peak * channels + c]) / expected - 1) <= 1.5e-6, "\(side)")
      }
      #expect(gradient.enumerated().allSatisfy { $0.offset / channels == peak || $0.element == 0 })
    }
  }

  @Test func resamplingGradients() throws {
    for (input, size) in [
      (Shape(1, 1, 1, 3), Extent(1000, 900)), (Shape(1, 2, 3, 17), Extent(600, 900)),
      (Shape(1, 1, 2, 5), Extent(1, 4000)),
      (Shape(2, 3, 4, 5), Extent(1000, 30)), (Shape(1, 3, 2, 4), Extent(20, 1001)),
    ] as [(Shape, Extent)] {
      for kind: Resampling.Kind in [
        .nearest(to: size), .bilinear(to: size, alignsCorners: false), .bilinear(to: size, alignsCorners: true),
      ] {
        let resampling = try Resampling(input: input, kind: kind)
        let truth = try resampling.reference.inputGradient(
          Tensor<Double>(repeating: tenth, shape: resampling.outputShape))
        var found = try Tensor<Float>.poisoned(input)
        try resampling.inputGradient(tenths(resampling.outputShape), into: &found)
        expect(found, truth, within: 3e-6, "\(input), \(kind)")
      }
    }
  }

  @Test func gateGradients() throws {
    for shape: Shape in [[1, 1000, 1000, 1], [2, 300, 301, 7], [1, 200, 200, 130], [70, 4, 4, 300]] {
      let scaling = try ChannelScaling(input: shape)
      let pixels = Double(shape[1] * shape[2])
      expect(
        try scaling.gateGradient(tenths(shape), input: ones(shape)), { _ in pixels * tenth }, within: 3e-6, "\(shape)")
    }
  }

  @Test(arguments: [1, 2]) func depthwiseConvolutions(multiplier: Int) throws {
    for channels in [2, 5, 16, 40] {
      for isTall in [false, true] {
        let (window, input) =
          isTall
          ? (Extent(1001, 1), Shape(1, 1050, 1, channels)) : (Extent(1, 1001), Shape(1, 1, 1050, channels))
        let geometry = try ConvolutionGeometry(
          input: input, filters: channels * multiplier, window: window, groups: channels)
        #expect(geometry.isDepthwise)
        let filter = try ones(geometry.filterShape)
        let name = "\(geometry)"
        expect(
          try geometry.forward(tenths(input), filter: filter, bias: ones(geometry.biasShape)),
          { _ in 1001 * tenth + 1 }, within: 2e-6, name)
        let truth = try geometry.reference.inputGradient(
          Tensor<Double>(repeating: tenth, shape: geometry.outputShape),
          filter: Tensor<Double>(repeating: 1, shape: geometry.filterShape))
        expect(
          try geometry.inputGradient(tenths(geometry.outputShape), filter: filter), truth, within: 2e-6, name)
      }
      let long = try ConvolutionGeometry(
        input: [1, 1, 600_000 / channels, channels], filters: channels * multiplier, window: Extent(1, 3),
        padding: .same, groups: channels)
      let pixels = Double(600_000 / channels)
      expect(
        try long.filterGradient(tenths(long.inputShape), outputGradient: ones(long.outputShape)),
        { ($0 / (channels * multiplier) == 1 ? pixels : pixels - 1) * tenth }, within: 3e-5, "\(long)")
    }
  }

  /// Blocks of at most 1,024 products are added up in registers.
  @Test func loweredConvolutions() throws {
    for algorithm in [ConvolutionAlgorithm.im2col, .blas] {
      let wide = try ConvolutionGeometry(
        input: [1, 1, 9000, 1], filters: 8, window: Extent(1, 8001), algorithm: algorithm)
      expect(
        try wide.forward(tenths(wide.inputShape), filter: ones(wide.filterShape)), { _ in 8001 * tenth },
        within: 2.5e-5, "\(algorithm) \(wide)")
      for filters in [1, 3, 4, 8] {
        let deep = try ConvolutionGeometry(
          input: [1, 2, 3, 102_400], filters: filters, window: 1, algorithm: algorithm)
        expect(
          try deep.forward(tenths(deep.inputShape), filter: ones(deep.filterShape)), { _ in 102_400 * tenth },
          within: 2.5e-5, "\(algorithm) \(deep)")
      }
    }
    for tile in [WinogradTile.two, .four] {
      let deep = try ConvolutionGeometry(input: [1, 8, 8, 20_000], filters: 4, window: 3).computed(
        by: .winograd(tile))
      expect(
        try deep.forward(tenths(deep.inputShape), filter: ones(deep.filterShape)), { _ in 180_000 * tenth },
        within: 6e-5, "\(deep)")
    }
    // So many pixels that tiles are summed up block by block.
    let long = try ConvolutionGeometry(input: [1, 1, 1_000_000, 1], filters: 5, window: Extent(1, 3), padding: .same)
    #expect(PanelFilterGradient<Float>(long).plan.sumsBlocksOfTiles)
    for algorithm in [ConvolutionAlgorithm.im2col, .blas] {
      expect(
        try long.computed(by: algorithm).filterGradient(
          tenths(long.inputShape), outputGradient: ones(long.outputShape)),
        { ($0 / 5 == 1 ? 1_000_000 : 999_999) * tenth }, within: 1e-5, "\(algorithm) \(long)")
    }
  }

  @Test(arguments: [Extent(1, 4001), Extent(4001, 1)]) func foldedInputGradients(window: Extent) throws {
    let isTall = window.height > 1
    let geometry = try ConvolutionGeometry(
      input: isTall ? [1, 5000, 1, 1] : [1, 1, 5000, 1], filters: 4, window: window)
    #expect(FoldedInputGradient<Float>.suits(geometry) && FoldedInputGradient<Float>(geometry).hasTotals)
    let truth = try geometry.reference.inputGradient(
      Tensor<Double>(repeating: tenth, shape: geometry.outputShape),
      filter: Tensor<Double>(repeating: 1, shape: geometry.filterShape))
    for algorithm in [ConvolutionAlgorithm.im2col, .blas] {
      let gradient = try geometry.computed(by: algorithm)
        .inputGradient(tenths(geometry.outputShape), filter: ones(geometry.filterShape))
      expect(gradient, truth, "\(algorithm) \(window)")
    }
    let column = try ones([1000, 4001])
    let whole = try geometry.fold(Tensor<Float>(repeating: 0.1, shape: column.shape))
    let single = try geometry.reference.inputGradient(
      Tensor<Double>(repeating: tenth / 4, shape: geometry.outputShape),
      filter: Tensor<Double>(repeating: 1, shape: geometry.filterShape))
    expect(whole, single, "fold of \(window)")
  }

  @Test func resultsDoNotDependOnTheThreads() throws {
    var generator = SeededGenerator(seed: 3)
    func random(_ shape: Shape) throws -> Tensor<Float> {
      try Tensor(shape: shape) { _ in Float.random(in: 0.5..<1.5, using: &generator) }
    }
    let bias = try ConvolutionGeometry(input: [2, 90, 91, 1], filters: 65, window: 1)
    let (biasGradient, pooled) = (try random(bias.outputShape), try random([2, 60, 61, 40]))
    let pooling = try PoolingGeometry(input: pooled.shape, window: 31, stride: 2, padding: 15)
    let shares = try random(pooling.outputShape)
    let resampling = try Resampling(input: [1, 3, 2, 64], kind: .bilinear(to: Extent(400, 300), alignsCorners: false))
    let resampled = try random(resampling.outputShape)
    let scaling = try ChannelScaling(input: pooled.shape)
    let long = try ConvolutionGeometry(input: [1, 1, 900_000, 1], filters: 5, window: Extent(1, 3), padding: .same)
    let (signal, signalGradient) = (try random(long.inputShape), try random(long.outputShape))
    let folded = try ConvolutionGeometry(input: [2, 700, 3, 1], filters: 5, window: Extent(300, 1))
    let (foldedGradient, foldedFilter) = (try random(folded.outputShape), try random(folded.filterShape))
    let depthwise = try ConvolutionGeometry(input: [1, 50, 51, 24], filters: 48, window: 15, padding: 7, groups: 24)
    let (maps, mapsFilter, mapsGradient) = (
      try random(depthwise.inputShape), try random(depthwise.filterShape), try random(depthwise.outputShape)
    )
    try expectSameBitsForAllThreads("long sums") { context in
      let (_, saved) = try pooling.maximum(pooled, context: context)
      return [
        try bias.biasGradient(biasGradient, context: context),
        try pooling.mean(pooled, countIncludesPadding: false, context: context),
        try pooling.meanInputGradient(shares, countIncludesPadding: false, context: context),
        try pooling.maximumInputGradient(shares, saved: saved, context: context),
        try resampling.inputGradient(resampled, context: context),
        try scaling.gateGradient(pooled, input: pooled, context: context),
        try long.filterGradient(signal, outputGradient: signalGradient, context: context),
        try folded.inputGradient(foldedGradient, filter: foldedFilter, context: context),
        try depthwise.forward(maps, filter: mapsFilter, context: context),
        try depthwise.inputGradient(mapsGradient, filter: mapsFilter, context: context),
        try depthwise.filterGradient(maps, outputGradient: mapsGradient, context: context),
      ]
    }
  }
}
