import Unfold

/// A parameter of a node: its value, and the loss's gradient with respect to it.
///
/// A class, because the node that reads it, the optimiser that changes it and the file that stores it share one value.
/// The value may be replaced; its shape may not.
public final class Parameter<Scalar: TensorScalar> {
  /// The name, dotted and unique within its network, for example `conv1.weight`.
  public let name: String
  /// What the parameter is.
  public let role: ParameterRole
  /// The value that the node computes with.
  public var value: Tensor<Scalar> { didSet { changes &+= 1 } }
  /// How often the value was changed. When it has grown, packed copies of the value are outdated.
  private(set) var changes: UInt64 = 0
  /// The gradient that the last backward pass left, of the value's shape. Each backward pass overwrites it. Empty,
  /// `[0]`, before the first training pass and where nothing is trained, so that inference needs no memory for it.
  public var gradient: Tensor<Scalar> { didSet { gradientMagnitude = nil } }
  /// The cached result of ``largestGradient(context:)``.
  private var gradientMagnitude: Scalar?
  /// Whether optimisers leave the value as it is; see ``Network/trainedParameters``. A batch normalisation whose
  /// running averages are frozen normalises by them in training too, and keeps them.
  ///
  /// ```swift
  /// for parameter in network.parameters { parameter.isFrozen = !parameter.name.hasPrefix("fc") }
  /// ```
  public var isFrozen = false

  /// What the learning rate is multiplied by for this parameter: less than 1 for layers that another training has made,
  /// for example. Finite and 0 or more; 1 at first.
  public var rateFactor = 1.0
  /// What the weight decay is multiplied by for this parameter: 0 for none. Finite and 0 or more; 1 at first.
  public var decayFactor = 1.0

  /// Whether an optimiser changes it.
  public var isTrained: Bool { role.isTrained && !isFrozen }

  /// A parameter with its first value, and no gradient yet.
  ///
  /// - Throws: `UnfoldError.outOfMemory(bytes:)`.
  public init(_ name: String, role: ParameterRole, value: Tensor<Scalar>) throws(UnfoldError) {
    self.name = name
    self.role = role
    self.value = value
    gradient = try Tensor(uninitialized: [0])
  }

  /// The largest magnitude of the gradient's elements; NaN where an element is infinite or NaN.
  ///
  /// - Complexity: One pass over the gradient, on all threads, the first time after it was changed.
  public func largestGradient(context: ExecutionContext = .shared) -> Scalar {
    if let gradientMagnitude { return gradientMagnitude }
    let found = gradient.largestMagnitude(context: context)
    gradientMagnitude = found
    return found
  }

  /// Makes the memory that backward passes write the gradient to, where there is none.
  func makeGradient() throws(UnfoldError) {
    if gradient.shape != value.shape { gradient = try Tensor(zeros: value.shape) }
  }
}

extension Array {
  /// How often any of these parameters was changed.
  func changes<Scalar>() -> UInt64 where Element == Parameter<Scalar> {
    var sum: UInt64 = 0
    for parameter in self { sum &+= parameter.changes }
    return sum
  }
}
