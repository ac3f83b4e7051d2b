import Testing
import UnfoldReference

@testable import Unfold

/// The engine against the lecture's loops, which are run in Double.
@Suite struct ConvolutionReferenceTests {
  /// Each of them for every shape, whatever `automatic` takes for it.
  private static let algorithms: [ConvolutionAlgorithm] = [.automatic, .blas]

  @Test(arguments: algorithms) func floatMatchesTheLoopsOnRandomGeometries(_ algorithm: ConvolutionAlgorithm) throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 1))
    for _ in 0..<2000 { try check(Float.self, geometries.next().computed(by: algorithm)) }
  }

  @Test(arguments: algorithms) func doubleMatchesTheLoopsOnRandomGeometries(_ algorithm: ConvolutionAlgorithm) throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 2))
    for _ in 0..<2000 { try check(Double.self, geometries.next().computed(by: algorithm)) }
  }

  @Test(arguments: algorithms) func bothMatchTheLoopsOnFarTaps(_ algorithm: ConvolutionAlgorithm) throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 5))
    for _ in 0..<400 {
      let geometry = try geometries.nextOfFarTaps().computed(by: algorithm)
      try check(Float.self, geometry)
      try check(Double.self, geometry)
    }
  }

  @Test func bothMatchTheLoopsOnGroupsOfAllWidths() throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 4))
    var narrow = 0
    for _ in 0..<400 {
      let geometry = geometries.nextOfEqualGroups()
      try check(Float.self, geometry)
      try check(Double.self, geometry)
      narrow += geometry.algorithm(for: .forward) == .direct ? 1 : 0
    }
    #expect(narrow > 100)
  }

  @Test(arguments: largeGeometries, algorithms) func floatMatchesTheLoopsWhereTilesAreCut(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm
  ) throws {
    try check(Float.self, geometry.computed(by: algorithm))
  }

  @Test(arguments: largeGeometries, algorithms) func doubleMatchesTheLoopsWhereTilesAreCut(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm
  ) throws {
    try check(Double.self, geometry.computed(by: algorithm))
  }

  /// Sums that do not cancel, of the products of the definition: errors that random signs would hide.
  @Test(arguments: algorithms) func floatMatchesTheLoopsOnNumbersNearOne(_ algorithm: ConvolutionAlgorithm) throws {
    var geometries = RandomGeometry(generator: SeededGenerator(seed: 3))
    let random = (0..<300).map { _ in geometries.next() }
    for geometry in random + largeGeometries.filter({ $0.operations < 1e8 }) {
      try check(Float.self, geometry.computed(by: algorithm), numbers: 0.5..<1.5, accuracy: .strict)
    }
  }

  private func check<Scalar: TensorScalar>(
    _ type: Scalar.Type, _ geometry: ConvolutionGeometry, numbers: Range<Double> = -1..<1,
    accuracy: ConvolutionAccuracy = .fast
  ) throws {
    var generator = SeededGenerator(seed: UInt64(bitPattern: Int64(geometry.inputShape.extents.reduce(7, &*))))
    let input = try Tensor<Scalar>(random: geometry.inputShape, in: numbers, &generator)
    let filter = try Tensor<Scalar>(random: geometry.filterShape, in: numbers, &generator)
    let bias = try Tensor<Scalar>(random: geometry.biasShape, in: numbers, &generator)
    let outputGradient = try Tensor<Scalar>(random: geometry.outputShape, in: numbers, &generator)
    // Both sides round in Double, one does in Float.
    let sides = Scalar.self == Double.self ? 2.0 : 1.0
    let context = try ExecutionContext(threads: 2)
    context.accuracy = accuracy
    try poisonScratch(of: context, geometry, Scalar.self)

    let (x, w, b, dz) = try (
      input.converted(to: Double.self), filter.converted(to: Double.self), bias.converted(to: Double.self),
      outputGradient.converted(to: Double.self)
    )
    let (absoluteX, absoluteW, absoluteB, absoluteDz) = try (
      x.magnitudes(), w.magnitudes(), b.magnitudes(), dz.magnitudes()
    )
    let reference = geometry.reference

    func judge(_ direction: ConvolutionDirection, terms: Int, _ error: Double) {
      let allowed = sides * allowedUlps(terms: terms)
      #expect(error <= allowed, "\(Scalar.self) \(direction) \(geometry)")
    }

    var output = try Tensor<Scalar>.poisoned(geometry.outputShape)
    try geometry.forward(input, filter: filter, bias: bias, into: &output, context: context)
    judge(
      .forward, terms: geometry.filterShape[0] * geometry.filterShape[1] * geometry.filterShape[2],
      output.worstUlps(
        against: try reference.forward(x, filter: w, bias: b),
        magnitude: try reference.forward(absoluteX, filter: absoluteW, bias: absoluteB)))
    output = try .poisoned(geometry.outputShape)
    try geometry.forward(input, filter: filter, bias: nil, into: &output, context: context)
    judge(
      .forward, terms: geometry.filterShape[0] * geometry.filterShape[1] * geometry.filterShape[2],
      output.worstUlps(
        against: try reference.forward(x, filter: w), magnitude: try reference.forward(absoluteX, filter: absoluteW)))

    var inputGradient = try Tensor<Scalar>.poisoned(geometry.inputShape)
    try geometry.inputGradient(outputGradient, filter: filter, into: &inputGradient, context: context)
    judge(
      .inputGradient, terms: geometry.filterShape[0] * geometry.filterShape[1] * geometry.outputChannels,
      inputGradient.worstUlps(
        against: try reference.inputGradient(dz, filter: w),
        magnitude: try reference.inputGradient(absoluteDz, filter: absoluteW)))

    var filterGradient = try Tensor<Scalar>.poisoned(geometry.filterShape)
    try geometry.filterGradient(input, outputGradient: outputGradient, into: &filterGradient, context: context)
    judge(
      .filterGradient, terms: outputGradient.count / geometry.outputChannels,
      filterGradient.worstUlps(
        against: try reference.filterGradient(x, outputGradient: dz),
        magnitude: try reference.filterGradient(absoluteX, outputGradient: absoluteDz)))

    var biasGradient = try Tensor<Scalar>.poisoned(geometry.biasShape)
    try geometry.biasGradient(outputGradient, into: &biasGradient, context: context)
    judge(
      .biasGradient, terms: outputGradient.count / geometry.outputChannels,
      biasGradient.worstUlps(
        against: try reference.biasGradient(dz), magnitude: try reference.biasGradient(absoluteDz)))
  }
}
