import Unfold

extension Network {
  /// A network that computes some nodes of this one, see ``Graph/part(endingIn:)``. Both share their parameters:
  /// training one changes the other.
  ///
  /// ```swift
  /// let maps = try network.part(endingIn: ["act1"]).forward(images)     // [N, P, Q, K]
  /// ```
  ///
  /// - Parameter outputs: The names of nodes, in the order in which ``forward(_:mode:context:)->[Tensor<Scalar>]``
  ///   returns their values.
  /// - Throws: ``GraphError/noOutputs``, ``GraphError/unknownOutput(_:)``.
  public func part(endingIn outputs: [String]) throws(GraphError) -> Network {
    Network(sharingParametersOf: self, try graph.part(endingIn: outputs))
  }
}
