/// Images and labels of NumPy arrays: x is `[N, H, W]` or `[N, H, W, C]` with C 1 or 3, of bytes, or of `float32` from 0
/// to 1, which is scaled to 0 to 255 and rounded; y is `[N]` or `[N, 1]`, whole numbers from 0 on.
public struct ArrayImages: ImageDataSet {
  public let classNames: [String]
  private let images: NumPyArray
  private let labels: [Int32]
  private let size: ImageSize
  private let channels: Int

  /// - Parameter classes: The number of classes; nil for one above the largest label.
  init(images: NumPyArray, labels: NumPyArray, classes: Int? = nil) throws(ImageError) {
    let shape = images.shape
    guard shape.count == 3 || (shape.count == 4 && (shape[3] == 1 || shape[3] == 3)),
      shape.dropFirst().allSatisfy({ (1...65_535).contains($0) })
    else {
      throw .malformed(
        path: images.name, field: "shape", expected: "[N, H, W] or [N, H, W, C] with C 1 or 3", found: "\(shape)")
    }
    guard images.type == .uint8 || images.type == .float32 else {
      throw .malformed(path: images.name, field: "type", expected: "|u1 or <f4", found: images.type.rawValue)
    }
    guard labels.shape == [shape[0]] || labels.shape == [shape[0], 1] else {
      throw .malformed(
        path: labels.name, field: "shape", expected: "[\(shape[0])], one label an image", found: "\(labels.shape)")
    }
    var numbers: [Int32] = []
    for index in 0..<labels.count {
      let limit = classes ?? 1 << 20
      guard let label = labels.integer(index), (0..<limit).contains(label) else {
        throw .malformed(
          path: labels.name, field: "label \(index)", expected: "a whole number from 0 to \(limit - 1)",
          found: labels.integer(index).map { "\($0)" } ?? "another value")
      }
      numbers.append(Int32(label))
    }
    if images.type == .float32 {
      for index in 0..<images.count where !(0...1).contains(images.float(index)) {
        throw .malformed(
          path: images.name, field: "value \(index)", expected: "0 to 1", found: "\(images.float(index))")
      }
    }
    let count = classes ?? Int(numbers.max() ?? -1) + 1
    classNames = (0..<count).map { "\($0)" }
    self.images = images
    self.labels = numbers
    size = ImageSize(height: shape[1], width: shape[2])
    channels = shape.count == 4 ? shape[3] : 1
  }

  public var count: Int { labels.count }
  public func name(of index: Int) -> String { "\(images.name), image \(index)" }
  public func stableName(of index: Int) -> String { "\(index)" }
  public func label(of index: Int) -> Int { Int(labels[index]) }

  public func content(of index: Int) -> ImageContent {
    let length = size.height * size.width * channels
    let range = index * length..<(index + 1) * length
    let pixels =
      images.type == .uint8
      ? Array(images.bytes(range)) : range.map { UInt8((images.float($0) * 255).rounded(.toNearestOrEven)) }
    return .decoded(RasterImage(unchecked: pixels, height: size.height, width: size.width, channels: channels))
  }
}

extension ArrayImages {
  /// The data of arrays that are found by name: `x_train`, `y_train`, `x_test` (or `x_val`), `y_test`, or only `x` and `y`,
  /// which are split.
  ///
  /// - Parameters:
  ///   - path: What errors call the data.
  ///   - find: The bytes of an array and what errors call it; nil where there is none.
  static func split(
    path: String, validationShare: Double?, seed: UInt64,
    find: (String) throws(ImageError) -> (bytes: [UInt8], name: String)?
  ) throws(ImageError) -> ImageSplit {
    func array(_ names: String...) throws(ImageError) -> NumPyArray? {
      for name in names { if let found = try find(name) { return try NumPyArray(found.bytes, name: found.name) } }
      return nil
    }
    if let images = try array("x_train"), let labels = try array("y_train") {
      let all = try ArrayImages(images: images, labels: labels)
      if let testImages = try array("x_test", "x_val"), let testLabels = try array("y_test", "y_val") {
        return try ImageSplit(
          training: all, validation: ArrayImages(images: testImages, labels: testLabels, classes: all.classNames.count),
          path: path)
      }
      return try ImageSplit(whole: all, validationShare: validationShare, seed: seed, path: path)
    }
    guard let images = try array("x"), let labels = try array("y") else {
      throw .malformed(path: path, field: "arrays", expected: "x and y, or x_train and y_train", found: "others")
    }
    return try ImageSplit(
      whole: ArrayImages(images: images, labels: labels), validationShare: validationShare, seed: seed, path: path)
  }
}
