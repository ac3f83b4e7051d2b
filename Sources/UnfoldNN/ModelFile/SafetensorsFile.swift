import Unfold

/// Named tensors and text in the safetensors format, which PyTorch, JAX and others read and write.
///
/// ```swift
/// var file = SafetensorsFile()
/// try file.append("fc1.bias", bias)
/// try file.write(to: "model.safetensors")
/// let read: Tensor<Float> = try SafetensorsFile(path: "model.safetensors").tensor("fc1.bias")
/// ```
///
/// A value in memory: the whole file is read, after its header has been checked against its size.
///
/// The header is read by the format's rules: names are what their bytes are, also where two are the same text in
/// different Unicode normalisations. Tensors of shorter numbers, `F16` and `BF16`, are widened when they are read. One of
/// another type (`I64`, `F8_E4M3`, one newer than this reader) does not affect the others; it is refused only when it is
/// read itself.
public struct SafetensorsFile {
  /// Free text under `__metadata__`.
  public var metadata: [String: String] {
    get { header.metadata }
    set { header.metadata = newValue }
  }

  var header = SafetensorsHeader()
  private var data: [UInt8] = []

  /// A file without tensors.
  public init() {}

  /// The contents of a file that has been read into memory.
  ///
  /// - Throws: ``ModelFileError`` unless the bytes are a whole, consistent safetensors file.
  public init(bytes: [UInt8]) throws(ModelFileError) {
    let length = try SafetensorsHeader.length(prefix: bytes, fileBytes: bytes.count)
    let dataStart = SafetensorsHeader.prefixBytes + length
    header = try SafetensorsHeader(
      json: Array(bytes[SafetensorsHeader.prefixBytes..<dataStart]), dataBytes: bytes.count - dataStart)
    data = Array(bytes[dataStart...])
  }

  /// The contents of a file on disk. A file that is not safetensors is refused after its first bytes, however large.
  ///
  /// - Throws: ``ModelFileError`` where it cannot be read or is not a whole, consistent safetensors file.
  public init(path: String) throws(ModelFileError) {
    let file = try RegularFile(reading: path)
    let prefix = try file.read(SafetensorsHeader.prefixBytes)
    let length = try SafetensorsHeader.length(prefix: prefix, fileBytes: file.byteCount)
    let dataBytes = file.byteCount - SafetensorsHeader.prefixBytes - length
    let json = try file.read(length)
    guard json.count == length else {
      throw .truncated(
        expectedBytes: SafetensorsHeader.prefixBytes + length,
        foundBytes: SafetensorsHeader.prefixBytes + json.count)
    }
    header = try SafetensorsHeader(json: json, dataBytes: dataBytes)
    data = try file.read(dataBytes)
    guard data.count == dataBytes else { throw .truncated(expectedBytes: dataBytes, foundBytes: data.count) }
  }

  /// The names of the tensors, in the order of their bytes.
  public var names: [String] { header.tensors.keys.sorted().map(\.text) }

  /// The shape of a tensor, nil where there is none of this name.
  public func shape(of name: String) -> Shape? { header.tensors[FileName(name)].map { Shape($0.shape) } }

  /// A tensor by its name. Elements of a shorter type than `Scalar`, `F16`, `BF16` or `F32`, are widened, which is exact.
  ///
  /// - Throws: ``ModelFileError/missingTensor(_:)``, ``ModelFileError/wrongType(tensor:expected:found:)`` where the
  ///   elements are of a type that `Scalar` does not hold, and ``ModelFileError/nonFiniteValue(tensor:index:)``.
  /// - Complexity: O(`count`).
  public func tensor<Scalar: TensorScalar>(_ name: String, of type: Scalar.Type = Scalar.self) throws(ModelFileError)
    -> Tensor<Scalar>
  {
    guard let entry = header.tensors[FileName(name)] else { throw .missingTensor(name) }
    guard let type = ElementType(rawValue: entry.dtype), type.fits(Scalar.self) else {
      throw .wrongType(tensor: name, expected: ElementType.names(fitting: Scalar.self), found: entry.dtype)
    }
    var tensor: Tensor<Scalar>
    do {
      tensor = try Tensor(zeros: Shape(entry.shape))
    } catch {
      throw .memory(bytes: entry.bytes.count)
    }
    data.withUnsafeBytes { source in
      let source = UnsafeRawBufferPointer(rebasing: source[entry.bytes])
      tensor.withUnsafeMutableBufferPointer { type.read(source, into: $0) }
    }
    try Self.requireFinite(tensor, name)
    return tensor
  }

  /// Appends a tensor.
  ///
  /// - Throws: ``ModelFileError/nonFiniteValue(tensor:index:)``, and ``ModelFileError/unexpectedTensor(_:)`` where the
  ///   name is taken or reserved.
  public mutating func append<Scalar: TensorScalar>(_ name: String, _ tensor: Tensor<Scalar>) throws(ModelFileError) {
    let key = FileName(name)
    guard header.tensors[key] == nil, key != SafetensorsHeader.metadataName else { throw .unexpectedTensor(name) }
    try Self.requireFinite(tensor, name)
    let start = data.count
    tensor.withUnsafeBufferPointer { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
    header.tensors[key] = .init(
      dtype: (Scalar.self == Double.self ? ElementType.double : .float).rawValue, shape: tensor.shape.extents,
      bytes: start..<data.count)
  }

  /// The file with other names for some of its tensors; a name that none of them has changes nothing.
  ///
  /// - Parameter names: The new names by the old ones.
  func renamed(_ names: [FileName: String]) -> SafetensorsFile {
    var file = self
    for (old, new) in names {
      if let entry = file.header.tensors.removeValue(forKey: old) { file.header.tensors[FileName(new)] = entry }
    }
    return file
  }

  /// Writes the file atomically: even after a crash or with a full disk, the path holds either its previous content or
  /// the whole new file. It is written to a temporary file in the same directory, which is synced and renamed; then the
  /// directory is synced.
  ///
  /// - Throws: ``ModelFileError``; the previous file is then untouched and the temporary one removed.
  public func write(to path: String) throws(ModelFileError) {
    let head = try header.encoded()
    let file = WholeFile(path)
    try file.replace { descriptor throws(ModelFileError) in
      try file.write(head, to: descriptor)
      try file.write(data, to: descriptor)
    }
  }

  /// The bytes of the file.
  ///
  /// - Throws: ``ModelFileError/headerTooLong(bytes:limit:)``.
  public func bytes() throws(ModelFileError) -> [UInt8] { try header.encoded() + data }

  private static func requireFinite<Scalar>(_ tensor: Tensor<Scalar>, _ name: String) throws(ModelFileError) {
    let culprit = tensor.withUnsafeBufferPointer { $0.firstIndex { !$0.isFinite } }
    if let culprit { throw .nonFiniteValue(tensor: name, index: culprit) }
  }
}
