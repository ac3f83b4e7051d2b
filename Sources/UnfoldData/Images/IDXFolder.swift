import Glibc

/// The four files of a data set in the manner of MNIST, found in a folder: images of grey pixels (three axes) or of
/// colours (four), and labels.
struct IDXFolder {
  let trainingImages: String
  let trainingLabels: String
  let testImages: String
  let testLabels: String

  init(path: String, advice: String) throws(DataError) {
    guard let kind = try Self.kind(of: path) else { throw .notFound(path: path, advice: advice) }
    guard kind == S_IFDIR else {
      throw .wrongKind(path: path, expected: "a folder of IDX files", found: "a file")
    }
    var missing: [String] = []
    func find(_ part: String, axes: [Int]) throws(DataError) -> String {
      for name in Self.names(part, axes) {
        let candidate = "\(path)/\(name)"
        if try Self.kind(of: candidate) != nil { return candidate }
      }
      missing.append(axes.map { "\(part)-idx\($0)-ubyte" }.joined(separator: " or "))
      return ""
    }
    trainingImages = try find("train-images", axes: [3, 4])
    trainingLabels = try find("train-labels", axes: [1])
    testImages = try find("t10k-images", axes: [3, 4])
    testLabels = try find("t10k-labels", axes: [1])
    guard missing.isEmpty else { throw .incompleteFolder(path: path, missing: missing, advice: advice) }
  }

  /// The possible names of a part's file. The number of axes in a name does not matter: the file's header decides.
  private static func names(_ part: String, _ axes: [Int]) -> [String] {
    var names: [String] = []
    for count in axes {
      for (before, behind) in [("-", "-"), (".", "-"), ("-", "."), (".", ".")] {
        for ending in ["", ".gz"] { names.append("\(part)\(before)idx\(count)\(behind)ubyte\(ending)") }
      }
    }
    return names
  }

  /// The file type bits of what lies at a path; nil where nothing does.
  private static func kind(of path: String) throws(DataError) -> mode_t? {
    var status = stat()
    if stat(path, &status) == 0 { return status.st_mode & S_IFMT }
    let code = errno
    guard code == ENOENT || code == ENOTDIR else {
      throw .unreadable(path: path, reason: String(cString: strerror(code)))
    }
    return nil
  }
}
