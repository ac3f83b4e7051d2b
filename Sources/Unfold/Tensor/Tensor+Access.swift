extension Tensor {
  /// The element at one index an axis, outermost first. Checked: an index outside its axis is a precondition failure,
  /// as it is for `Array`. Kernels use the pointers instead.
  public subscript(indices: Int...) -> Scalar {
    get { storage.base[offset(of: indices)] }
    set {
      let offset = offset(of: indices)
      makeUnique()
      storage.base[offset] = newValue
    }
  }

  private func offset(of indices: [Int]) -> Int {
    precondition(indices.count == shape.rank, "\(shape.rank) indices expected for \(shape), found \(indices.count)")
    var offset = 0
    for (axis, index) in indices.enumerated() {
      precondition(0 <= index && index < shape[axis], "index \(index) is outside axis \(axis) of \(shape)")
      offset = offset * shape[axis] + index
    }
    return offset
  }

  /// Calls `body` with the elements in row-major order. The pointer is valid during the call only.
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.base, count: count))
  }

  /// Calls `body` with the elements in row-major order, to be changed. The pointer is valid during the call only.
  public mutating func withUnsafeMutableBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    makeUnique()
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: storage.base, count: count))
  }

  /// The first element, for kernels; the tensor must outlive its use (`defer { withExtendedLifetime(tensor) {} }`).
  var base: UnsafePointer<Scalar> { UnsafePointer(storage.base) }

  /// The first element, for kernels that write; makes this tensor the only owner of its memory.
  mutating func mutableBase() -> UnsafeMutablePointer<Scalar> {
    makeUnique()
    return storage.base
  }

  /// Memory for writing every element: as ``mutableBase()``, but a shared storage is replaced and not copied.
  mutating func outputBase() throws(UnfoldError) -> UnsafeMutablePointer<Scalar> {
    if !isKnownUniquelyReferenced(&storage) { storage = try TensorStorage(uninitialized: count) }
    return storage.base
  }

  /// The elements that an operator reads and those of this tensor, which it writes, both of the shapes that it prescribes.
  /// The tensor that is read must outlive their use.
  @inline(__always)
  mutating func outputBase(
    _ shape: Shape, _ name: @autoclosure () -> String, from input: Tensor, _ inputShape: Shape,
    _ inputName: @autoclosure () -> String
  ) throws(UnfoldError) -> (source: UnsafePointer<Scalar>, target: UnsafeMutablePointer<Scalar>) {
    try input.requireShape(inputShape, inputName())
    try requireShape(shape, name())
    return (input.base, try outputBase())
  }

  /// Throws unless this tensor has the shape that the operation prescribes. The name is made only for the error: text
  /// that is put together allocates memory.
  func requireShape(_ expected: Shape, _ name: @autoclosure () -> String) throws(UnfoldError) {
    guard shape == expected else { throw .shapeMismatch(of: name(), expected: expected, found: shape) }
  }
}
