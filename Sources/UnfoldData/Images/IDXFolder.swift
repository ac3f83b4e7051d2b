import Glibc

/// The four files of a data set in the manner of MNIST, found in a folder.
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
    func find(_ part: String, _ format: String) throws(DataError) -> String {
      for name in ["\(part)-\(format)", "\(part).\(format)"] {
        for ending in ["", ".gz"] {
          let candidate = "\(path)/\(name)\(ending)"
          if try Self.kind(of: candidate) != nil { return candidate }
        }
      }
      missing.append("\(part)-\(format)")
      return ""
    }
    trainingImages = try find("train-images", "idx3-ubyte")
    trainingLabels = try find("train-labels", "idx1-ubyte")
    testImages = try find("t10k-images", "idx3-ubyte")
    testLabels = try find("t10k-labels", "idx1-ubyte")
    guard missing.isEmpty else { throw .incompleteFolder(path: path, missing: missing, advice: advice) }
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
