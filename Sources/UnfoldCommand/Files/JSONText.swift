import FoundationEssentials

/// The JSON of a value: with sorted keys, so that two runs can be compared line by line, and with `"nan"` and `"inf"` as
/// strings, for which JSON has no numbers.
///
/// - Throws: ``CommandError/unexpected(_:expected:found:)`` where the value's own encoding fails.
func jsonText(_ value: some Encodable, pretty: Bool = true) throws(CommandError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    throw .unexpected("JSON", expected: "encodable values", found: "\(error)")
  }
}

/// A value from JSON as ``jsonText(_:pretty:)`` writes it.
///
/// - Parameters:
///   - path: Where the bytes come from, for messages.
///   - kind: What they should be, likewise.
/// - Throws: ``CommandError/file(path:reason:)``, which says where they are something else.
func decodedJSON<Value: Decodable>(_ json: [UInt8], path: String, kind: String) throws(CommandError) -> Value {
  let decoder = JSONDecoder()
  decoder.nonConformingFloatDecodingStrategy = .convertFromString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return try decoder.decode(Value.self, from: Data(json))
  } catch let error as DecodingError {
    throw .file(path: path, reason: "expected \(kind) in JSON, found \(fault(error))")
  } catch {
    throw .file(path: path, reason: "expected \(kind) in JSON, found \(error)")
  }
}

private func fault(_ error: DecodingError) -> String {
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
