import Unfold

/// The layouts of PyTorch, in which parameters are saved.
///
/// ```
/// filter            [R, S, C, K]      <->  [K, C, R, S]
/// transposed filter [R, S, K, C]      <->  [C, K, R, S]
/// weights           [D, K]            <->  [K, D]
/// weights of a map  [H W C, K]        <->  [K, C H W]
/// pointwise weights [1, 1, C, K]      <->  [K, C]
/// factor            [C]               <->  [C, 1, 1]
/// bias              [K]               <->  [K]
/// ```
extension Parameter {
  /// The value in a file's layout.
  func fileValue() throws(UnfoldError) -> Tensor<Scalar> {
    switch role {
    case .filter, .transposedFilter: return try value.oihw()
    case .bias, .scale, .statistic: return value
    case .factor: return try value.reshaped(to: fileShape)
    case .pointwiseWeights: return try value.reshaped(to: [value.shape[2], value.shape[3]]).transposed([1, 0])
    case .weights(let map):
      guard let map else { return try value.transposed([1, 0]) }
      return try value.reshaped(to: Shape(map.extents + [value.shape[1]])).transposed([3, 2, 0, 1])
        .reshaped(to: fileShape)
    }
  }

  /// The shape in a file.
  var fileShape: Shape {
    switch role {
    case .filter, .transposedFilter: [value.shape[3], value.shape[2], value.shape[0], value.shape[1]]
    case .weights: [value.shape[1], value.shape[0]]
    case .pointwiseWeights: [value.shape[3], value.shape[2]]
    case .factor: [value.shape[0], 1, 1]
    case .bias, .scale, .statistic: value.shape
    }
  }

  /// A value that has been read from a file, in the engine's layout.
  func value(fromFile tensor: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    switch role {
    case .filter, .transposedFilter: return try Tensor(oihw: tensor)
    case .bias, .scale, .statistic: return tensor
    case .factor: return try tensor.reshaped(to: value.shape)
    case .pointwiseWeights: return try tensor.transposed([1, 0]).reshaped(to: value.shape)
    case .weights(let map):
      guard let map else { return try tensor.transposed([1, 0]) }
      return try tensor.reshaped(to: [tensor.shape[0], map[2], map[0], map[1]]).transposed([2, 3, 1, 0])
        .reshaped(to: value.shape)
    }
  }
}
