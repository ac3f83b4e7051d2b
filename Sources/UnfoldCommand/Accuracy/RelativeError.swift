import Unfold

/// The error of a result, divided by the root mean square of the truth.
///
/// ```
/// worst = max |result - truth| / rms(truth)        rms = rms(result - truth) / rms(truth)
/// ```
///
/// An error is not divided by its own element: an element that is near 0 by chance, because its terms cancel, says
/// nothing about the algorithm.
struct RelativeError: Codable, Equatable {
  var worst: Double
  var rms: Double
}

extension RelativeError {
  /// The error of a result; infinite where it is not finite, and where the truth is 0 throughout and the result is not.
  ///
  /// - Parameters:
  ///   - result: What was computed.
  ///   - truth: The same in `Double`, of the same shape.
  init(_ result: Tensor<Float>, truth: Tensor<Double>) {
    var (worst, errors, squares) = (0.0, 0.0, 0.0)
    result.withUnsafeBufferPointer { result in
      truth.withUnsafeBufferPointer { truth in
        for (found, expected) in zip(result, truth) {
          let error = (Double(found) - expected).magnitude
          // Not `max(worst, error)`, which would lose a NaN.
          if !(error <= worst) { worst = error.isNaN ? .infinity : error }
          errors += error * error
          squares += expected * expected
        }
      }
    }
    guard worst > 0 else {
      self.init(worst: 0, rms: 0)
      return
    }
    let isWrong = !worst.isFinite || squares == 0
    self.init(
      worst: isWrong ? .infinity : worst / (squares / Double(truth.count)).squareRoot(),
      rms: isWrong ? .infinity : (errors / squares).squareRoot())
  }

  /// Several cases taken together: the largest worst error, and the geometric mean of the others, so that no case
  /// outweighs the rest. Errors of 0, which only tiny shapes have, do not enter the mean.
  init(of errors: [RelativeError]) {
    let rounded = errors.map(\.rms).filter { $0 > 0 }
    self.init(
      worst: errors.map(\.worst).max() ?? 0, rms: rounded.isEmpty ? 0 : SpeedSummary.geometricMean(rounded))
  }

  /// `1.52 (12.3)`: the root mean square and in brackets the worst, in units of 1e-7; `Float` has a unit in the last
  /// place of 1.19 of them at 1.
  var text: String { "\((rms * 1e7).shortText) (\((worst * 1e7).shortText))" }
}
