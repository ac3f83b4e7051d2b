import Unfold

/// Resampling pixel by pixel: the lecture's slides "The Downsampling Layer" and "The Upsampling Layer", and
/// interpolation by its definition. Slow on purpose, and the judge of the engine.
///
/// The methods have the names and parameters of `Resampling`'s own.
public struct ReferenceResampling {
  /// The shapes and the kind.
  public let resampling: Resampling

  /// One term of the sum that an output element is: its place, that of the input element, and the part of it.
  private struct Term {
    let input, output: Int
    let part: Double
  }

  /// Visits every term: for each output pixel the input pixels that it is made of.
  private func forEachTerm(_ visit: (Term) -> Void) {
    let (input, output) = (resampling.inputShape, resampling.outputShape)
    for n in 0..<output[0] {
      for p in 0..<output[1] {
        for q in 0..<output[2] {
          for (h, rowPart) in parts(p, \.height, from: input[1], to: output[1]) {
            for (w, columnPart) in parts(q, \.width, from: input[2], to: output[2]) {
              for c in 0..<output[3] {
                visit(
                  Term(
                    input: ((n * input[1] + h) * input[2] + w) * input[3] + c,
                    output: ((n * output[1] + p) * output[2] + q) * output[3] + c, part: rowPart * columnPart))
              }
            }
          }
        }
      }
    }
  }

  /// `[N, H, W, C]` to `[N, P, Q, C]`: every output pixel is the sum of its parts of input pixels.
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, resampling.inputShape, "resampling input")
    let x = input.elements
    var y = try Tensor<Scalar>(zeros: resampling.outputShape).elements
    forEachTerm { term in y[term.output] += Scalar(term.part) * x[term.input] }
    return try Tensor(y, shape: resampling.outputShape)
  }

  /// `[N, P, Q, C]` to `[N, H, W, C]`: every output pixel gives its gradient back in the parts that it took.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, resampling.outputShape, "resampling output gradient")
    let dy = outputGradient.elements
    var dx = try Tensor<Scalar>(zeros: resampling.inputShape).elements
    forEachTerm { term in dx[term.input] += Scalar(term.part) * dy[term.output] }
    return try Tensor(dx, shape: resampling.inputShape)
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
