/// Written as its windows and weights; read with the checks of ``init(from:to:entries:)``.
extension FilterTransform: Codable {
  private enum Key: String, CodingKey {
    case source, target, entries
  }

  /// - Throws: `DecodingError`, and ``UnfoldError`` as ``init(from:to:entries:)``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try self.init(
      from: container.decode(Extent.self, forKey: .source), to: container.decode(Extent.self, forKey: .target),
      entries: container.decode([Entry].self, forKey: .entries))
  }

  /// Writes `source`, `target` and `entries`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(source, forKey: .source)
    try container.encode(target, forKey: .target)
    try container.encode(entries, forKey: .entries)
  }
}
