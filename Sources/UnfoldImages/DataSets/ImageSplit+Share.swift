extension ImageSplit {
  /// A data set, split by a hash of the images' names: an image keeps its part when others come or go, and wherever
  /// the data lie.
  ///
  /// - Parameters:
  ///   - whole: All images.
  ///   - share: The part of the images for validation, above 0 and below 1.
  ///   - seed: Another seed gives another split.
  ///   - skipped: The errors of files that were left out.
  ///   - path: What errors call the data.
  /// - Throws: ``ImageError`` for another share, fewer than two classes, and an empty part.
  /// - Complexity: O(bytes of the names).
  public init(
    _ whole: any ImageDataSet, validationShare share: Double, seed: UInt64, skipped: [ImageError] = [],
    path: String = "data"
  ) throws(ImageError) {
    guard share > 0, share < 1 else {
      throw .invalidArgument(name: "validation", expected: "a share above 0 and below 1", found: "\(share)")
    }
    var training: [Int] = []
    var validation: [Int] = []
    for index in 0..<whole.count {
      if Self.place(of: whole.stableName(of: index), seed: seed) < share {
        validation.append(index)
      } else {
        training.append(index)
      }
    }
    try self.init(
      training: ImageSubset(unchecked: whole, training), validation: ImageSubset(unchecked: whole, validation),
      skipped: skipped, path: path)
  }

  /// A number from 0 to below 1 for a name: FNV-1a (Fowler, Noll and Vo, 1991), scrambled with the seed.
  static func place(of name: String, seed: UInt64) -> Double {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return Double(RandomStream.scrambled(hash ^ RandomStream.scrambled(seed)) &>> 11) * 0x1p-53
  }
}
