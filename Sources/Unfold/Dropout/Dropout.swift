/// Elements set to zero at random while a network is trained, the others enlarged so that the expectation stays:
///
/// ```
/// output[i] = input[i] mask[i],   mask[i] = 0 with probability p, else 1 / (1 - p)
/// ```
///
/// ```swift
/// let dropout = try Dropout(probability: 0.5, seed: 7)
/// let output = try dropout.forward(input, step: step)
/// let inputGradient = try dropout.inputGradient(outputGradient, step: step)
/// ```
///
/// The mask of element i in a step is a function of the seed, the step and i. So it is the same for any number of
/// threads, and a resumed training draws the masks of an undisturbed one. Nothing is kept for the backward pass, which
/// computes the mask again about as fast as it could read it. Layers of one network need different seeds; otherwise
/// they drop the same places.
///
/// In inference dropout is the identity: it is left out.
///
/// Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, "Dropout: A Simple Way to Prevent Neural
/// Networks from Overfitting" (2014), section 10 ("inverted" dropout).
public struct Dropout: Hashable, Sendable {
  /// p, the probability that an element is dropped, before it is rounded to a multiple of 2^-32.
  public let probability: Double
  /// The seed, which makes the masks of one layer differ from those of another.
  public let seed: UInt64

  /// A validated dropout.
  ///
  /// - Parameters:
  ///   - probability: p, from 0 to less than 1; rounded to a multiple of 2^-32, at most 1 - 2^-32.
  ///   - seed: Any number, another for each layer.
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for any other probability, NaN among them.
  public init(probability: Double, seed: UInt64) throws(UnfoldError) {
    try require("dropout probability", probability, in: 0..<1, or: "0 to less than 1")
    self.probability = probability
    self.seed = seed
  }

  /// What an element that stays is multiplied by, 1 / (1 - p), with the rounded p: near 1 another one would change the
  /// expectation.
  public var scale: Double { 0x1p32 / (0x1p32 - Double(threshold)) }

  /// Random words below this drop their element.
  private var threshold: UInt32 { UInt32(min((probability * 0x1p32).rounded(), 0x1p32 - 1)) }

  /// The mask of one step.
  func mask<Scalar: TensorScalar>(step: UInt64, as type: Scalar.Type = Scalar.self) -> DropoutMask<Scalar> {
    DropoutMask(function: Threefry(seed: seed, number: step), threshold: threshold, scale: Scalar(scale))
  }
}
