import Unfold
import UnfoldData

/// The shapes of a file that a command is to run, of any operator.
struct ShapeSelection<Descriptor: ShapeDescriptor> {
  struct Entry {
    /// Its name in tables: that in the file, or the whole descriptor where it has none.
    let label: String
    let descriptor: Descriptor
    let geometry: Descriptor.Geometry
    /// The line of the file.
    let line: Int
  }

  private(set) var entries: [Entry] = []
  /// The lines of the file that are not shapes, one sentence each.
  let skipped: [String]
  /// Whether the file has no shapes at all.
  let isFileEmpty: Bool

  /// - Parameters:
  ///   - batch: Replaces every shape's number of images.
  ///   - name: Only shapes whose name contains it; nil for all.
  /// - Throws: ``CommandError`` where the engine cannot do a shape.
  init(_ file: ShapeFile<Descriptor>, batch: Int?, name: String?) throws(CommandError) {
    if let batch, batch < 1 { throw .usage("--batch", expected: "1 or more", found: "\(batch)") }
    isFileEmpty = file.entries.isEmpty
    skipped = file.skipped.map { "\(file.path):\($0.line): skipped \($0.text): \($0.reason)" }
    for entry in file.entries {
      let descriptor = entry.descriptor
      let label = descriptor.name.isEmpty ? "\(descriptor)" : descriptor.name
      if let name, !label.contains(name) { continue }
      do throws(UnfoldError) {
        let geometry = try descriptor.geometry(batch: batch)
        entries.append(Entry(label: label, descriptor: descriptor, geometry: geometry, line: entry.line))
      } catch {
        let place = "\(file.path):\(entry.line)"
        // If the shape is valid with the file's batch, the option is the mistake.
        if let batch, (try? descriptor.geometry(batch: nil)) != nil {
          throw .usage(message: "--batch \(batch) for \(place), \"\(descriptor)\": \(error)")
        }
        throw .file(path: place, reason: "\"\(descriptor)\": \(error)")
      }
    }
  }
}
