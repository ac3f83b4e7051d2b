import Glibc

/// The names in a folder, sorted by their bytes, without those that begin with a dot.
struct FolderListing {
  /// The folders, and the links to folders.
  private(set) var folders: [String] = []
  /// Everything else.
  private(set) var files: [String] = []
  /// Names that are no UTF-8, with the bytes that are not replaced.
  private(set) var unreadableNames: [String] = []

  init(path: String) throws(ImageError) {
    guard let stream = opendir(path) else { throw fileError(path, errno) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if bytes.first == UInt8(ascii: ".") { continue }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        unreadableNames.append(String(decoding: bytes, as: UTF8.self))
        continue
      }
      if FileIdentity(folder: "\(path)/\(name)") != nil { folders.append(name) } else { files.append(name) }
    }
    folders.sort(by: precedes)
    files.sort(by: precedes)
  }
}

/// Which folder it is, whatever path leads to it.
struct FileIdentity: Hashable {
  private let device: UInt
  private let number: UInt

  /// Nil for what is not a folder, and for a link to nothing.
  init?(folder path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}

/// The order of names by their bytes, which no language or version of Unicode changes.
func precedes(_ first: String, _ second: String) -> Bool { first.utf8.lexicographicallyPrecedes(second.utf8) }

/// The paths of all files in a folder and in the folders within it, relative to it and sorted.
///
/// Links to folders are followed. One that leads back to a folder above itself ends there.
func filesWithin(_ root: String) throws(ImageError) -> (files: [String], unreadableNames: [String]) {
  var files: [String] = []
  var unreadableNames: [String] = []
  func visit(_ folder: String, _ above: [FileIdentity]) throws(ImageError) {
    let path = folder.isEmpty ? root : "\(root)/\(folder)"
    guard let identity = FileIdentity(folder: path) else { throw .notFound(path: path) }
    if above.contains(identity) { return }
    let listing = try FolderListing(path: path)
    let prefix = folder.isEmpty ? "" : folder + "/"
    files += listing.files.map { prefix + $0 }
    unreadableNames += listing.unreadableNames.map { prefix + $0 }
    for name in listing.folders { try visit(prefix + name, above + [identity]) }
  }
  try visit("", [])
  return (files.sorted(by: precedes), unreadableNames)
}
