import Unfold
import UnfoldReference

/// PyTorch's results, written by `Tests/Fixtures/generate_normalization.py`.
struct NormalizationFixtures: Decodable {
  struct Case: Decodable {
    let input: [Int]
    let epsilon: Double
    let values: [Double]
    let inputGradient, scaleGradient, shiftGradient: [Double]
    let momentum: Double?
    let relu: Bool?
    let runningMean, runningVariance: [Double]?
    let inference: [Double]?
    let frozenInputGradient, frozenScaleGradient, frozenShiftGradient: [Double]?
    let axes, groups: Int?
  }

  let batch, layer, group, instance: [Case]

  static func load() throws -> NormalizationFixtures { try Fixture.load("normalization") }
}

extension NormalizationFixtures.Case: CustomStringConvertible {
  var description: String {
    "\(input), epsilon \(epsilon), relu \(relu ?? false), axes \(axes ?? 0), groups \(groups ?? 0)"
  }
}

/// Input, output gradient, scale and shift of one case.
struct NormalizationOperands<Scalar: TensorScalar> {
  let input: Tensor<Scalar>
  let outputGradient: Tensor<Scalar>
  let scale: Tensor<Scalar>
  let shift: Tensor<Scalar>

  /// Random ones; every channel of the input has a mean and a deviation of its own.
  init(_ shape: Shape, parameters: Shape, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let channels = shape[shape.rank - 1]
    let noise = try Tensor<Scalar>(random: shape, &generator).elements
    input = try Tensor(shape: shape) { i in
      let channel = i % channels
      return noise[i] * Scalar(1 + channel % 3) + Scalar(channel % 7) - 3
    }
    outputGradient = try Tensor(random: shape, &generator)
    scale = try Tensor(random: parameters, &generator)
    shift = try Tensor(random: parameters, &generator)
  }

  init(fixture shape: Shape, parameters: Shape) throws {
    input = try Fixture.elements(shape, salt: 0)
    outputGradient = try Fixture.elements(shape, salt: 5)
    scale = try Fixture.elements(parameters, salt: 11)
    shift = try Fixture.elements(parameters, salt: 17)
  }

  init(
    input: Tensor<Scalar>, outputGradient: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) {
    self.input = input
    self.outputGradient = outputGradient
    self.scale = scale
    self.shift = shift
  }

  /// The same numbers in double precision.
  func doubles() throws -> NormalizationOperands<Double> {
    func double(_ tensor: Tensor<Scalar>) throws -> Tensor<Double> {
      let elements = tensor.elements
      return try Tensor(shape: tensor.shape) { Double(elements[$0]) }
    }
    return NormalizationOperands<Double>(
      input: try double(input), outputGradient: try double(outputGradient), scale: try double(scale),
      shift: try double(shift))
  }
}

extension SavedMoments {
  static func poisoned(_ shape: Shape) throws -> SavedMoments {
    try SavedMoments(
      mean: .poisoned(shape), meanRemainder: .poisoned(shape), inverseDeviation: .poisoned(shape))
  }
}

/// All that a normalisation computes, by name: what the reference, PyTorch and other thread counts must reproduce.
typealias NormalizationResults<Scalar: TensorScalar> = [(name: String, tensor: Tensor<Scalar>)]

extension BatchNormalization {
  /// Every output written over NaN.
  func results<Scalar: TensorScalar>(
    _ x: NormalizationOperands<Scalar>, context: ExecutionContext = .shared
  ) throws -> NormalizationResults<Scalar> {
    var running = try RunningMoments<Scalar>(channels: channels)
    var output: Tensor<Scalar> = try .poisoned(inputShape)
    var saved: SavedMoments<Scalar> = try .poisoned(parameterShape)
    try trainingForward(
      x.input, scale: x.scale, shift: x.shift, updating: &running, into: &output, saved: &saved, context: context)
    var inputGradient: Tensor<Scalar> = try .poisoned(inputShape)
    var scaleGradient: Tensor<Scalar> = try .poisoned(parameterShape)
    var shiftGradient = scaleGradient
    try gradients(
      x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, moments: .saved(saved), into: &inputGradient,
      scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, context: context)
    var inference: Tensor<Scalar> = try .poisoned(inputShape)
    try inferenceForward(
      x.input, scale: x.scale, shift: x.shift, running: running, into: &inference, context: context)
    return [
      ("output", output), ("mean", saved.mean), ("inverse deviation", saved.inverseDeviation),
      ("running mean", running.mean), ("running variance", running.variance), ("input gradient", inputGradient),
      ("scale gradient", scaleGradient), ("shift gradient", shiftGradient), ("inference", inference),
    ]
  }
}

extension SampleNormalization {
  /// Every output written over NaN.
  func results<Scalar: TensorScalar>(
    _ x: NormalizationOperands<Scalar>, context: ExecutionContext = .shared
  ) throws -> NormalizationResults<Scalar> {
    var output: Tensor<Scalar> = try .poisoned(inputShape)
    var saved: SavedMoments<Scalar> = try .poisoned(savedShape)
    try forward(x.input, scale: x.scale, shift: x.shift, into: &output, saved: &saved, context: context)
    var inputGradient: Tensor<Scalar> = try .poisoned(inputShape)
    var scaleGradient: Tensor<Scalar> = try .poisoned(parameterShape)
    var shiftGradient = scaleGradient
    try gradients(
      x.outputGradient, input: x.input, scale: x.scale, saved: saved, into: &inputGradient,
      scaleGradient: &scaleGradient, shiftGradient: &shiftGradient, context: context)
    return [
      ("output", output), ("mean", saved.mean), ("inverse deviation", saved.inverseDeviation),
      ("input gradient", inputGradient), ("scale gradient", scaleGradient), ("shift gradient", shiftGradient),
    ]
  }
}

/// The same results from the plain loops in double precision.
extension BatchNormalization {
  func expected(_ x: NormalizationOperands<Double>) throws -> NormalizationResults<Double> {
    var running = try RunningMoments<Double>(channels: channels)
    let (output, saved) = try reference.trainingForward(x.input, scale: x.scale, shift: x.shift, updating: &running)
    let gradients = try reference.gradients(
      x.outputGradient, input: x.input, scale: x.scale, shift: x.shift, saved: saved)
    let inference = try reference.inferenceForward(x.input, scale: x.scale, shift: x.shift, running: running)
    return [
      ("output", output), ("mean", saved.mean), ("inverse deviation", saved.inverseDeviation),
      ("running mean", running.mean), ("running variance", running.variance), ("input gradient", gradients.input),
      ("scale gradient", gradients.scale), ("shift gradient", gradients.shift), ("inference", inference),
    ]
  }
}

extension LayerNormalization {
  func expected(_ x: NormalizationOperands<Double>) throws -> NormalizationResults<Double> {
    try reference.results(x)
  }
}

extension GroupNormalization {
  func expected(_ x: NormalizationOperands<Double>) throws -> NormalizationResults<Double> {
    try reference.results(x)
  }
}

extension ReferenceSampleNormalization {
  fileprivate func results(_ x: NormalizationOperands<Double>) throws -> NormalizationResults<Double> {
    let (output, saved) = try forward(x.input, scale: x.scale, shift: x.shift)
    let gradients = try gradients(x.outputGradient, input: x.input, scale: x.scale, saved: saved)
    return [
      ("output", output), ("mean", saved.mean), ("inverse deviation", saved.inverseDeviation),
      ("input gradient", gradients.input), ("scale gradient", gradients.scale), ("shift gradient", gradients.shift),
    ]
  }
}
