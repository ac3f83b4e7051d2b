import Testing
import UnfoldReference

@testable import Unfold

/// Winograd's minimal filtering against the lecture's loops in Double.
@Suite struct WinogradTests {
  /// Images of odd sizes, all paddings and dilations, batches that a task shares, channels from one to more than a block.
  private static let geometries: [ConvolutionGeometry] = {
    var generator = SeededGenerator(seed: 11)
    var found: [ConvolutionGeometry] = []
    while found.count < 500 {
      func between(_ low: Int, _ high: Int) -> Int { generator.integer(in: low...high) }
      func pick(_ values: [Int]) -> Int { values[between(0, values.count - 1)] }
      let (side, isLine) = (pick([3, 3, 5, 7]), between(0, 1) == 1)
      let window = !isLine ? Extent(side, side) : between(0, 1) == 1 ? Extent(side, 1) : Extent(1, side)
      let geometry = try? ConvolutionGeometry(
        input: [between(1, 3), between(1, 15), between(1, 15), pick([1, 2, 3, 7, 8, 15, 16, 17, 33, 70])],
        filters: pick([1, 2, 5, 8, 16, 19, 32, 37, 66]), window: window,
        padding: .sides(top: between(0, 5), bottom: between(0, 5), left: between(0, 5), right: between(0, 5)),
        dilation: Extent(pick([1, 1, 2, 3, 7]), pick([1, 1, 2, 4, 17])))
      if let geometry, geometry.operations < 4e6 { found.append(geometry) }
    }
    return found
  }()

  /// Many tiles for few filters, few tiles for many, several chunks of a filter gradient, blocks of filters.
  private static let large: [ConvolutionGeometry] =
    [
      ([2, 37, 41, 16], 32), ([3, 7, 7, 130], 150), ([1, 14, 14, 96], 208), ([1, 4, 4, 300], 33),
      ([4, 30, 30, 8], 140),
      ([1, 64, 60, 24], 24), ([40, 6, 6, 20], 130), ([2, 100, 90, 70], 66), ([5, 23, 22, 8], 512),
      ([2, 130, 128, 16], 16),
    ].compactMap { input, filters in try? ConvolutionGeometry(input: input, filters: filters, window: 3, padding: 1) }
    + [([3, 14, 13, 32], 64), ([1, 30, 31, 70], 17)].compactMap { input, filters in
      try? ConvolutionGeometry(input: input, filters: filters, window: 5, padding: 2)
    }
    + [
      ([3, 17, 17, 96], 130, Extent(1, 7)), ([3, 17, 17, 96], 130, Extent(7, 1)), ([2, 9, 40, 40], 24, Extent(1, 3)),
      ([1, 1, 90, 24], 300, Extent(1, 5)), ([2, 31, 8, 48], 64, Extent(5, 1)),
    ].compactMap { input, filters, window in
      try? ConvolutionGeometry(
        input: input, filters: filters, window: window,
        padding: .sides(
          top: window.height / 2, bottom: window.height / 2, left: window.width / 2, right: window.width / 2))
    }
    + [(33, Extent(6, 6)), (29, Extent(2, 3)), (20, Extent(1, 12)), (12, Extent(40, 2))].compactMap { side, dilation in
      try? ConvolutionGeometry(
        input: [2, side, side + 1, 24], filters: 40, window: 3,
        padding: .sides(
          top: dilation.height, bottom: dilation.height, left: dilation.width, right: dilation.width),
        dilation: dilation)
    }

  private static func computed(_ geometries: [ConvolutionGeometry], by tile: WinogradTile) -> [ConvolutionGeometry] {
    geometries.compactMap { try? $0.computed(by: .winograd(tile)) }
  }

  @Test(arguments: WinogradTile.allCases) func floatMatchesTheLoops(_ tile: WinogradTile) throws {
    for geometry in Self.computed(Self.geometries, by: tile) { try check(Float.self, geometry) }
  }

  @Test(arguments: WinogradTile.allCases) func doubleMatchesTheLoops(_ tile: WinogradTile) throws {
    for geometry in Self.computed(Self.geometries, by: tile) { try check(Double.self, geometry) }
  }

  @Test(arguments: WinogradTile.allCases) func largeImagesMatchTheLoops(_ tile: WinogradTile) throws {
    for geometry in Self.computed(Self.large, by: tile) {
      try check(Float.self, geometry)
      try check(Double.self, geometry)
    }
  }

  @Test func everyWayIsTaken() {
    for tile in WinogradTile.allCases {
      let products = Self.large.compactMap { geometry in
        geometry.winogradScheme(tile).map { _ in geometry.winogradForward(tile) as WinogradProduct<Float> }
      }
      #expect(products.contains { $0.plan.partition == .tiles } && products.contains { $0.plan.partition == .filters })
      #expect(
        products.contains { $0.plan.partition == .tiles && $0.plan.tasks > 1 && $0.plan.blockFilters < $0.plan.filters }
      )
      #expect(
        products.contains { $0.plan.partition == .filters && $0.plan.sourceStrips.width < $0.plan.channels })
      // Blocks of channels that are no strip.
      #expect(
        products.contains { $0.plan.partition == .filters && $0.plan.blockChannels < $0.plan.sourceStrips.width })
    }
    let plans = Self.large.compactMap { geometry in
      geometry.winogradScheme(.four).map { WinogradFilterGradient<Float>(geometry, $0).plan }
    }
    #expect(plans.contains { $0.partition == .tiles && $0.slices > 1 && $0.chunkTiles < $0.sliceTiles })
    #expect(plans.contains { $0.partition == .channels && !$0.keepsSums && $0.blockChannels < $0.channels })
    #expect(plans.contains { $0.partition == .channels && $0.keepsSums })
    // Strips of channels, and rows of channels that are no multiple of one.
    #expect(plans.contains { $0.sourceStrips.width < $0.channels && $0.gradientStrips.width < $0.filters })
    #expect(plans.contains { $0.sourceStrips.width == $0.channels && $0.channels > 40 })
  }

  /// Every number within some units of the last place of the largest sum: the errors of a tile's elements are of one size.
  private func check<Scalar: TensorScalar>(_ type: Scalar.Type, _ geometry: ConvolutionGeometry) throws {
    var generator = SeededGenerator(seed: 12)
    let (x, w, b, dz) = try (
      Tensor<Scalar>(random: geometry.inputShape, &generator), Tensor<Scalar>(random: geometry.filterShape, &generator),
      Tensor<Scalar>(random: geometry.biasShape, &generator), Tensor<Scalar>(random: geometry.outputShape, &generator)
    )
    let (x64, w64, b64, dz64) = try (
      x.converted(to: Double.self), w.converted(to: Double.self), b.converted(to: Double.self),
      dz.converted(to: Double.self)
    )
    let (reference, context) = (geometry.reference, try ExecutionContext(threads: 2))
    try poisonScratch(of: context, geometry, Scalar.self)

    func judge(
      _ direction: ConvolutionDirection, _ result: Tensor<Scalar>, _ expected: Tensor<Double>, _ sums: Tensor<Double>
    ) throws {
      let largest = try Tensor(repeating: sums.elements.max() ?? 0, shape: sums.shape)
      let error = result.worstUlps(against: expected, magnitude: largest)
      #expect(error <= 24, "\(Scalar.self) \(direction) \(geometry) \(geometry.algorithm)")
    }

    var output = try Tensor<Scalar>.poisoned(geometry.outputShape)
    try geometry.forward(x, filter: w, bias: b, into: &output, context: context)
    try judge(
      .forward, output, reference.forward(x64, filter: w64, bias: b64),
      reference.forward(x64.magnitudes(), filter: w64.magnitudes(), bias: b64.magnitudes()))
    var inputGradient = try Tensor<Scalar>.poisoned(geometry.inputShape)
    try geometry.inputGradient(dz, filter: w, into: &inputGradient, context: context)
    try judge(
      .inputGradient, inputGradient, reference.inputGradient(dz64, filter: w64),
      reference.inputGradient(dz64.magnitudes(), filter: w64.magnitudes()))
    var filterGradient = try Tensor<Scalar>.poisoned(geometry.filterShape)
    try geometry.filterGradient(x, outputGradient: dz, into: &filterGradient, context: context)
    try judge(
      .filterGradient, filterGradient, reference.filterGradient(x64, outputGradient: dz64),
      reference.filterGradient(x64.magnitudes(), outputGradient: dz64.magnitudes()))
  }

  @Test(arguments: WinogradTile.allCases) func activationsAreThoseOfTheOutput(_ tile: WinogradTile) throws {
    var generator = SeededGenerator(seed: 13)
    for geometry in Self.computed(Self.large, by: tile).prefix(4) {
      let x = try Tensor<Float>(random: geometry.inputShape, &generator)
      let w = try Tensor<Float>(random: geometry.filterShape, &generator)
      let b = try Tensor<Float>(random: geometry.biasShape, &generator)
      let plain = try geometry.forward(x, filter: w, bias: b)
      for activation: Activation in [.relu, .leakyRelu(slope: 0.1), .tanh, .gelu] {
        var output = try Tensor<Float>.poisoned(geometry.outputShape)
        try geometry.forward(x, filter: w, bias: b, activation: activation, into: &output)
        #expect(output.hasSameBits(as: try activation.forward(plain)), "\(activation) \(geometry)")
      }
    }
  }

  @Test(arguments: WinogradTile.allCases) func resultsDoNotDependOnTheThreads(_ tile: WinogradTile) throws {
    var generator = SeededGenerator(seed: 14)
    for geometry in Self.computed(Self.large, by: tile) {
      let x = try Tensor<Float>(random: geometry.inputShape, &generator)
      let w = try Tensor<Float>(random: geometry.filterShape, &generator)
      let dz = try Tensor<Float>(random: geometry.outputShape, &generator)
      try expectSameBitsForAllThreads("\(tile) \(geometry)") { context in
        try [
          geometry.forward(x, filter: w, context: context), geometry.inputGradient(dz, filter: w, context: context),
          geometry.filterGradient(x, outputGradient: dz, context: context),
        ]
      }
    }
  }

  @Test func algorithmsThatDoNotApplyAreRefused() throws {
    let dense = try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 3)
    #expect(throws: UnfoldError.self) { try dense.computed(by: .direct) }
    let five = try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 5)
    #expect(throws: UnfoldError.self) { try five.computed(by: .winograd(.four)) }
    #expect(try five.computed(by: .winograd(.two)).algorithm == .winograd(.two))
    let wide = try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: Extent(1, 7))
    #expect(throws: UnfoldError.self) { try wide.computed(by: .winograd(.four)) }
    #expect(try wide.computed(by: .winograd(.two)).algorithm == .winograd(.two))
    let others = [
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 3, stride: 2),
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: Extent(2, 1)),
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 1),
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 3, groups: 2),
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: 7),
      try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: Extent(3, 5)),
    ]
    for geometry in others {
      #expect(throws: UnfoldError.self, "\(geometry)") { try geometry.computed(by: .winograd(.four)) }
      #expect(throws: UnfoldError.self, "\(geometry)") {
        try ConvolutionGeometry(
          input: geometry.inputShape, filters: 4, window: Extent(geometry.vertical.window, geometry.horizontal.window),
          stride: Extent(geometry.vertical.stride, geometry.horizontal.stride),
          dilation: Extent(geometry.vertical.dilation, geometry.horizontal.dilation), groups: geometry.groups,
          algorithm: .winograd(.two))
      }
    }
  }

  @Test func strictContextsAddUpTheProductsOfTheDefinition() throws {
    let geometry = try ConvolutionGeometry(input: [2, 28, 28, 64], filters: 64, window: 3, padding: 1)
    var generator = SeededGenerator(seed: 15)
    let x = try Tensor<Float>(random: geometry.inputShape, &generator)
    let w = try Tensor<Float>(random: geometry.filterShape, &generator)
    let context = try ExecutionContext(threads: 2)
    for direction in [ConvolutionDirection.forward, .inputGradient, .filterGradient] {
      #expect(geometry.algorithm(for: direction) == .winograd(.four), "\(direction)")
      #expect(geometry.algorithm(for: direction, accuracy: .strict) == .im2col, "\(direction)")
      #expect(geometry.algorithm(for: direction, of: Double.self) == .im2col, "\(direction)")
    }
    let fast = try geometry.forward(x, filter: w, context: context)
    context.accuracy = .strict
    let strict = try geometry.forward(x, filter: w, context: context)
    #expect(fast.hasSameBits(as: try geometry.computed(by: .winograd(.four)).forward(x, filter: w)))
    #expect(strict.hasSameBits(as: try geometry.computed(by: .im2col).forward(x, filter: w)))
    #expect(!fast.hasSameBits(as: strict))
  }

  /// All on one context, so that none changes what another takes.
  @Test func theAccuracyOfAGeometryComesBeforeThatOfTheContext() throws {
    let geometry = try ConvolutionGeometry(input: [2, 28, 28, 64], filters: 64, window: 3, padding: 1)
    let strict = geometry.computed(with: .strict)
    var generator = SeededGenerator(seed: 16)
    let x = try Tensor<Float>(random: geometry.inputShape, &generator)
    let w = try Tensor<Float>(random: geometry.filterShape, &generator)
    let context = try ExecutionContext(threads: 2)
    func passes(_ geometry: ConvolutionGeometry) throws -> [Tensor<Float>] {
      [
        try geometry.forward(x, filter: w, context: context),
        try geometry.forward(x, packed: PackedFilter(w, for: geometry, context: context), context: context),
        try geometry.inputGradient(x, filter: w, context: context),
        try geometry.filterGradient(x, outputGradient: x, context: context),
      ]
    }
    let sums = try passes(geometry.computed(by: .im2col))
    let winograd = try passes(geometry.computed(by: .winograd(.four)))
    func expect(_ found: [Tensor<Float>], _ expected: [Tensor<Float>], _ comment: Comment) {
      for (found, expected) in zip(found, expected) { #expect(found.hasSameBits(as: expected), comment) }
    }
    expect(try passes(strict), sums, "strict on a fast context")
    expect(try passes(geometry), winograd, "the context's after it")
    context.accuracy = .strict
    expect(try passes(geometry.computed(with: .fast)), winograd, "fast on a strict context")
    expect(try passes(geometry), sums, "the context's after it")
    for direction in [ConvolutionDirection.forward, .inputGradient, .filterGradient] {
      #expect(strict.algorithm(for: direction) == .im2col)
      #expect(geometry.computed(with: .fast).algorithm(for: direction, accuracy: .strict) == .winograd(.four))
    }
    let transposed = try TransposedConvolutionGeometry(
      input: [2, 28, 28, 64], filters: 64, window: 3, padding: 1, accuracy: .fast)
    #expect(try transposed.forward(x, filter: w, context: context).hasSameBits(as: winograd[2]))
    let other = try PackedFilter(w, for: strict, context: context)
    #expect(throws: UnfoldError.self) { try geometry.forward(x, packed: other, context: context) }
  }

  @Test func namesAreThoseOfTheAlgorithms() {
    for name in ConvolutionAlgorithm.names { #expect(ConvolutionAlgorithm(name)?.description == name) }
    #expect(ConvolutionAlgorithm("winograd3") == nil)
  }
}
