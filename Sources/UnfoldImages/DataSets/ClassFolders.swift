/// Images in a folder for each class: `FOLDER/CLASS/*`, at any depth.
///
/// Classes and images are sorted by the bytes of their names. A file is an image by its first bytes, whatever its name.
/// Names that begin with a dot are left out. Links are followed; one that leads back to a folder above it ends there.
public struct ClassFolders: ImageDataSet {
  /// The folder.
  public let path: String
  public let classNames: [String]
  /// The images' paths, relative to the folder.
  public let files: [String]
  private let labels: [Int32]
  /// The errors of files that were left out, with ``BadImagePolicy/skip``.
  public let skipped: [ImageError]

  /// Finds the images. Of each file only the first bytes are read.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - policy: What is done with files that are no images or cannot be read.
  /// - Throws: ``ImageError`` for a folder that cannot be read and, with ``BadImagePolicy/stop``, such a file.
  /// - Complexity: O(files).
  public init(path: String, onBadImage policy: BadImagePolicy = .stop) throws(ImageError) {
    self.path = path
    guard FileIdentity(folder: path) != nil else {
      // An error for what is not there, or cannot be read.
      _ = try FolderListing(path: path)
      throw .wrongKind(path: path, expected: "a folder", found: "something else")
    }
    var classNames: [String] = []
    var files: [String] = []
    var labels: [Int32] = []
    var skipped: [ImageError] = []
    func report(_ error: ImageError) throws(ImageError) {
      if policy == .stop { throw error }
      skipped.append(error)
    }
    for name in try FolderListing(path: path).folders {
      let within: (files: [String], unreadableNames: [String])
      do throws(ImageError) {
        within = try filesWithin("\(path)/\(name)")
      } catch {
        try report(error)
        continue
      }
      for file in within.unreadableNames {
        try report(.unreadable(path: "\(path)/\(name)/\(file)", reason: "its name is not UTF-8"))
      }
      let count = files.count
      for file in within.files {
        let relative = "\(name)/\(file)"
        do throws(ImageError) {
          try Self.requireImage("\(path)/\(relative)")
        } catch {
          try report(error)
          continue
        }
        files.append(relative)
        labels.append(Int32(classNames.count))
      }
      if files.count > count { classNames.append(name) }
    }
    self.classNames = classNames
    self.files = files
    self.labels = labels
    self.skipped = skipped
  }

  /// Throws for a file whose first bytes are not those of an image.
  static func requireImage(_ path: String) throws(ImageError) {
    let start = try InputFile(path: path).bytes(at: 0, count: ImageFormat.signatureLength)
    guard ImageFormat(firstBytes: start) != nil else {
      throw .unknownFormat(path: path, found: firstBytesText(start))
    }
  }

  public var count: Int { files.count }
  public func name(of index: Int) -> String { "\(path)/\(files[index])" }
  public func stableName(of index: Int) -> String { files[index] }
  public func label(of index: Int) -> Int { Int(labels[index]) }

  public func content(of index: Int) throws(ImageError) -> ImageContent {
    .encoded(try InputFile(path: name(of: index)).bytes())
  }
}
