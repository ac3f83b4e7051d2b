/// The shapes of an operator that has a filter: a convolution, or a transposed one.
public protocol FilterDescriptor: ShapeDescriptor {
  /// `g`: the number of groups.
  var groups: Int { get }
  /// `ic`: the channels of the input, of all groups together.
  var inputChannels: Int { get }
  /// `oc`: the channels of the output, of all groups together.
  var outputChannels: Int { get }
  /// The rows; nil for an operator along one axis.
  var vertical: DescriptorAxis? { get }
  /// The columns.
  var horizontal: DescriptorAxis { get }
}
