/// Images without classes: files, and those within folders, and one that has been read already.
public struct ImageFiles: ImageDataSet {
  public let classNames: [String] = []
  private let paths: [String]
  /// The bytes of the image ``standardInput``.
  private let input: [UInt8]
  /// The errors of files that were left out, with ``BadImagePolicy/skip``.
  public let skipped: [ImageError]

  /// Finds the images of some paths, in their order; those within a folder sorted by the bytes of their names.
  ///
  /// - Parameters:
  ///   - paths: Files and folders; ``standardInput`` for the image of `input`.
  ///   - input: The bytes of an image that is no file.
  ///   - policy: What is done with files that are no images or cannot be read.
  /// - Throws: ``ImageError`` for no images and, with ``BadImagePolicy/stop``, for such a file.
  /// - Complexity: O(files). Of each only the first bytes are read.
  public init(
    paths: [String], input: [UInt8] = [], onBadImage policy: BadImagePolicy = .stop
  ) throws(ImageError) {
    var found: [String] = []
    var skipped: [ImageError] = []
    for path in paths {
      if path == Self.standardInput {
        found.append(path)
        continue
      }
      let isFolder = FileIdentity(folder: path) != nil
      for file in isFolder ? try filesWithin(path).files.map({ "\(path)/\($0)" }) : [path] {
        do throws(ImageError) {
          try ClassFolders.requireImage(file)
          found.append(file)
        } catch {
          if policy == .stop { throw error }
          skipped.append(error)
        }
      }
    }
    guard !found.isEmpty else { throw .noImages(path: paths.joined(separator: ", ")) }
    self.paths = found
    self.input = input
    self.skipped = skipped
  }

  /// The name by which commands know their standard input.
  public static let standardInput = "-"

  public var count: Int { paths.count }
  public func name(of index: Int) -> String { paths[index] }
  public func stableName(of index: Int) -> String { paths[index] }
  /// Always 0: there are no classes.
  public func label(of index: Int) -> Int { 0 }

  public func content(of index: Int) throws(ImageError) -> ImageContent {
    paths[index] == Self.standardInput ? .encoded(input) : .encoded(try InputFile(path: paths[index]).bytes())
  }
}
