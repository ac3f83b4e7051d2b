import FoundationEssentials
import UnfoldData

/// Shapes of `Benchmarks/Shapes`.
///
/// - Parameters:
///   - type: Which driver's file it is.
///   - file: Its name without `.txt`.
///   - names: The shapes' names; those that the file has under several algorithms come once for each.
/// - Throws: `DataError` for a file that is missing or damaged, ``MissingShape`` for a name that it does not have.
func shapes<Descriptor: ShapeDescriptor>(
  _ type: Descriptor.Type = Descriptor.self, in file: String, named names: String...
) throws -> [Descriptor] {
  // Beside the sources, so that the working directory does not matter.
  let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  let path = folder.appending(path: "Shapes/\(file).txt").path
  let descriptors = try ShapeFile<Descriptor>(path: path).descriptors
  return try names.flatMap { name in
    let found = descriptors.filter { $0.name == name }
    guard !found.isEmpty else { throw MissingShape(name: name, path: path) }
    return found
  }
}

/// A suite names a shape that its file does not have.
struct MissingShape: Error, CustomStringConvertible {
  let name: String
  let path: String

  var description: String { "\(path): expected a shape with the name \(name), found none" }
}
