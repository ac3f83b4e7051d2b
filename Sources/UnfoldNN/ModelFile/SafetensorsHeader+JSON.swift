extension SafetensorsHeader {
  /// A checked header, read by the format's rules and no others: UTF-8 that begins with a brace, every name once, extents
  /// and offsets whole numbers, white space at the end.
  ///
  /// - Parameters:
  ///   - json: The header's bytes.
  ///   - dataBytes: The number of bytes after it.
  init(json: [UInt8], dataBytes: Int) throws(ModelFileError) {
    guard json.first == UInt8(ascii: "{") else {
      throw .foreign(reason: "a header that does not begin with a brace")
    }
    let entries: [WrittenEntry]
    let texts: [(name: FileName, text: String)]
    do throws(JSONFault) {
      (entries, texts) = try Self.read(json)
    } catch {
      throw .foreign(reason: "a header with an error at byte \(error.position): expected \(error.expected)")
    }
    for (name, text) in texts {
      guard metadata.updateValue(text, forKey: name.text) == nil else {
        throw .invalidMetadata(
          key: name.text, expected: "names that are not each other's Unicode normalisation", found: "two that are")
      }
    }
    for entry in entries {
      let offsets = entry.offsets
      guard offsets.count == 2, offsets[1] >= offsets[0] else {
        throw .invalidOffsets(tensor: entry.name.text, reason: "expected two ascending data offsets, found \(offsets)")
      }
      tensors[entry.name] = Entry(dtype: entry.dtype, shape: entry.shape, bytes: offsets[0]..<offsets[1])
    }
    try check(dataBytes: dataBytes)
  }

  /// An entry of the header.
  private struct WrittenEntry {
    let name: FileName
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
  }

  private static func read(
    _ json: [UInt8]
  ) throws(JSONFault) -> ([WrittenEntry], [(name: FileName, text: String)]) {
    var entries: [WrittenEntry] = []
    var texts: [(name: FileName, text: String)] = []
    var reader = JSONReader(json)
    try reader.object { (reader, name) throws(JSONFault) in
      if name == metadataName {
        try reader.object { (reader, name) throws(JSONFault) in texts.append((name, try reader.string())) }
      } else {
        entries.append(try entry(name, &reader))
      }
    }
    try reader.end()
    return (entries, texts)
  }

  private static func entry(_ name: FileName, _ reader: inout JSONReader) throws(JSONFault) -> WrittenEntry {
    var (dtype, shape, offsets) = (String?.none, [Int]?.none, [Int]?.none)
    try reader.object { (reader, field) throws(JSONFault) in
      switch field {
      case FileName("dtype"): dtype = try reader.string()
      case FileName("shape"): shape = try numbers(&reader)
      case FileName("data_offsets"): offsets = try numbers(&reader)
      // The format's own reader ignores what it does not know.
      default: try reader.skipValue()
      }
    }
    guard let dtype, let shape, let offsets else {
      throw JSONFault(reader.position, "dtype, shape and data_offsets of \(jsonString(name.text))")
    }
    return WrittenEntry(name: name, dtype: dtype, shape: shape, offsets: offsets)
  }

  private static func numbers(_ reader: inout JSONReader) throws(JSONFault) -> [Int] {
    var numbers: [Int] = []
    try reader.list { (reader) throws(JSONFault) in numbers.append(try reader.wholeNumber()) }
    return numbers
  }

  /// The header's bytes in a file: its length and the JSON, names in the order of their bytes, padded with spaces so
  /// that the elements are aligned.
  func encoded() throws(ModelFileError) -> [UInt8] {
    var members = tensors.map { name, entry in
      let offsets = "\(entry.bytes.lowerBound),\(entry.bytes.upperBound)"
      let shape = entry.shape.map(String.init).joined(separator: ",")
      return (name, "{\"data_offsets\":[\(offsets)],\"dtype\":\(jsonString(entry.dtype)),\"shape\":[\(shape)]}")
    }
    if !metadata.isEmpty {
      members.append((Self.metadataName, Self.object(metadata.map { (FileName($0), jsonString($1)) })))
    }
    var json = Array(Self.object(members).utf8)
    while json.count % Self.prefixBytes != 0 { json.append(UInt8(ascii: " ")) }
    guard json.count <= Self.longest else { throw .headerTooLong(bytes: UInt64(json.count), limit: Self.longest) }
    return (0..<Self.prefixBytes).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private static func object(_ members: [(name: FileName, value: String)]) -> String {
    let sorted = members.sorted { $0.name < $1.name }
    return "{" + sorted.map { "\(jsonString($0.name.text)):\($0.value)" }.joined(separator: ",") + "}"
  }
}
