import Glibc
import Unfold

/// A filter transform as a product with a matrix that is written out in full. The methods have the names and parameters
/// of `FilterTransform`'s own.
public struct ReferenceFilterTransform: Sendable {
  /// R, S, R' and S'.
  let (source, target): (Extent, Extent)
  /// `[R' S'][R S]`.
  let matrix: [[Double]]

  /// output[t, c, k] = sum over s of weight[t, s] filter[s, c, k].
  public func forward<Scalar: TensorScalar>(_ filter: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    let (channels, filters) = (filter.shape[2], filter.shape[3])
    var output = try Tensor<Scalar>(zeros: [target.height, target.width, channels, filters])
    for (t, row) in matrix.enumerated() {
      for (s, weight) in row.enumerated() where weight != 0 {
        for c in 0..<channels {
          for k in 0..<filters {
            output[t / target.width, t % target.width, c, k] +=
              Scalar(weight) * filter[s / source.width, s % source.width, c, k]
          }
        }
      }
    }
    return output
  }

  /// filterGradient[s, c, k] = sum over t of weight[t, s] outputGradient[t, c, k].
  public func filterGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    let columns = (0..<source.height * source.width).map { s in matrix.map { $0[s] } }
    return try ReferenceFilterTransform(source: target, target: source, matrix: columns).forward(outputGradient)
  }

  /// A counterclockwise rotation by its definition. Each tap of the result is the filter at the tap's position rotated
  /// back. There each tap of the filter is weighted by a tent function: 1 at its own place, 0 from one tap away on.
  public static func rotation(of window: Extent, degrees: Double) -> ReferenceFilterTransform {
    let angle = degrees * .pi / 180
    let (middleRow, middleColumn) = (Double(window.height - 1) / 2, Double(window.width - 1) / 2)
    var matrix: [[Double]] = []
    for p in 0..<window.height {
      for q in 0..<window.width {
        // Upwards and to the right of the centre, as angles are measured.
        let (up, right) = (middleRow - Double(p), Double(q) - middleColumn)
        let oldRight = cos(angle) * right + sin(angle) * up
        let oldUp = -sin(angle) * right + cos(angle) * up
        var row: [Double] = []
        for r in 0..<window.height {
          for s in 0..<window.width {
            let rowDistance = abs(middleRow - oldUp - Double(r))
            let columnDistance = abs(middleColumn + oldRight - Double(s))
            row.append(max(0, 1 - rowDistance) * max(0, 1 - columnDistance))
          }
        }
        matrix.append(row)
      }
    }
    return ReferenceFilterTransform(source: window, target: window, matrix: matrix)
  }
}

extension FilterTransform {
  /// The same map as a full matrix.
  public var reference: ReferenceFilterTransform {
    var matrix = [[Double]](
      repeating: [Double](repeating: 0, count: source.height * source.width), count: target.height * target.width)
    for entry in entries { matrix[entry.target][entry.source] += entry.weight }
    return ReferenceFilterTransform(source: source, target: target, matrix: matrix)
  }
}
