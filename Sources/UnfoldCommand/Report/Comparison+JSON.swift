import FoundationEssentials

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
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      self = try decoder.decode(Comparison.self, from: Data(json))
    } catch let error as DecodingError {
      throw .file(path: path, reason: "expected a comparison in JSON, found \(Self.fault(error))")
    } catch {
      throw .file(path: path, reason: "expected a comparison in JSON, found \(error)")
    }
  }

  private static func fault(_ error: DecodingError) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let text = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
      return text.isEmpty ? "the whole" : String(text.drop { $0 == "." })
    }
    return switch error {
    case .keyNotFound(let key, let context): "no \"\(key.stringValue)\" in \(place(context.codingPath))"
    case .typeMismatch(_, let context): "another kind of value at \(place(context.codingPath))"
    case .valueNotFound(_, let context): "null at \(place(context.codingPath))"
    case .dataCorrupted(let context): "no JSON (\(place(context.codingPath)): \(context.debugDescription))"
    @unknown default: "\(error)"
    }
  }
}
