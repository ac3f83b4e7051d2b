/// The errors of images and of data sets of images: every case names the file, and what was expected and found there.
///
/// An image that is decoded from memory has the name that the caller gives, or "image".
public enum ImageError: Error, Hashable, Sendable {
  /// There is nothing at the path.
  case notFound(path: String)
  /// The system refused to open or to read it.
  case unreadable(path: String, reason: String)
  /// Something other than was expected lies at the path.
  case wrongKind(path: String, expected: String, found: String)
  /// The first bytes are those of no known format of images.
  case unknownFormat(path: String, found: String)
  /// The format is known, but this variant of it is not read.
  case unsupported(path: String, format: ImageFormat, feature: String)
  /// The image has more pixels than the limit. It is refused by its header, before memory is taken.
  case tooManyPixels(path: String, height: Int, width: Int, limit: Int)
  /// The image is damaged or ends too early.
  case damaged(path: String, format: ImageFormat, reason: String)
  /// A field of a data file has a value that it cannot have.
  case malformed(path: String, field: String, expected: String, found: String)
  /// A line of a text is not in the format.
  case malformedLine(path: String, line: Int, expected: String, found: String)
  /// A folder or file holds no images.
  case noImages(path: String)
  /// A data set has fewer than two classes.
  case tooFewClasses(path: String, found: [String])
  /// The classes of the validation images are not those of the training images.
  case differentClasses(path: String, onlyTraining: [String], onlyValidation: [String])
  /// One part of a split has no images.
  case emptyPart(path: String, part: String, advice: String)
  /// An argument has a value that it cannot have.
  case invalidArgument(name: String, expected: String, found: String)
}

extension ImageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let path):
      "\(quoted(path)): no such file or directory"
    case .unreadable(let path, let reason):
      "\(quoted(path)): cannot be read: \(reason)"
    case .wrongKind(let path, let expected, let found):
      "\(quoted(path)): expected \(expected), found \(found)"
    case .unknownFormat(let path, let found):
      "\(quoted(path)): expected a JPEG, PNG, WebP, BMP or PPM image, found \(found)"
    case .unsupported(let path, let format, let feature):
      "\(quoted(path)): \(feature) is not supported in \(format) images"
    case .tooManyPixels(let path, let height, let width, let limit):
      "\(quoted(path)): the header claims \(height)x\(width) pixels, expected at most \(limit) in all"
    case .damaged(let path, let format, let reason):
      "\(quoted(path)): damaged \(format) image: \(reason)"
    case .malformed(let path, let field, let expected, let found):
      "\(quoted(path)): \(field): expected \(expected), found \(found)"
    case .malformedLine(let path, let line, let expected, let found):
      "\(quoted(path)):\(line): expected \(expected), found \(found)"
    case .noImages(let path):
      "\(quoted(path)): expected images, found none"
    case .tooFewClasses(let path, let found):
      "\(quoted(path)): expected two classes or more, found \(found.isEmpty ? "none" : "only \(list(found))")"
    case .differentClasses(let path, let onlyTraining, let onlyValidation):
      "\(quoted(path)): expected the same classes for training and validation, found"
        + (onlyTraining.isEmpty ? "" : " only for training \(list(onlyTraining))")
        + (onlyTraining.isEmpty || onlyValidation.isEmpty ? "" : ";")
        + (onlyValidation.isEmpty ? "" : " only for validation \(list(onlyValidation))")
    case .emptyPart(let path, let part, let advice):
      "\(quoted(path)): expected \(part) images, found none; \(advice)"
    case .invalidArgument(let name, let expected, let found):
      "\(name): expected \(expected), found \(found)"
    }
  }
}

/// A path on one line: control characters, such as a newline in a name, are written as escapes.
func quoted(_ path: String) -> String {
  guard path.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else { return path }
  return path.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? $0.escaped(asASCII: true) : String($0) }.joined()
}

/// The first names of a list, and how many more there are.
private func list(_ names: [String]) -> String {
  let shown = names.prefix(5).map(quoted).joined(separator: ", ")
  return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
