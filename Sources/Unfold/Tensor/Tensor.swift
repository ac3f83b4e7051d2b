/// A dense, contiguous array of `Float` or `Double` with a shape. A value: a copy is independent, and costs nothing
/// until one of the two is written to.
///
/// Activations are NHWC (`[N, H, W, C]`, channels last), filters are RSCK (`[R, S, C, K]`), see
/// ``init(nchw:)`` and ``init(oihw:)`` for conversions.
///
/// ```swift
/// var image = try Tensor<Float>(zeros: [1, 28, 28, 1])
/// image[0, 14, 14, 0] = 1
/// ```
///
/// **Empty tensors.** An extent may be 0: such a tensor is made, copied, compared, reshaped, rearranged between layouts
/// and stored like any other. No operator accepts one, in the engine, the reference and networks alike: a shape with an
/// extent of 0 is refused with ``UnfoldError/invalidArgument(_:expected:found:)``, because a mean, a maximum or a batch
/// of nothing is nearly always a mistake of the caller.
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The extents, outermost first.
  public let shape: Shape
  /// The number of elements, the product of the extents.
  public let count: Int
  var storage: TensorStorage<Scalar>

  /// An uninitialised tensor, for an output that is about to be written in full.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  public init(uninitialized shape: Shape) throws(UnfoldError) {
    count = try shape.elementCount()
    storage = try TensorStorage(uninitialized: count)
    self.shape = shape
  }

  /// A tensor with every element equal to `value`.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  public init(repeating value: Scalar, shape: Shape) throws(UnfoldError) {
    try self.init(uninitialized: shape)
    storage.base.initialize(repeating: value, count: count)
  }

  /// A tensor of zeros.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  public init(zeros shape: Shape) throws(UnfoldError) { try self.init(repeating: 0, shape: shape) }

  /// A tensor that takes `elements` in row-major order (the last axis fastest).
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` where the number of elements is not the shape's.
  public init(_ elements: some Collection<Scalar>, shape: Shape) throws(UnfoldError) {
    // Before memory for a shape that may come from a file is allocated.
    let expected = try shape.elementCount()
    guard elements.count == expected else {
      throw .invalidArgument("elements", expected: "\(expected) for shape \(shape)", found: "\(elements.count)")
    }
    try self.init(uninitialized: shape)
    _ = UnsafeMutableBufferPointer(start: storage.base, count: count).initialize(from: elements)
  }

  /// A tensor whose elements are computed one by one in row-major order from their running index.
  ///
  /// - Throws: ``UnfoldError`` for a negative extent or a size that the machine cannot hold.
  public init(shape: Shape, _ element: (Int) -> Scalar) throws(UnfoldError) {
    try self.init(uninitialized: shape)
    for index in 0..<count { (storage.base + index).initialize(to: element(index)) }
  }

  /// The same elements in the same order under another shape. No element is copied.
  ///
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where the number of elements differs.
  public func reshaped(to shape: Shape) throws(UnfoldError) -> Tensor {
    guard try shape.elementCount() == count else {
      throw .shapeMismatch(of: "reshaped tensor of \(count) elements", expected: self.shape, found: shape)
    }
    return Tensor(shape: shape, count: count, storage: storage)
  }

  init(shape: Shape, count: Int, storage: TensorStorage<Scalar>) {
    self.shape = shape
    self.count = count
    self.storage = storage
  }

  /// The elements as an array, in row-major order.
  public var elements: [Scalar] { withUnsafeBufferPointer { Array($0) } }

  /// Makes this tensor the only owner of its memory, copying where another shares it.
  mutating func makeUnique() {
    guard !isKnownUniquelyReferenced(&storage) else { return }
    // The same size has just been held twice, so that a refusal here means that the machine is out of memory.
    guard let copy = try? TensorStorage<Scalar>(uninitialized: count) else {
      preconditionFailure("\(UnfoldError.outOfMemory(bytes: count * MemoryLayout<Scalar>.stride))")
    }
    copy.base.initialize(from: storage.base, count: count)
    storage = copy
  }
}

extension Tensor: Equatable {
  /// Equal shapes and equal elements. A NaN is not equal to itself.
  public static func == (left: Tensor, right: Tensor) -> Bool {
    left.shape == right.shape && (0..<left.count).allSatisfy { left.storage.base[$0] == right.storage.base[$0] }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = (0..<min(count, 8)).map { storage.base[$0].messageText }.joined(separator: ", ")
    return "Tensor<\(Scalar.self)>\(shape) {\(shown)\(count > 8 ? ", …" : "")}"
  }
}
