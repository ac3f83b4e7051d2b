/// The directory of a safetensors file: the place of each tensor.
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

  /// The place, type and shape of a tensor.
  struct Entry: Equatable {
    /// The type of the elements, by the format's name for it; also one that is newer than this reader.
    let dtype: String
    /// The extents, outermost first.
    let shape: [Int]
    /// The bytes after the header that hold the tensor.
    let bytes: Range<Int>
  }

  /// One entry a tensor.
  var tensors: [FileName: Entry] = [:]
  /// Free text, under `__metadata__`.
  var metadata: [String: String] = [:]

  static let metadataName = FileName("__metadata__")

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

  /// Throws unless every tensor's bytes are as many as its shape needs, and all of them together are the file's,
  /// without gap or overlap.
  ///
  /// - Parameter dataBytes: The number of bytes after the header.
  func check(dataBytes: Int) throws(ModelFileError) {
    for (name, entry) in tensors { try Self.checkSize(of: entry, name.text) }
    var end = 0
    // Tensors without elements share their offset with their neighbour: the name breaks the tie.
    let ordered = tensors.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    for (name, entry) in ordered {
      guard entry.bytes.lowerBound == end else {
        throw .invalidOffsets(
          tensor: name.text, reason: "expected its data at offset \(end), found it at \(entry.bytes.lowerBound)")
      }
      end = entry.bytes.upperBound
    }
    guard end <= dataBytes else { throw .truncated(expectedBytes: end, foundBytes: dataBytes) }
    guard end == dataBytes else {
      throw .foreign(reason: "\(dataBytes - end) bytes after the last tensor")
    }
  }

  /// Throws unless a tensor has the bytes that its type and shape need. The elements of a type that is not known here
  /// have a size that is not known either, of one bit at least.
  private static func checkSize(of entry: Entry, _ name: String) throws(ModelFileError) {
    let elementBits = elementBits[entry.dtype]
    var bits = elementBits ?? 1
    // An array without elements is one, however large its other extents are.
    for extent in entry.shape.contains(0) ? [0] : entry.shape {
      let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw .invalidOffsets(tensor: name, reason: "expected a shape that fits in memory, found \(entry.shape)")
      }
      bits = product
    }
    let (wholeBytes, rest) = bits.quotientAndRemainder(dividingBy: 8)
    guard elementBits == nil || rest == 0 else {
      throw .invalidOffsets(
        tensor: name, reason: "expected whole bytes of \(entry.dtype), found \(bits) bits for shape \(entry.shape)")
    }
    let bytes = wholeBytes + (rest == 0 ? 0 : 1)
    guard elementBits == nil ? bytes <= entry.bytes.count : bytes == entry.bytes.count else {
      throw .invalidOffsets(
        tensor: name, reason: "expected \(bytes) bytes for shape \(entry.shape), found \(entry.bytes.count)")
    }
  }

  /// The size of one element.
  private static let elementBits = [
    "F64": 64, "F32": 32, "F16": 16, "BF16": 16, "I64": 64, "I32": 32, "I16": 16, "I8": 8, "U64": 64, "U32": 32,
    "U16": 16, "U8": 8, "BOOL": 8, "C64": 64, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4,
  ]
}
