import Unfold

/// A layer that applies an activation to its output in the same pass.
public protocol ActivatedLayer: Layer {
  /// The activation; `identity` for none.
  var activation: Activation { get set }
}

extension ActivatedLayer {
  /// The layer with the activation that follows it, if it has none of its own.
  public func fused(with epilogue: Epilogue, inputs: [Shape]) -> (any Layer)? {
    guard activation == .identity, case .activation(let next) = epilogue else { return nil }
    var fused = self
    fused.activation = next
    return fused
  }
}
