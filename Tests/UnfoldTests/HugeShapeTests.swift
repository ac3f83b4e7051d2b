import Testing

@testable import Unfold

/// Extents near the largest integer, zero extents beside huge ones, negative ones: each is an error or a shape that can
/// be computed with, and nothing traps.
@Suite struct HugeShapeTests {
  private static let huge = 1 << 62

  @Test func noElementIsNoneWhateverTheOtherExtents() throws {
    for extents in [[0, Self.huge, 4], [Self.huge, 0, Self.huge], [Self.huge, 4, 0], [.max, .max, 0, .max]] {
      #expect(try Shape(extents).elementCount() == 0, "\(extents)")
      #expect(Shape(extents).elements == 0, "\(extents)")
      let tensor = try Tensor<Float>(zeros: Shape(extents))
      #expect(tensor.count == 0 && tensor.elements.isEmpty)
      #expect(try tensor.reshaped(to: [0]).reshaped(to: Shape(extents)).shape == Shape(extents))
      #expect(tensor == (try tensor.copied()) && tensor.description.contains("{}"))
    }
    for extents in [[Self.huge, 4], [.max, 2], [1 << 32, 1 << 31], [.max, .max, .max]] {
      #expect(throws: UnfoldError.self, "\(extents)") { try Shape(extents).elementCount() }
    }
    for extents in [[0, -1], [-1, 0], [.min], [.min, 0, .max]] {
      #expect(throws: UnfoldError.self, "\(extents)") { try Shape(extents).elementCount() }
    }
    #expect(try Shape([.max]).elementCount() == .max)
  }

  @Test func emptyTensorsAreTransposed() throws {
    for extents in [[0, Self.huge, 4], [Self.huge, 0, Self.huge], [.max, .max, 0]] {
      let tensor = try Tensor<Double>(zeros: Shape(extents))
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let transposed = try tensor.transposed(order)
        #expect(transposed.shape == Shape(order.map { extents[$0] }), "\(extents) by \(order)")
        #expect(transposed.count == 0)
      }
    }
    let maps = try Tensor<Float>(zeros: [Self.huge, 0, .max, .max])
    #expect(try maps.nchw().shape == [Self.huge, .max, 0, .max])
    #expect(try Tensor(nchw: maps.nchw()).shape == maps.shape)
    #expect(try Tensor(oihw: maps.oihw()).shape == maps.shape)
    for symmetry in Symmetry.allCases {
      #expect(throws: UnfoldError.self, "\(symmetry)") { try symmetry.forward(maps) }
    }
  }

  @Test func aConcatenationOfMoreThanAnIntegerHoldsIsRefused() {
    // Each is within the limits by itself; eight of them have 2^63 elements.
    for side in [1 << 22, 1 << 30] {
      let inputs = [Shape](repeating: [side, side], count: 8)
      for axis in [0, 1] {
        #expect(throws: UnfoldError.self, "\(side), axis \(axis)") { try Concatenation(inputs: inputs, axis: axis) }
      }
    }
    let limit = Int(Int32.max)
    #expect(throws: UnfoldError.self) { try Concatenation(inputs: [[limit, 1], [limit, 1]], axis: 0) }
    #expect(throws: UnfoldError.self) { try Concatenation(inputs: [[2, Self.huge, 4]]) }
    #expect(throws: UnfoldError.self) { try Concatenation(inputs: [[2, .min]]) }
  }

  /// Whatever the numbers: an error, or shapes whose sizes can be computed.
  @Test func everyGeometryTakesOrRefusesAnyNumber() throws {
    let numbers = [
      Int.min, -(1 << 31), -1, 0, 1, 2, 3, 4, 7, 64, 1 << 15, 1 << 20, 1 << 30, Int(Int32.max), 1 << 31, 1 << 32,
      1 << 47,
      1 << 62, .max,
    ]
    var generator = SeededGenerator(seed: 29)
    func any() -> Int { numbers[generator.integer(in: 0...numbers.count - 1)] }
    func small() -> Int { generator.integer(in: 0...3) == 0 ? any() : generator.integer(in: 1...4) }
    func extent() -> Extent { Extent(small(), small()) }
    func padding() -> Padding {
      generator.integer(in: 0...4) == 0
        ? .same : .sides(top: small() &- 1, bottom: small(), left: small(), right: small())
    }
    var accepted: [String: Int] = [:]
    func check(_ name: String, _ shapes: () throws(UnfoldError) -> [Shape]) {
      guard let shapes = try? shapes() else { return }
      accepted[name, default: 0] += 1
      for shape in shapes {
        #expect((try? shape.elementCount()).map { $0 > 0 && $0 <= 1 << 44 } ?? false, "\(name): \(shape)")
      }
    }
    for _ in 0..<10_000 {
      let input = Shape([small(), small(), small(), small()])
      let (filters, groups, factor) = (small(), small(), extent())
      let (window, stride, dilation, sides) = (extent(), extent(), extent(), padding())
      check("convolution") { () throws(UnfoldError) in
        let geometry = try ConvolutionGeometry(
          input: input, filters: filters, window: window, stride: stride, padding: sides, dilation: dilation,
          groups: groups)
        #expect(geometry.operations > 0 && geometry.description.count > 0)
        return [geometry.inputShape, geometry.outputShape, geometry.filterShape]
      }
      check("transposed") { () throws(UnfoldError) in
        let geometry = try TransposedConvolutionGeometry(
          input: input, filters: filters, window: window, stride: stride, padding: sides, outputPadding: factor,
          dilation: dilation, groups: groups)
        #expect(geometry.inputShape == input)
        return [geometry.outputShape, geometry.filterShape]
      }
      check("pooling") { () throws(UnfoldError) in
        let geometry = try PoolingGeometry(
          input: input, window: window, stride: stride, padding: sides, dilation: dilation,
          rounding: generator.next() & 1 == 0 ? .floor : .ceiling)
        return [geometry.inputShape, geometry.outputShape]
      }
      for kind in [
        Resampling.Kind.downsampling(by: factor), .upsampling(by: factor),
        .upsampling(by: factor, trailingZeros: false),
        .nearest(to: factor), .bilinear(to: factor, alignsCorners: true),
      ] {
        check("resampling") { () throws(UnfoldError) in
          let geometry = try Resampling(input: input, kind: kind)
          return [geometry.inputShape, geometry.outputShape]
        }
      }
      for border in [BorderPadding.Border.zeros, .reflected, .replicated, .circular] {
        check("padding") { () throws(UnfoldError) in
          try [BorderPadding(input: input, by: sides, with: border).outputShape]
        }
      }
      check("cropping") { () throws(UnfoldError) in try [Cropping(input: input, by: sides).outputShape] }
      check("shuffle") { () throws(UnfoldError) in try [PixelShuffle(input: input, factor: filters).outputShape] }
      check("unshuffle") { () throws(UnfoldError) in try [PixelUnshuffle(input: input, factor: filters).outputShape] }
      check("concatenation") { () throws(UnfoldError) in
        var other = input
        other[1] = filters
        return try [Concatenation(inputs: [input, other, input], axis: groups &- 1).outputShape]
      }
      check("dense") { () throws(UnfoldError) in
        let geometry = try DenseGeometry(batch: input[0], inputs: input[1], outputs: filters)
        return [geometry.inputShape, geometry.weightsShape, geometry.outputShape]
      }
      check("scaling") { () throws(UnfoldError) in try [ChannelScaling(input: input).gateShape] }
      check("maxout") { () throws(UnfoldError) in try [Maxout(input: input, blocks: filters).outputShape] }
      check("batch norm") { () throws(UnfoldError) in try [BatchNormalization(input: input).parameterShape] }
      check("group norm") { () throws(UnfoldError) in
        try [GroupNormalization(input: input, groups: groups).savedShape]
      }
      check("layer norm") { () throws(UnfoldError) in try [LayerNormalization(input: input, axes: groups).savedShape] }
    }
    // All of them accept some; otherwise nothing would have been tried.
    #expect(accepted.count == 15)
    for (name, count) in accepted { #expect(count > 20, "\(name)") }
  }

  /// Shapes that no memory holds still tell how much they need.
  @Test func needsOfHugeConvolutionsAreCounted() throws {
    let limit = Int(Int32.max)
    let geometries = [
      try ConvolutionGeometry(input: [limit, 1, 1, 1 << 12], filters: 1 << 12, window: 1),
      try ConvolutionGeometry(input: [1, 1 << 20, 1 << 20, 8], filters: 16, window: 3, padding: 1),
      try ConvolutionGeometry(input: [1, 1 << 20, 1 << 20, 3], filters: 1, window: 5, padding: .same),
      try ConvolutionGeometry(input: [1, 4, 4, 1 << 20], filters: 1 << 20, window: 3, padding: 1),
      try ConvolutionGeometry(input: [4, 2, 2, 1 << 30], filters: 1 << 30, window: 1, groups: 1 << 30),
      try ConvolutionGeometry(input: [2, 4, 5, 3], filters: 4, window: 1, stride: Extent(limit, 1 << 30)),
    ]
    for geometry in geometries {
      for direction in ConvolutionDirection.allCases {
        for threads in [1, 64] {
          for accuracy in ConvolutionAccuracy.allCases {
            for needs in [
              geometry.workspaceBytes(for: direction, threads: threads, accuracy: accuracy, of: Float.self),
              geometry.workspaceBytes(for: direction, threads: threads, accuracy: accuracy, of: Double.self),
            ] { #expect(needs >= 0 && needs < 1 << 62, "\(geometry) \(direction)") }
          }
        }
      }
    }
  }

  @Test func memoryThatFollowsFromNumbersIsRefusedAndNoTrap() throws {
    let limit = Int(Int32.max)
    let maxout = try Maxout(input: [1 << 12, limit], blocks: 1)
    #expect(throws: UnfoldError.self) { try MaxoutPositions(for: maxout) }
    let pooling = try PoolingGeometry(input: [1, 1 << 20, 1 << 20, 4], window: 1)
    #expect(throws: UnfoldError.self) { try MaximumPositions(for: pooling) }
    // 2^31 taps and less: tables of gigabytes before any filter exists.
    for window in [Extent(46_340, 46_340), Extent(1 << 11, 1 << 10), Extent(limit, 1)] {
      #expect(throws: UnfoldError.self, "\(window)") { try FilterTransform(from: window, to: window, entries: []) }
      #expect(throws: UnfoldError.self, "\(window)") { try FilterTransform.identity(of: window) }
      #expect(throws: UnfoldError.self, "\(window)") { try FilterTransform.rotation(of: window, degrees: 1e300) }
    }
    #expect(throws: UnfoldError.self) { try FilterTransform.rotation(of: 3, degrees: .nan) }
    #expect(throws: UnfoldError.self) { try FilterTransform.scaling(of: 3, height: 1e-300) }
    #expect(throws: UnfoldError.self) { try Dropout(probability: .nan, seed: 0) }
  }

  /// A stride beyond the input leaves only as many phases as there are positions.
  @Test(arguments: [1, 2, 3, 7, 100, Int(Int32.max)], [0, 1, 5, 1000])
  func phasesAreThoseOfTheInputsPositions(stride: Int, low: Int) throws {
    for input in [1, 4, 9] {
      let axis = try WindowAxis("height", input: input, window: 1, stride: stride, padding: (low, 0))
      let expected = Set((0..<input).map { ($0 + low) % stride }).sorted()
      #expect((0..<axis.phases).map(axis.phase) == expected, "input \(input)")
    }
  }
}
