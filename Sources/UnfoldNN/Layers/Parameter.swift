import Unfold

/// Something that a layer learns: its value, and the loss's gradient with respect to it.
///
/// A class, because the layer that computes with it, the optimiser that changes it and the file that keeps it share one
/// value. The value may be replaced; its shape may not.
public final class Parameter<Scalar: TensorScalar> {
  /// What a parameter is, which decides how a file lays it out and whether weight decay may leave it out.
  public enum Role: Hashable, Sendable {
    /// A convolution's filters, `[R, S, C, K]`; `[K, C, R, S]` (OIHW) in a file.
    case filter
    /// A dense layer's weights, `[D, K]`; `[K, D]` in a file. Where the inputs are the pixels of a flattened
    /// `[H, W, C]` map, its shape is `map`, and D runs in the order C, H, W in a file.
    case weights(map: Shape? = nil)
    /// A bias, `[K]`.
    case bias
  }

  /// The name, dotted and unique within its network, for example `conv1.weight`.
  public internal(set) var name: String
  /// What the parameter is.
  public internal(set) var role: Role
  /// The value that the layer computes with.
  public var value: Tensor<Scalar>
  /// The gradient that the last backward pass left, of the value's shape. Each backward pass overwrites it.
  public var gradient: Tensor<Scalar>

  /// A parameter with its first value and a gradient of zeros.
  ///
  /// - Throws: ``UnfoldError/outOfMemory(bytes:)``.
  public init(_ name: String, role: Role, value: Tensor<Scalar>) throws(UnfoldError) {
    self.name = name
    self.role = role
    self.value = value
    gradient = try Tensor(zeros: value.shape)
  }
}
