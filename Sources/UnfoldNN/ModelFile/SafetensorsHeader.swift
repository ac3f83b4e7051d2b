import Foundation

/// The directory of a safetensors file: which tensor lies where.
///
/// ```
/// +---------------+------------------------------------+---------------------------+
/// | length, 8 B   | {"fc1.bias": {"dtype": "F32",       | the elements, little      |
/// | little endian |   "shape": [10],                    | endian, row-major, without|
/// |               |   "data_offsets": [0, 40]}, ...}    | gaps                      |
/// +---------------+------------------------------------+---------------------------+
///                                                       ^ offsets count from here
/// ```
///
/// Source: the format's specification, <https://github.com/huggingface/safetensors#format>.
struct SafetensorsHeader: Equatable {
  /// The bytes of the length field before the header.
  static let prefixBytes = 8
  /// The longest header that the format's own reader takes.
  static let longest = 100_000_000

  /// Where a tensor lies and what it is.
  struct Entry: Codable, Equatable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }

    /// The bytes after the header that hold the tensor. Valid once the header has been checked.
    var bytes: Range<Int> { dataOffsets[0]..<dataOffsets[1] }
  }

  /// One entry a tensor.
  var tensors: [String: Entry]
  /// Free text, under `__metadata__`.
  var metadata: [String: String]

  init(tensors: [String: Entry], metadata: [String: String]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The length of the header that the first eight bytes announce.
  ///
  /// - Parameters:
  ///   - prefix: The first bytes of the file.
  ///   - fileBytes: The size of the whole file.
  static func length(prefix: [UInt8], fileBytes: Int) throws(ModelFileError) -> Int {
    guard prefix.count >= prefixBytes, fileBytes >= prefixBytes else {
      throw .truncated(expectedBytes: prefixBytes, foundBytes: min(prefix.count, fileBytes))
    }
    var length: UInt64 = 0
    for byte in prefix[0..<prefixBytes].reversed() { length = length << 8 | UInt64(byte) }
    guard length <= longest else { throw .headerTooLong(bytes: length, limit: longest) }
    guard Int(length) <= fileBytes - prefixBytes else {
      throw .truncated(expectedBytes: prefixBytes + Int(length), foundBytes: fileBytes)
    }
    return Int(length)
  }

  /// A checked header: every tensor's bytes are in the file, as many as its shape needs, without gap or overlap.
  ///
  /// - Parameters:
  ///   - json: The header's bytes.
  ///   - dataBytes: The number of bytes after it.
  init(json: [UInt8], dataBytes: Int) throws(ModelFileError) {
    guard json.first == UInt8(ascii: "{") else {
      throw .foreign(reason: "a header that does not begin with a brace")
    }
    do {
      self = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(json))
    } catch {
      throw .foreign(reason: "a header that is no directory of tensors")
    }
    try check(dataBytes: dataBytes)
  }

  /// The header as it stands in a file: its length and the JSON, padded with spaces so that the elements are aligned.
  func encoded() throws(ModelFileError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json: [UInt8]
    do {
      json = Array(try encoder.encode(self))
    } catch {
      throw .foreign(reason: "a header that cannot be written as JSON")
    }
    while json.count % Self.prefixBytes != 0 { json.append(UInt8(ascii: " ")) }
    guard json.count <= Self.longest else { throw .headerTooLong(bytes: UInt64(json.count), limit: Self.longest) }
    return (0..<Self.prefixBytes).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
  }

  private func check(dataBytes: Int) throws(ModelFileError) {
    for (name, entry) in tensors {
      guard entry.dataOffsets.count == 2, entry.dataOffsets[0] >= 0, entry.dataOffsets[1] >= entry.dataOffsets[0]
      else {
        throw .invalidOffsets(
          tensor: name, reason: "expected two ascending data offsets, found \(entry.dataOffsets)")
      }
      guard let elementBytes = Self.elementBytes[entry.dtype] else {
        throw .wrongType(tensor: name, expected: "a type of the safetensors format", found: entry.dtype)
      }
      var bytes = elementBytes
      for extent in entry.shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else {
          throw .invalidOffsets(tensor: name, reason: "expected a shape that fits in memory, found \(entry.shape)")
        }
        bytes = product
      }
      guard bytes == entry.bytes.count else {
        throw .invalidOffsets(
          tensor: name, reason: "expected \(bytes) bytes for shape \(entry.shape), found \(entry.bytes.count)")
      }
    }
    var end = 0
    // Tensors without elements share their offset with their neighbour: the name breaks the tie.
    let ordered = tensors.sorted {
      ($0.value.dataOffsets[0], $0.value.dataOffsets[1], $0.key)
        < ($1.value.dataOffsets[0], $1.value.dataOffsets[1], $1.key)
    }
    for (name, entry) in ordered {
      guard entry.bytes.lowerBound == end else {
        throw .invalidOffsets(
          tensor: name, reason: "expected its data at offset \(end), found it at \(entry.bytes.lowerBound)")
      }
      end = entry.bytes.upperBound
    }
    guard end <= dataBytes else { throw .truncated(expectedBytes: end, foundBytes: dataBytes) }
    guard end == dataBytes else {
      throw .foreign(reason: "\(dataBytes - end) bytes after the last tensor")
    }
  }

  /// The size of one element. Types that a network of this module cannot hold are refused when they are read.
  private static let elementBytes = [
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2,
    "U8": 1, "BOOL": 1,
  ]
}

extension SafetensorsHeader: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private static let metadataName = Name("__metadata__")

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    tensors = [:]
    metadata = [:]
    for name in container.allKeys {
      if name.stringValue == Self.metadataName.stringValue {
        metadata = try container.decode([String: String].self, forKey: name)
      } else {
        tensors[name.stringValue] = try container.decode(Entry.self, forKey: name)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: Self.metadataName) }
    for (name, entry) in tensors { try container.encode(entry, forKey: Name(name)) }
  }
}
