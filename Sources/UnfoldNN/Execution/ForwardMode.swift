import Unfold

/// What a forward pass is for.
public enum ForwardMode: Hashable, Sendable {
  /// A backward pass follows: what it needs is kept, normalisations use the batch's statistics, and units are dropped.
  case training
  /// Nothing follows, and nothing is kept.
  case inference
}

extension UnfoldError {
  /// A backward pass without the forward pass that it belongs to.
  static var noForwardPass: UnfoldError {
    .invalidArgument("backward pass", expected: "one training forward pass before it", found: "none")
  }
}
