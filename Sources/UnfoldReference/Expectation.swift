import Unfold

/// Throws where an extent of a tensor is 0: the reference refuses what the engine refuses.
func expectElements<Scalar>(_ tensor: Tensor<Scalar>, _ name: String) throws(UnfoldError) {
  try tensor.shape.requireElements(name)
}

/// Throws unless a tensor has the shape that the geometry prescribes, with no extent of 0.
func expect<Scalar>(_ tensor: Tensor<Scalar>, _ shape: Shape, _ name: String) throws(UnfoldError) {
  guard tensor.shape == shape else { throw .shapeMismatch(of: name, expected: shape, found: tensor.shape) }
  try expectElements(tensor, name)
}
