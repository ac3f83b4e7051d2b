/// The errors of the readers of data: every case names the file, and what was expected and found there.
public enum DataError: Error, Hashable, Sendable {
  /// There is nothing at the path. `advice` says how to get it, where that is known.
  case notFound(path: String, advice: String)
  /// Something other than a regular file (or, for a folder of data, other than a directory) lies at the path.
  case wrongKind(path: String, expected: String, found: String)
  /// The system refused to open or to read it.
  case unreadable(path: String, reason: String)
  /// A folder lacks some of the files that make up a data set.
  case incompleteFolder(path: String, missing: [String], advice: String)
  /// A field of a file has a value that it cannot have.
  case malformed(path: String, field: String, expected: String, found: String)
  /// The file ends too early. Both numbers count decoded bytes.
  case truncated(path: String, expected: Int, found: Int)
  /// The file goes on where it should end.
  case trailingBytes(path: String, expectedLength: Int)
  /// A gzip stream is damaged.
  case damagedCompression(path: String, reason: String)
  /// The size that a header claims is more than such a file can hold, or more than the caller allows.
  case tooLarge(path: String, claimed: String, limit: Int)
  /// There are not as many labels as images.
  case countMismatch(images: Int, imagesPath: String, labels: Int, labelsPath: String)
  /// A label is not the number of a class.
  case labelOutOfRange(path: String, index: Int, label: Int, classes: Int)
  /// A line of a text is not in the format.
  case malformedLine(path: String, line: Int, expected: String, found: String)
  /// A line of a shape file is no descriptor of a shape.
  case malformedShape(path: String, line: Int, text: String, expected: String, found: String)
  /// A line of a shape file is a shape that the engine does not have, such as one with three spatial axes.
  case unsupportedShape(path: String, line: Int, text: String, reason: String)
}

extension DataError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path, let advice):
      "\(path): no such file or directory" + (advice.isEmpty ? "" : "; \(advice)")
    case .wrongKind(let path, let expected, let found):
      "\(path): expected \(expected), found \(found)"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .incompleteFolder(let path, let missing, let advice):
      "\(path): lacks \(missing.joined(separator: ", "))" + (advice.isEmpty ? "" : "; \(advice)")
    case .malformed(let path, let field, let expected, let found):
      "\(path): \(field): expected \(expected), found \(found)"
    case .truncated(let path, let expected, let found):
      "\(path): truncated: expected \(expected) bytes, found \(found)"
    case .trailingBytes(let path, let expectedLength):
      "\(path): expected the end after \(expectedLength) bytes, found more"
    case .damagedCompression(let path, let reason):
      "\(path): damaged gzip stream: \(reason)"
    case .tooLarge(let path, let claimed, let limit):
      "\(path): the header claims \(claimed) bytes, expected at most \(limit)"
    case .countMismatch(let images, let imagesPath, let labels, let labelsPath):
      "\(labelsPath): expected \(images) labels, one for each image of \(imagesPath), found \(labels)"
    case .labelOutOfRange(let path, let index, let label, let classes):
      "\(path): label \(index): expected 0 to \(classes - 1), found \(label)"
    case .malformedLine(let path, let line, let expected, let found):
      "\(path):\(line): expected \(expected), found \(found)"
    case .malformedShape(let path, let line, let text, let expected, let found):
      "\(path):\(line): \"\(text)\": expected \(expected), found \(found)"
    case .unsupportedShape(let path, let line, let text, let reason):
      "\(path):\(line): \"\(text)\": \(reason)"
    }
  }
}
