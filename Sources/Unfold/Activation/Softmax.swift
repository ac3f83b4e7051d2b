/// Rows of scores turned into rows of probabilities, or of their logarithms (lecture, "Pseudocode: Vector notation":
/// `Y = softmax({Y(L, :, :, :)})`).
///
/// ```swift
/// let probabilities = try Softmax.probabilities.forward(scores)
/// ```
///
/// A row is the last axis, the channels: for `[N, K]` the classes of one image, for `[N, H, W, K]` those of one pixel.
///
/// ```
/// probabilities   y[k] = e^(z[k] - m) / s             with m = max over k of z[k]
/// logarithms      y[k] = z[k] - m - log s                  s = sum over k of e^(z[k] - m)
/// ```
///
/// Subtracting the maximum does not change the result; it keeps every exponential from overflowing, and s is at least
/// 1. A score of -infinity has probability 0. A row that contains NaN or +infinity, or nothing but -infinity, defines
/// no distribution: the whole row is NaN (as in PyTorch).
public enum Softmax: Hashable, Sendable {
  /// Probabilities: from 0 to 1, each row of sum 1.
  case probabilities
  /// Logarithms of probabilities, where small probabilities do not underflow.
  case logarithms
}

/// A tensor as rows over its last axis, cut into tasks by its shape alone.
struct LastAxisRows {
  let rows, length: Int
  private let rowsPerTask: Int

  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a tensor without axes or with an extent of 0.
  init(of shape: Shape, _ name: String) throws(UnfoldError) {
    guard shape.rank > 0 else {
      throw .invalidArgument(name, expected: "a tensor with at least one axis", found: "\(shape)")
    }
    try shape.requireElements(name)
    length = shape[shape.rank - 1]
    rows = try shape.elementCount() / length
    rowsPerTask = max(1, 8_192 / length)
  }

  var tasks: Int { (rows + rowsPerTask - 1) / rowsPerTask }

  @inline(__always)
  func rows(of task: Int) -> Range<Int> {
    let first = task * rowsPerTask
    return first..<min(first + rowsPerTask, rows)
  }
}
