import Unfold

/// Resampling pixel by pixel: the lecture's slides "The Downsampling Layer" and "The Upsampling Layer", and
/// interpolation by its definition. Slow on purpose, and the judge of the engine.
///
/// The methods have the names and parameters of `Resampling`'s own.
public struct ReferenceResampling {
  /// The shapes and the kind.
  public let resampling: Resampling

  /// `[N, H, W, C]` to `[N, P, Q, C]`: every output pixel is the sum of its parts of input pixels.
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, resampling.inputShape, "resampling input")
    var output = try Tensor<Scalar>(zeros: resampling.outputShape)
    for n in 0..<output.shape[0] {
      for p in 0..<output.shape[1] {
        for q in 0..<output.shape[2] {
          for (h, rowPart) in parts(p, \.height, from: input.shape[1], to: output.shape[1]) {
            for (w, columnPart) in parts(q, \.width, from: input.shape[2], to: output.shape[2]) {
              for c in 0..<output.shape[3] {
                output[n, p, q, c] += Scalar(rowPart * columnPart) * input[n, h, w, c]
              }
            }
          }
        }
      }
    }
    return output
  }

  /// `[N, P, Q, C]` to `[N, H, W, C]`: every output pixel gives its gradient back in the parts that it took.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, resampling.outputShape, "resampling output gradient")
    var dy = try Tensor<Scalar>(zeros: resampling.inputShape)
    for n in 0..<outputGradient.shape[0] {
      for p in 0..<outputGradient.shape[1] {
        for q in 0..<outputGradient.shape[2] {
          for (h, rowPart) in parts(p, \.height, from: dy.shape[1], to: outputGradient.shape[1]) {
            for (w, columnPart) in parts(q, \.width, from: dy.shape[2], to: outputGradient.shape[2]) {
              for c in 0..<dy.shape[3] {
                dy[n, h, w, c] += Scalar(rowPart * columnPart) * outputGradient[n, p, q, c]
              }
            }
          }
        }
      }
    }
    return dy
  }

  /// The input positions that output position `p` of an axis of `size` is made of, each with its part.
  private func parts(
    _ p: Int, _ side: KeyPath<Extent, Int>, from input: Int, to size: Int
  ) -> [(position: Int, part: Double)] {
    switch resampling.kind {
    case .downsampling(let factor):
      return [(p * factor[keyPath: side], 1)]
    case .upsampling(let factor, _):
      return p % factor[keyPath: side] == 0 ? [(p / factor[keyPath: side], 1)] : []
    case .nearest:
      return [(p * input / size, 1)]
    case .bilinear(_, alignsCorners: false):
      return between(max((Double(p) + 0.5) * Double(input) / Double(size) - 0.5, 0), last: input - 1)
    case .bilinear(_, alignsCorners: true):
      return between(size == 1 ? 0 : Double(p) * Double(input - 1) / Double(size - 1), last: input - 1)
    }
  }

  private func between(_ position: Double, last: Int) -> [(position: Int, part: Double)] {
    let low = min(Int(position), last)
    let fraction = position - Double(low)
    return [(low, 1 - fraction), (min(low + 1, last), fraction)]
  }
}

extension Resampling {
  /// The same resampling, pixel by pixel.
  public var reference: ReferenceResampling { ReferenceResampling(resampling: self) }
}
