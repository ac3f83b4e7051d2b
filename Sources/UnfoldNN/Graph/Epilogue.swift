import Unfold

/// What a layer does to the output of the layer before it, where that one can do it in the same pass over memory.
///
/// Fusion knows no layer by its type. It asks a layer for its ``Layer/epilogue``, and the only layer that it reads
/// from to take that over: ``Layer/fused(with:inputs:)``.
public enum Epilogue: Sendable {
  /// An activation. In training only one whose gradient follows from its output, because nothing else is kept, unless the
  /// layer before ``Layer/computesActivationAgain``.
  case activation(Activation)
  /// Batch normalisation by running averages, in inference only. Its four parameters follow those of the layer before.
  case batchNormalization(BatchNormalizationLayer)
  /// A factor for each channel, in inference only. The parameter follows those of the layer before.
  case factors
  /// The sum with another value of the same shape, in inference only. That value becomes the first input, and the
  /// output may be written over it.
  case sum

  /// The inputs that it reads besides the output of the layer before.
  var otherInputs: Int {
    switch self {
    case .activation, .batchNormalization, .factors: 0
    case .sum: 1
    }
  }

  func isFusible(into layer: any Layer, in mode: ForwardMode) -> Bool {
    switch (mode, self) {
    case (.inference, _): true
    case (.training, .activation(let activation)): activation.gradientFollowsFromOutput || layer.computesActivationAgain
    case (.training, _): false
    }
  }
}
