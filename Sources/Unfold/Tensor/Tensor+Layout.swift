/// Conversions between the engine's layouts and those of PyTorch, ONNX and Caffe. Each is one pass over the elements.
extension Tensor {
  /// Activations given as `[N, C, H, W]` (channels first), converted to the engine's `[N, H, W, C]`.
  ///
  /// - Throws: ``UnfoldError`` unless the tensor has four axes.
  public init(nchw tensor: Tensor) throws(UnfoldError) { self = try tensor.transposed([0, 2, 3, 1]) }

  /// These activations, `[N, H, W, C]`, as `[N, C, H, W]` (channels first).
  ///
  /// - Throws: ``UnfoldError`` unless the tensor has four axes.
  public func nchw() throws(UnfoldError) -> Tensor { try transposed([0, 3, 1, 2]) }

  /// Filters given as `[O, I, H, W]` = `[K, C, R, S]` (PyTorch), converted to the engine's `[R, S, C, K]`.
  ///
  /// - Throws: ``UnfoldError`` unless the tensor has four axes.
  public init(oihw tensor: Tensor) throws(UnfoldError) { self = try tensor.transposed([2, 3, 1, 0]) }

  /// These filters, `[R, S, C, K]`, as `[O, I, H, W]` = `[K, C, R, S]` (PyTorch).
  ///
  /// - Throws: ``UnfoldError`` unless the tensor has four axes.
  public func oihw() throws(UnfoldError) -> Tensor { try transposed([3, 2, 0, 1]) }

  /// The tensor with its axes in another order: axis `i` of the result is axis `order[i]` of this one.
  ///
  /// - Complexity: O(`count`).
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` unless `order` names every axis once.
  public func transposed(_ order: [Int]) throws(UnfoldError) -> Tensor {
    guard order.sorted() == Array(0..<shape.rank) else {
      throw .invalidArgument(
        "axes", expected: "a permutation of the \(shape.rank) axes of \(shape)", found: "\(order)")
    }
    var result = try Tensor(uninitialized: Shape(order.map { shape[$0] }))
    guard count > 0, let last = order.last else {
      if count == 1 { result.storage.base[0] = storage.base[0] }
      return result
    }
    // Products of some extents, which are less than the count only because none of them is zero.
    var strides = [Int](repeating: 1, count: shape.rank)
    for axis in stride(from: shape.rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    // An odometer over all axes but the last, which is an inner loop with one stride.
    let rowLength = shape[last]
    let rowStride = strides[last]
    var index = [Int](repeating: 0, count: shape.rank)
    let source = base
    let target = try result.outputBase()
    var row = 0
    while row < count {
      var offset = 0
      for axis in 0..<shape.rank - 1 { offset += index[axis] * strides[order[axis]] }
      for column in 0..<rowLength { target[row + column] = source[offset + column * rowStride] }
      row += rowLength
      var axis = shape.rank - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < shape[order[axis]] { break }
        index[axis] = 0
        axis -= 1
      }
    }
    withExtendedLifetime(self) {}
    return result
  }
}
