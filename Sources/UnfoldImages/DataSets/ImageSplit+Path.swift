extension ImageSplit {
  /// The images of a folder or file, whose kind is found out:
  ///
  /// - a folder with folders `train` and `val` (or `valid`, `validation`, `test`), each with a folder for each class;
  /// - a folder with a folder for each class;
  /// - CIFAR-10 or CIFAR-100 in its binary version;
  /// - an `.npz` file, or a folder of `.npy` files, with arrays `x` and `y`, or `x_train`, `y_train`, `x_test`, `y_test`;
  /// - WebDataset's tar file, or a folder of them, some of which may begin with `val` or `test`;
  /// - a CSV file of paths and classes.
  ///
  /// - Parameters:
  ///   - path: The folder or file.
  ///   - validationShare: The part of the images for validation, where the data have no part of their own for it.
  ///   - seed: Of the split.
  ///   - policy: What is done with files in class folders that are no images.
  /// - Throws: ``ImageError``, one line that says what is wrong.
  public init(
    path: String, validationShare: Double? = nil, seed: UInt64 = 0, onBadImage policy: BadImagePolicy = .stop
  ) throws(ImageError) {
    if FileIdentity(folder: path) != nil {
      try self.init(folder: path, validationShare, seed, policy)
      return
    }
    let file = try InputFile(path: path)
    let start = try file.bytes(at: 0, count: 512)
    if start.starts(with: ZIPFile.magic) {
      let archive = try ZIPFile(file.bytes(), path: path)
      self = try ArrayImages.split(path: path, validationShare: validationShare, seed: seed) {
        name throws(ImageError) in
        try archive.bytes(of: "\(name).npy").map { ($0, "\(path), \(name)") }
      }
    } else if start.count == 512, start[257..<262].elementsEqual("ustar".utf8) {
      try self.init(whole: TarImages(paths: [path]), validationShare: validationShare, seed: seed, path: path)
    } else if ImageFormat(firstBytes: start) != nil {
      throw .wrongKind(path: path, expected: "a folder of images, or a file of many", found: "one image")
    } else {
      try self.init(whole: ListedImages(path: path), validationShare: validationShare, seed: seed, path: path)
    }
  }

  private init(folder: String, _ share: Double?, _ seed: UInt64, _ policy: BadImagePolicy) throws(ImageError) {
    let listing = try FolderListing(path: folder)
    let names = Set(listing.files)
    if let split = try CIFARImages.split(folder: folder, names: names) {
      self = split
      return
    }
    if names.contains("x.npy") || names.contains("x_train.npy") {
      self = try ArrayImages.split(path: folder, validationShare: share, seed: seed) { name throws(ImageError) in
        guard names.contains("\(name).npy") else { return nil }
        return (try InputFile(path: "\(folder)/\(name).npy").bytes(), "\(folder)/\(name).npy")
      }
      return
    }
    let archives = listing.files.filter { $0.hasSuffix(".tar") }
    if !archives.isEmpty {
      let isJudge = { (name: String) in name.hasPrefix("val") || name.hasPrefix("test") }
      let training = try TarImages(paths: archives.filter { !isJudge($0) }.map { "\(folder)/\($0)" })
      guard archives.contains(where: isJudge) else {
        try self.init(whole: training, validationShare: share, seed: seed, path: folder)
        return
      }
      let validation = try TarImages(
        paths: archives.filter(isJudge).map { "\(folder)/\($0)" }, classes: training.classNames.count)
      try self.init(training: training, validation: validation, path: folder)
      return
    }
    if listing.folders.contains("train") {
      let training = try ClassFolders(path: "\(folder)/train", onBadImage: policy)
      guard let name = ["val", "valid", "validation", "test"].first(where: listing.folders.contains) else {
        try self.init(
          whole: training, validationShare: share, seed: seed, skipped: training.skipped, path: "\(folder)/train")
        return
      }
      let validation = try ClassFolders(path: "\(folder)/\(name)", onBadImage: policy)
      try self.init(
        training: training, validation: validation, skipped: training.skipped + validation.skipped, path: folder)
      return
    }
    let all = try ClassFolders(path: folder, onBadImage: policy)
    if all.count == 0, all.skipped.isEmpty, !listing.files.isEmpty { throw .tooFewClasses(path: folder, found: []) }
    try self.init(whole: all, validationShare: share, seed: seed, skipped: all.skipped, path: folder)
  }

  /// A data set without a validation part of its own.
  init(
    whole: any ImageDataSet, validationShare: Double?, seed: UInt64, skipped: [ImageError] = [], path: String
  ) throws(ImageError) {
    guard let validationShare else {
      // Says what is wrong with the data, if something is, before it asks for a share.
      try self.init(
        training: whole, validation: ImageSubset(unchecked: whole, []), skipped: skipped, path: path)
      return
    }
    try self.init(whole, validationShare: validationShare, seed: seed, skipped: skipped, path: path)
  }
}
