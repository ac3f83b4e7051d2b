import Unfold

/// The exponential moving average of a network's parameters, statistics included: it is smoother than the weights of
/// any step.
///
/// ```
/// average <- decay average + (1 - decay) value        decay of step t at most (1 + t) / (10 + t)
/// ```
///
/// Source: Polyak and Juditsky (1992); the bound that lets the first steps fade is that of TensorFlow's
/// `ExponentialMovingAverage`.
public final class WeightAverage<Scalar: TensorScalar> {
  /// The part of the average that survives a step.
  public let decay: Double
  /// The steps averaged.
  public internal(set) var steps = 0
  /// One average a parameter.
  public internal(set) var values: [Tensor<Scalar>]
  private let network: Network<Scalar>

  /// An average that begins with the network's parameters.
  ///
  /// - Throws: `UnfoldError` unless the decay lies in 0 ..< 1, and where memory is short.
  public init(of network: Network<Scalar>, decay: Double) throws(UnfoldError) {
    guard 0..<1 ~= decay else {
      throw .invalidArgument("decay of the average", expected: "0 to less than 1", found: decay.messageText)
    }
    self.decay = decay
    self.network = network
    values = []
    for parameter in network.parameters { values.append(try parameter.value.copied()) }
  }

  /// Adds the parameters after a step to the average.
  public func update(context: ExecutionContext) {
    // The count saturates, because a file may hold `Int.max`.
    if steps < .max { steps += 1 }
    let kept = Scalar(min(decay, (1 + Double(steps)) / (10 + Double(steps))))
    for index in values.indices { values[index].blend(network.parameters[index].value, kept: kept, context) }
  }

  /// Replaces the parameters by the averages while `body` runs.
  public func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
    exchange()
    defer { exchange() }
    return try body()
  }

  private func exchange() {
    for index in values.indices { swap(&values[index], &network.parameters[index].value) }
  }
}

extension Tensor {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate mutating func blend(_ other: Tensor, kept: Scalar, _ context: ExecutionContext) {
    withUnsafeMutableBufferPointer { average in
      other.withUnsafeBufferPointer { value in
        guard let a = average.baseAddress, let v = value.baseAddress else { return }
        forEachChunk(of: average.count, context: context) { range in
          // Written in this form, and not as a sum of products, so that equal numbers stay as they are.
          for i in range { a[i] = v[i] + kept * (a[i] - v[i]) }
        }
      }
    }
  }
}
