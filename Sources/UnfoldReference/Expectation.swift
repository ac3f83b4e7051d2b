import Unfold

/// Throws unless a tensor has the shape that the geometry prescribes.
func expect<Scalar>(_ tensor: Tensor<Scalar>, _ shape: Shape, _ name: String) throws(UnfoldError) {
  guard tensor.shape == shape else { throw .shapeMismatch(of: name, expected: shape, found: tensor.shape) }
}
