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
