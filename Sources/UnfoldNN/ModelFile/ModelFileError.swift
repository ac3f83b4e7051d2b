/// What is wrong with a model file, or with the attempt to write one. The file that existed before is untouched.
public enum ModelFileError: Error, Hashable, Sendable {
  /// The operating system refused an operation on a path.
  case system(operation: String, path: String, message: String)
  /// The path names something that a model must not replace or cannot be read from: a directory, a device.
  case notARegularFile(path: String)
  /// The file ends before what its header announces.
  case truncated(expectedBytes: Int, foundBytes: Int)
  /// The file is not a safetensors file: its header is not the JSON object that the format prescribes.
  case foreign(reason: String)
  /// The header's length is beyond the format's limit of 100 MB.
  case headerTooLong(bytes: UInt64, limit: Int)
  /// A tensor's bytes lie outside the file, overlap another tensor's, leave a gap, or are not as many as its shape
  /// needs.
  case invalidOffsets(tensor: String, reason: String)
  /// A tensor's elements are of another type than the network's.
  case wrongType(tensor: String, expected: String, found: String)
  /// The network needs a tensor that the file does not have.
  case missingTensor(String)
  /// The file has a tensor that the network does not know.
  case unexpectedTensor(String)
  /// A tensor has another shape than the network's.
  case wrongShape(tensor: String, expected: [Int], found: [Int])
  /// A tensor holds a NaN or an infinity.
  case nonFiniteValue(tensor: String, index: Int)
  /// An entry of the metadata that describes the model is absent or malformed.
  case invalidMetadata(key: String, expected: String, found: String)
  /// The memory for a tensor cannot be had.
  case memory(bytes: Int)
}

extension ModelFileError: CustomStringConvertible {
  /// One line: what was expected and what was found.
  public var description: String {
    switch self {
    case .system(let operation, let path, let message):
      "\(path): cannot \(operation): \(message)"
    case .notARegularFile(let path):
      "\(path): expected a regular file, found a directory or device"
    case .truncated(let expectedBytes, let foundBytes):
      "model file: expected \(expectedBytes) bytes, found \(foundBytes): it is truncated"
    case .foreign(let reason):
      "model file: expected a safetensors file, found \(reason)"
    case .headerTooLong(let bytes, let limit):
      "model file: expected a header of at most \(limit) bytes, found \(bytes): it is not a safetensors file"
    case .invalidOffsets(let tensor, let reason):
      "tensor \(tensor): \(reason)"
    case .wrongType(let tensor, let expected, let found):
      "tensor \(tensor): expected elements of type \(expected), found \(found)"
    case .missingTensor(let tensor):
      "tensor \(tensor): expected by the model, not found in the file"
    case .unexpectedTensor(let tensor):
      "tensor \(tensor): found in the file, not expected by the model"
    case .wrongShape(let tensor, let expected, let found):
      "tensor \(tensor): expected shape \(expected), found \(found)"
    case .nonFiniteValue(let tensor, let index):
      "tensor \(tensor): expected finite numbers, found NaN or infinity at element \(index)"
    case .invalidMetadata(let key, let expected, let found):
      "metadata \(key): expected \(expected), found \(found)"
    case .memory(let bytes):
      "memory: the system refused an allocation of \(bytes) bytes"
    }
  }
}
