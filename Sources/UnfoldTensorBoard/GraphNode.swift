/// A node of a graph, as TensorBoard draws it.
///
/// Nodes whose names have the same text before a slash, such as `block1/conv` and `block1/relu`, are drawn as one box
/// that opens.
public struct GraphNode: Hashable, Sendable {
  /// What TensorBoard shows about a node beside its operation.
  public enum Attribute: Hashable, Sendable {
    case text(String)
    case integer(Int)
    case number(Float)
    case boolean(Bool)
    /// The extents of a tensor; nil for one that is not known, such as the number of images.
    case shape([Int?])
    /// Several shapes. `_output_shapes` has those that TensorBoard writes on the edges.
    case shapes([[Int?]])
  }

  /// The name, which no other node has.
  public var name: String
  /// What the node computes, such as `Convolution`. TensorBoard colours nodes of one structure alike.
  public var operation: String
  /// The names of the nodes whose outputs it reads; `name:1` for an output other than the first.
  public var inputs: [String]
  public var attributes: [String: Attribute]

  public init(name: String, operation: String, inputs: [String] = [], attributes: [String: Attribute] = [:]) {
    self.name = name
    self.operation = operation
    self.inputs = inputs
    self.attributes = attributes
  }

  /// The name of the node that an input names.
  static func source(of input: String) -> Substring {
    let name = input.hasPrefix("^") ? input.dropFirst() : input[...]
    guard let colon = name.lastIndex(of: ":"), Int(name[name.index(after: colon)...]) != nil else { return name }
    return name[..<colon]
  }
}
