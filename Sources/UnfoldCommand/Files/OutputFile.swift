import UnfoldNN

/// A file of results, written atomically: see `WholeFile`.
struct OutputFile {
  private let file: WholeFile
  /// The path as the user gave it, for messages.
  var path: String { file.path }

  /// A file at `path`, which may exist. It is checked at once, so that a path that cannot be written to is reported
  /// before hours of work and not after.
  ///
  /// - Throws: ``CommandError``.
  init(_ path: String) throws(CommandError) {
    guard !path.isEmpty else { throw .unexpected("output file", expected: "a path", found: "an empty one") }
    file = WholeFile(path)
    try Self.inWords { () throws(ModelFileError) in try file.rehearse() }
  }

  /// Throws if the command reads the same file or writes it for another option too: one content would replace the
  /// other.
  ///
  /// - Parameters:
  ///   - option: The option that names this file.
  ///   - others: The paths of the other files.
  /// - Throws: ``CommandError/usage(message:)``.
  func requireOther(_ option: String, than others: [String?]) throws(CommandError) {
    for case let other? in others where file.isSame(as: other) {
      throw .usage(option, expected: "another file than \(other)", found: path)
    }
  }

  /// Replaces the file's content.
  ///
  /// - Throws: ``CommandError``; then the file is as it was.
  func write(_ text: String) throws(CommandError) { try write(Array(text.utf8)) }

  /// Replaces the file's content.
  ///
  /// - Throws: ``CommandError``; then the file is as it was.
  func write(_ bytes: [UInt8]) throws(CommandError) {
    try Self.inWords { () throws(ModelFileError) in
      try file.replace { descriptor throws(ModelFileError) in try file.write(bytes, to: descriptor) }
    }
  }

  private static func inWords(_ body: () throws(ModelFileError) -> Void) throws(CommandError) {
    do throws(ModelFileError) {
      try body()
    } catch {
      throw .failed("\(error)")
    }
  }
}
