extension Comparison {
  /// Reads a file.
  ///
  /// - Throws: ``CommandError`` for a file that cannot be read or is no comparison, saying where it is not.
  init(path: String) throws(CommandError) {
    try self.init(json: try InputFile(path).bytes(), path: path)
  }

  /// - Parameter path: Where the bytes come from, for messages.
  /// - Throws: ``CommandError/file(path:reason:)``.
  init(json: [UInt8], path: String) throws(CommandError) {
    self = try decodedJSON(json, path: path, kind: "a comparison")
  }
}
