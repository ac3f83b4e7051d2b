import Glibc

/// The four files of a data set in the manner of MNIST, found in a folder.
struct IDXFolder {
  let trainingImages: String
  let trainingLabels: String
  let testImages: String
  let testLabels: String

  init(path: String, advice: String) throws(DataError) {
    guard let kind = Self.kind(of: path) else { throw .notFound(path: path, advice: advice) }
    guard kind == S_IFDIR else {
      throw .wrongKind(path: path, expected: "a folder of IDX files", found: "a file")
    }
    var missing: [String] = []
    func find(_ part: String, _ format: String) -> String {
      for name in ["\(part)-\(format)", "\(part).\(format)"] {
        for ending in ["", ".gz"] where Self.kind(of: "\(path)/\(name)\(ending)") != nil {
          return "\(path)/\(name)\(ending)"
        }
      }
      missing.append("\(part)-\(format)")
      return ""
    }
    trainingImages = find("train-images", "idx3-ubyte")
    trainingLabels = find("train-labels", "idx1-ubyte")
    testImages = find("t10k-images", "idx3-ubyte")
    testLabels = find("t10k-labels", "idx1-ubyte")
    guard missing.isEmpty else { throw .incompleteFolder(path: path, missing: missing, advice: advice) }
  }

  /// The file type bits of what lies at a path; nil where nothing does, or where the way there is closed.
  private static func kind(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}
