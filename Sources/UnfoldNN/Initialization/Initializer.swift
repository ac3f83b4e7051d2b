import Unfold

/// A rule for the first weights of a layer.
///
/// With n the *fan-in* (the inputs of one output) and m the *fan-out* (the outputs that one input reaches):
///
/// | case | distribution |
/// |---|---|
/// | `heNormal` | normal, standard deviation √(2 / n) |
/// | `heUniform` | uniform in ±√(6 / n) |
/// | `glorotNormal` | normal, standard deviation √(2 / (n + m)) |
/// | `glorotUniform` | uniform in ±√(6 / (n + m)) |
/// | `lecunNormal` | normal, standard deviation gain √(1 / n) |
/// | `orthogonal` | an orthonormal basis, uniform over all of them, times the gain |
///
/// Numbers are drawn and scaled in `Double` and rounded last, so that networks of `Float` and of `Double` begin with
/// the same weights.
public enum Initializer: Hashable, Sendable, Codable {
  /// All zeros.
  case zeros
  /// For layers followed by a relu (He et al. 2015).
  case heNormal
  /// For layers followed by a relu (He et al. 2015).
  case heUniform
  /// For layers followed by a symmetric or no activation (Glorot and Bengio 2010).
  case glorotNormal
  /// For layers followed by a symmetric or no activation (Glorot and Bengio 2010).
  case glorotUniform
  /// Outputs of the size of the inputs, times the gain (LeCun et al. 1998, "Efficient BackProp", section 4.6).
  case lecunNormal(gain: Double = 1)
  /// The weights seen as a matrix `[n, outputs]` have orthonormal columns, or rows where it is wide (Saxe et al. 2013).
  case orthogonal(gain: Double = 1)

  /// For the layer that gives the logits: three tenths of their usual size, so that the first loss is near that of
  /// guessing, ln K, and the first gradients of everything before are small. Zeros, as in Fixup, and a tenth train more
  /// slowly: `lenet` on 10,000 images of Fashion-MNIST loses a point in two epochs.
  ///
  /// Source: Zhang, Dauphin and Ma, "Fixup initialization" (2019).
  public static let logits = Initializer.lecunNormal(gain: 0.3)

  /// New weights.
  ///
  /// - Parameters:
  ///   - shape: The outputs are the last axis, and everything before it one output's inputs: `[R, S, C, K]`, `[D, K]`.
  ///   - fanIn: n; nil for the product of all axes but the last.
  ///   - fanOut: m; nil for the last axis. A convolution without groups gives R S K.
  ///   - generator: Where the random numbers come from.
  /// - Throws: `UnfoldError` for a shape without axes or with an extent below 1, a fan below 1, a gain that is not
  ///   finite, and where memory is short.
  /// - Complexity: O(`count`), for `orthogonal` O(`count` · min(n, outputs)).
  public func makeWeights<Scalar: TensorScalar>(
    _ shape: Shape, fanIn: Int? = nil, fanOut: Int? = nil, using generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let count = try shape.elementCount()
    guard let columns = shape.extents.last, count > 0 else {
      throw .invalidArgument("shape of weights", expected: "at least one axis, extents of 1 or more", found: "\(shape)")
    }
    let rows = count / columns
    let (n, m) = (fanIn ?? rows, fanOut ?? columns)
    guard n >= 1, m >= 1 else {
      throw .invalidArgument("fan-in and fan-out", expected: "1 or more", found: "\(n) and \(m)")
    }
    switch self {
    case .zeros:
      return try Tensor(zeros: shape)
    case .heNormal:
      return try Self.normal(shape, deviation: (2 / Double(n)).squareRoot(), &generator)
    case .heUniform:
      return try Self.uniform(shape, limit: (6 / Double(n)).squareRoot(), &generator)
    case .glorotNormal:
      return try Self.normal(shape, deviation: (2 / (Double(n) + Double(m))).squareRoot(), &generator)
    case .glorotUniform:
      return try Self.uniform(shape, limit: (6 / (Double(n) + Double(m))).squareRoot(), &generator)
    case .lecunNormal(let gain):
      try requireGain(gain)
      return try Self.normal(shape, deviation: gain / Double(n).squareRoot(), &generator)
    case .orthogonal(let gain):
      try requireGain(gain)
      return try Self.orthogonal(shape, rows: rows, columns: columns, gain: gain, &generator)
    }
  }

  private func requireGain(_ gain: Double) throws(UnfoldError) {
    guard gain.isFinite else {
      throw .invalidArgument("gain of first weights", expected: "a finite number", found: gain.messageText)
    }
  }

  private static func normal<Scalar: TensorScalar>(
    _ shape: Shape, deviation: Double, _ generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try Tensor(shape: shape) { _ in Scalar(deviation * generator.normal(as: Double.self)) }
  }

  private static func uniform<Scalar: TensorScalar>(
    _ shape: Shape, limit: Double, _ generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try Tensor(shape: shape) { _ in Scalar(limit * (2 * generator.uniform(as: Double.self) - 1)) }
  }

  private static func orthogonal<Scalar: TensorScalar>(
    _ shape: Shape, rows: Int, columns: Int, gain: Double, _ generator: inout SeededGenerator
  ) throws(UnfoldError) -> Tensor<Scalar> {
    // The factorisation finds a basis for the columns, of which there can be no more than rows: a wide matrix is the
    // transpose of a tall one.
    let isWide = columns > rows
    let gaussian: Tensor<Double> = try normal(
      [max(rows, columns), min(rows, columns)], deviation: 1, &generator)
    let tall = try orthonormalBasis(gaussian)
    let basis = try (isWide ? tall.transposed([1, 0]) : tall).elements
    return try Tensor(shape: shape) { Scalar(gain * basis[$0]) }
  }
}
