/// A vector from memory of any alignment.
@inline(__always)
func load<Scalar, Vector>(_ address: UnsafePointer<Scalar>, as type: Vector.Type) -> Vector {
  UnsafeRawPointer(address).loadUnaligned(as: type)
}

/// A vector to memory of any alignment.
@inline(__always)
func store<Scalar, Vector>(_ vector: Vector, to address: UnsafeMutablePointer<Scalar>) {
  UnsafeMutableRawPointer(address).storeBytes(of: vector, as: Vector.self)
}
