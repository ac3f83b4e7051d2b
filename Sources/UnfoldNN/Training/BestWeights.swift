import Unfold

/// Keeps the weights of the best epoch, and tells when a training no longer gets better.
///
/// ```swift
/// var best = try BestWeights(of: network, patience: 3)
/// for epoch in 1...100 {
///   try trainer.train(on: batches, epoch: epoch)
///   try best.record(score: trainer.evaluate(on: batches).accuracy, epoch: epoch)
///   if best.isExhausted { break }
/// }
/// try best.restore()
/// ```
///
/// Memory: a copy of all parameters.
public struct BestWeights<Scalar: TensorScalar> {
  /// The epochs without a better score after which ``isExhausted``; nil for any number.
  public let patience: Int?
  /// The best epoch, nil before the first.
  public private(set) var epoch: Int?
  /// Its score.
  public private(set) var score = -Double.infinity
  /// The epochs since then.
  public private(set) var epochsSince = 0
  private let network: Network<Scalar>
  private var values: [Tensor<Scalar>]

  /// Before the first epoch.
  ///
  /// - Throws: `UnfoldError` for a patience below 1, and where memory is short.
  public init(of network: Network<Scalar>, patience: Int? = nil) throws(UnfoldError) {
    if let patience, patience < 1 {
      throw .invalidArgument("patience", expected: "1 or more epochs", found: "\(patience)")
    }
    self.network = network
    self.patience = patience
    values = []
    for parameter in network.parameters { values.append(try Tensor(uninitialized: parameter.value.shape)) }
  }

  /// Whether as many epochs as the patience allows have passed without a better score.
  public var isExhausted: Bool { patience.map { epochsSince >= $0 } ?? false }

  /// Records an epoch, and its weights if it is the best so far.
  ///
  /// - Parameters:
  ///   - score: The higher the better: an accuracy, or a loss with its sign changed. One that is NaN is no better.
  ///   - epoch: Its number.
  ///   - context: The threads.
  /// - Throws: `UnfoldError` where memory is short.
  public mutating func record(
    score: Double, epoch: Int, context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    guard score > self.score || self.epoch == nil else {
      epochsSince += 1
      return
    }
    for (index, parameter) in network.parameters.enumerated() {
      try values[index].copyElements(of: parameter.value, context: context)
    }
    (self.score, self.epoch, epochsSince) = (score.isNaN ? -.infinity : score, epoch, 0)
  }

  /// Gives the network the weights of the best epoch; does nothing before the first.
  ///
  /// - Throws: `UnfoldError` where memory is short.
  public func restore(context: ExecutionContext = .shared) throws(UnfoldError) {
    guard epoch != nil else { return }
    for (index, parameter) in network.parameters.enumerated() {
      try parameter.value.copyElements(of: values[index], context: context)
    }
  }
}
