import Unfold

/// The geometry and buffers of a pooling layer for one batch size.
final class PoolingState<Scalar: TensorScalar> {
  let geometry: PoolingGeometry
  var output: Tensor<Scalar>
  var inputGradient: Tensor<Scalar>?

  init(_ geometry: PoolingGeometry) throws(UnfoldError) {
    self.geometry = geometry
    output = try Tensor(uninitialized: geometry.outputShape)
  }
}

/// What a pooling layer is made from, for any batch size.
struct PoolingWindow {
  let window: Extent
  let stride: Extent?
  let padding: Padding
  let dilation: Extent
  let rounding: OutputRounding

  func geometry(_ input: Shape, batch: Int) throws(UnfoldError) -> PoolingGeometry {
    guard input.rank == 3 else {
      throw .invalidArgument("input of a pooling layer", expected: "[H, W, C]", found: "\(input)")
    }
    return try PoolingGeometry(
      input: input.batched(batch), window: window, stride: stride, padding: padding, dilation: dilation,
      rounding: rounding)
  }
}
