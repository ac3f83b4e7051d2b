extension Comparison {
  /// Reads a comparison.
  ///
  /// - Parameter path: Where the bytes come from, for messages.
  /// - Throws: ``CommandError/file(path:reason:)`` for what is no comparison, saying where it is not.
  init(json: [UInt8], path: String) throws(CommandError) {
    self = try decodedJSON(json, path: path, kind: "a comparison")
  }
}
