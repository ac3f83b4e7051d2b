import Testing

@testable import Unfold

/// What is particular to convolutions by BLAS; their values are judged beside those of the other algorithms.
@Suite struct ConvolutionBLASTests {
  private static let geometries = largeGeometries.compactMap { try? $0.computed(by: .blas) }

  private func expectBoth(_ name: String, _ isTaken: (ConvolutionGeometry) -> Bool) {
    let taken = Self.geometries.count { isTaken($0) }
    #expect(taken > 0 && taken < Self.geometries.count, "\(name): taken by \(taken) of \(Self.geometries.count)")
  }

  /// The geometries whose values are checked take every way.
  @Test func everyWayIsTaken() {
    func tiles(_ geometry: ConvolutionGeometry) -> BLASTiles { BLASForward<Float>(geometry).tiles }
    expectBoth("a column matrix that is the input") { Lowering(input: $0, group: 0).isSource }
    expectBoth("several tiles") { tiles($0).tilePixels < tiles($0).pixels }
    expectBoth("several GEMMs a tile") { tiles($0).columnsAtOnce < tiles($0).columns }
    expectBoth("blocks of filters") { tiles($0).blockFilters < tiles($0).filters }
    expectBoth("col2im") { BLASFoldedInputGradient<Float>.suits($0) }
    expectBoth("col2im for stride 1") {
      BLASFoldedInputGradient<Float>.suits($0) && $0.vertical.stride == 1 && $0.horizontal.stride == 1
    }
    expectBoth("a GEMM for each tap") {
      BLASInputGradient<Float>($0).multipliesTaps && !BLASFoldedInputGradient<Float>.suits($0)
    }
    expectBoth("several bands of an image") {
      BLASFoldedInputGradient<Float>.suits($0) && BLASFoldedInputGradient<Float>($0).bands > 1
    }
  }

  /// Every pixel and every filter is in one task, and every column in one GEMM of it.
  @Test func tilesCoverTheMatrices() {
    for (pixels, columns, filters, groups) in [
      (1, 1, 1, 1), (383, 1365, 63, 1), (385, 1366, 64, 1), (769, 4608, 512, 3), (49, 4608, 512, 1),
      (100_352, 27, 64, 1), (3, 2_000_000_000, 2, 1), (2_000_000_000, 9, 1, 32),
    ] {
      let tiles = BLASTiles(pixels: pixels, columns: columns, filters: filters, groups: groups)
      #expect(tiles.elements <= 1 << 19, "\(tiles)")
      var covered = 0
      for task in tiles.tasks < 10_000 ? 0..<tiles.tasks : 0..<0 {
        let ranges = tiles.ranges(ofTask: task)
        #expect(!ranges.pixels.isEmpty && !ranges.filters.isEmpty, "\(tiles)")
        covered += ranges.pixels.count * ranges.filters.count
      }
      #expect(covered == pixels * filters || tiles.tasks >= 10_000, "\(tiles)")
      guard columns < 10_000_000 else { continue }
      var next = 0
      tiles.forEachColumns { columns in
        #expect(columns.lowerBound == next && columns.count <= tiles.columnsAtOnce, "\(tiles)")
        next = columns.upperBound
      }
      #expect(next == columns, "\(tiles)")
    }
  }

  /// The slides' padded output gradient and flipped filter, which are made and convolved there, are multiplied here.
  @Test func theInputGradientIsTheSlidesProduct() throws {
    for filters in [48, 400] { try checkSlides(filters: filters) }
  }

  private func checkSlides(filters: Int) throws {
    let geometry = try ConvolutionGeometry(
      input: [2, 9, 8, 32], filters: filters, window: Extent(3, 2),
      padding: .sides(top: 2, bottom: 0, left: 1, right: 3), dilation: Extent(1, 2), groups: 2, algorithm: .blas)
    let method = BLASInputGradient<Double>(geometry)
    #expect(!BLASFoldedInputGradient<Double>.suits(geometry) && method.multipliesTaps == (filters == 400))
    let dz: Tensor<Double> = try Fixture.elements(geometry.outputShape, salt: 1)
    let w: Tensor<Double> = try Fixture.elements(geometry.filterShape, salt: 2)
    let wide = try geometry.inputGradientConvolution().forward(
      geometry.paddedOutputGradient(dz), filter: geometry.flippedFilter(w))
    let (rows, columns) = (geometry.vertical, geometry.horizontal)
    let padding = Padding.sides(top: rows.low, bottom: rows.high, left: columns.low, right: columns.high)
    let expected = try Cropping(input: wide.shape, by: padding).forward(wide)
    #expect(try geometry.inputGradient(dz, filter: w) == expected)
  }

  /// Bias and activation of a transposed convolution, whose forward pass is an input gradient.
  @Test func activationsAreApplied() throws {
    for (stride, channels) in [(1, 32), (1, 3), (2, 32)] {
      let geometry = try ConvolutionGeometry(
        input: [2, 9, 8, channels], filters: 16, window: 3, stride: Extent(stride, stride), padding: 1, algorithm: .blas
      )
      var generator = SeededGenerator(seed: 6)
      let (x, w, b) = try (
        Tensor<Float>(random: geometry.inputShape, &generator), Tensor<Float>(random: geometry.filterShape, &generator),
        Tensor<Float>(random: geometry.biasShape, &generator)
      )
      for activation in [Activation.relu, .tanh, .leakyRelu(slope: 0.1)] {
        let expected = try activation.forward(geometry.forward(x, filter: w, bias: b))
        #expect(try geometry.forward(x, filter: w, bias: b, activation: activation).hasSameBits(as: expected))
      }
    }
  }

  @Test func packedFiltersHaveTheSameBits() throws {
    for geometry in Self.geometries.prefix(8) {
      var generator = SeededGenerator(seed: 7)
      let x = try Tensor<Float>(random: geometry.inputShape, &generator)
      let w = try Tensor<Float>(random: geometry.filterShape, &generator)
      let packed = try PackedFilter(w, for: geometry)
      #expect(try geometry.forward(x, packed: packed).hasSameBits(as: geometry.forward(x, filter: w)), "\(geometry)")
    }
  }

  /// However large the images and the windows are.
  @Test func scratchMemoryIsBounded() {
    for geometry in Self.geometries {
      for direction in [ConvolutionDirection.forward, .inputGradient, .filterGradient] {
        let bytes = geometry.workspaceBytes(for: direction, threads: 3, of: Float.self)
        let filterBytes = 4 * geometry.filterShape.elements
        #expect(bytes <= filterBytes + 64 + (8 << 20) + 3 * (3 << 20), "\(direction) \(geometry): \(bytes)")
      }
    }
  }
}
