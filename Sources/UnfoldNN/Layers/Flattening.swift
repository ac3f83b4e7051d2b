import Unfold

/// The elements of a map as one vector, in the order of memory: row, column, channel. No element is copied.
///
/// PyTorch flattens in the order channel, row, column; a saved file takes that into account, see
/// ``ParameterRole/weights(map:)``.
public struct Flattening: SavedLayer {
  public static var savedName: String { "flattening" }
  public var kind: String { "flatten" }

  /// A layer.
  public init() {}

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    [try inputs.single(of: self).elementCount()]
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ViewKernel<Scalar>() }
}

/// The same elements under another shape.
public struct Reshaping: SavedLayer {
  /// The shape of a sample of the output.
  public let shape: Shape

  public static var savedName: String { "reshaping" }
  public var kind: String { "reshape" }

  /// A layer.
  public init(to shape: Shape) { self.shape = shape }

  public func outputShape(_ inputs: [Shape]) throws(UnfoldError) -> Shape {
    let input = try inputs.single(of: self)
    guard try input.elementCount() == shape.elementCount(), try shape.elementCount() > 0 else {
      throw .shapeMismatch(of: "reshaped sample", expected: input, found: shape)
    }
    return shape
  }

  public func kernel<Scalar: TensorScalar>(
    _ inputs: [Shape], batch: Int, of type: Scalar.Type
  ) throws(UnfoldError) -> any Kernel<Scalar> { ViewKernel<Scalar>() }
}

/// Nothing to do: input and output share their memory, and so do their gradients.
extension Layer {
  /// Whether the output is the input under another shape.
  var isView: Bool { self is Flattening || self is Reshaping }
}

final class ViewKernel<Scalar: TensorScalar>: Kernel {
  var needs: BackwardNeeds { [] }
  func forward(_ pass: NodePass<Scalar>) {}
  func backward(_ pass: NodePass<Scalar>) {}
}
