import Unfold

/// Normalisations and dropout.
extension Value {
  /// Batch normalisation, named `bn` and a number unless a name is given. In training by the batch's mean and variance,
  /// in inference by their running averages.
  ///
  /// - Parameters:
  ///   - epsilon: What is added to the variance.
  ///   - momentum: The share of a batch in the running averages.
  ///   - isFrozen: Whether training, too, takes the running averages and leaves them as they are, for fine-tuning.
  ///   - name: The node's name; nil for the kind and a number.
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func batchNorm(
    epsilon: Double = 1e-5, momentum: Double = 0.1, isFrozen: Bool = false, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(BatchNormalizationLayer(epsilon: epsilon, momentum: momentum, isFrozen: isFrozen), name: name)
  }

  /// Instance normalisation with running averages, named `in` and a number unless a name is given. In training by the
  /// moments of each image, in inference by running averages of them. Without running averages it is
  /// ``groupNorm(_:epsilon:name:)`` with as many groups as channels.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)``, for vectors too.
  public func instanceNorm(
    epsilon: Double = 1e-5, momentum: Double = 0.1, name: String? = nil
  ) throws(GraphError) -> Value {
    try applying(InstanceNormalizationLayer(epsilon: epsilon, momentum: momentum), name: name)
  }

  /// Layer normalisation over the last axes, named `ln` and a number unless a name is given.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)`` for more axes than there are.
  public func layerNorm(axes: Int = 1, epsilon: Double = 1e-5, name: String? = nil) throws(GraphError) -> Value {
    try applying(LayerNormalizationLayer(axes: axes, epsilon: epsilon), name: name)
  }

  /// Group normalisation, named `gn` and a number unless a name is given.
  ///
  /// - Throws: ``GraphError/node(name:inputs:reason:)`` where the groups do not divide the channels.
  public func groupNorm(_ groups: Int, epsilon: Double = 1e-5, name: String? = nil) throws(GraphError) -> Value {
    try applying(GroupNormalizationLayer(groups: groups, epsilon: epsilon), name: name)
  }

  /// Sets elements to zero at random in training, and scales the others so that the mean stays.
  ///
  /// - Parameters:
  ///   - probability: The probability of zero, 0 to less than 1.
  ///   - seed: Nodes with the same seed drop the same places; nil for a seed of the node's own.
  ///   - name: The node's name; nil for the kind and a number.
  /// - Throws: ``GraphError/node(name:inputs:reason:)``.
  public func dropout(_ probability: Double, seed: UInt64? = nil, name: String? = nil) throws(GraphError) -> Value {
    try applying(DropoutLayer(probability, seed: seed ?? UInt64(builder.nodes.count)), name: name)
  }
}
