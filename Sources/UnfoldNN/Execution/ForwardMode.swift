import Unfold

/// The purpose of a forward pass: training or inference.
public enum ForwardMode: Hashable, Sendable {
  /// A backward pass follows: the values that it needs are kept, normalisations use the batch's statistics, and dropout
  /// is active.
  case training
  /// No backward pass follows, and nothing is kept for one.
  case inference
}

extension UnfoldError {
  /// A backward pass without the forward pass that it belongs to.
  static var noForwardPass: UnfoldError {
    .invalidArgument("backward pass", expected: "one training forward pass before it that succeeded", found: "none")
  }

  /// Outputs that no pass has computed, or that have been overwritten.
  static var noOutputs: UnfoldError {
    .invalidArgument(
      "outputs of the network", expected: "a forward pass that succeeded, and no backward pass since", found: "none")
  }

  /// Gradients of inputs that no backward pass has computed.
  static var noBackwardPass: UnfoldError {
    .invalidArgument(
      "input gradient", expected: "a backward pass that succeeded, of a network that needs input gradients",
      found: "none")
  }
}
