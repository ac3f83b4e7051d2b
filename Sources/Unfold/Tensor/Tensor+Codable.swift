extension Tensor: Codable where Scalar: Codable {
  private enum CodingKeys: String, CodingKey {
    case shape, elements
  }

  /// The tensor of a shape and as many elements.
  ///
  /// - Throws: `DecodingError`, also where the number of elements is not the shape's; and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: O(`count`).
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let shape = try container.decode(Shape.self, forKey: .shape)
    let elements = try container.decode([Scalar].self, forKey: .elements)
    do {
      try self.init(elements, shape: shape)
    } catch .invalidArgument(let name, let expected, let found) {
      let error = UnfoldError.invalidArgument(name, expected: expected, found: found)
      throw DecodingError.dataCorruptedError(
        forKey: .elements, in: container, debugDescription: "\(error)")
    }
  }

  /// Writes the shape, and the elements in row-major order: `{"shape": [2, 2], "elements": [1, 2, 3, 4]}`.
  ///
  /// - Throws: What the encoder throws; JSON's refuses infinities and NaN unless it is told how to write them.
  /// - Complexity: O(`count`).
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(shape, forKey: .shape)
    try container.encode(elements, forKey: .elements)
  }
}
