/// Images with one class each, which are read when they are needed.
///
/// The order is fixed: by the bytes of the names for files, by their place for others.
public protocol ImageDataSet: Sendable {
  /// The number of images.
  var count: Int { get }
  /// The names of the classes. A label is the number of one.
  var classNames: [String] { get }

  /// What errors call an image: a path, or a place in a file.
  func name(of index: Int) -> String

  /// The name by which an image is assigned to a part of a split: it does not change with the place of the data.
  func stableName(of index: Int) -> String

  /// The class of an image, in `0..<classNames.count`.
  func label(of index: Int) -> Int

  /// Reads an image, on any thread.
  ///
  /// - Parameter index: In `0..<count`.
  /// - Throws: ``ImageError`` for a file that cannot be read.
  func content(of index: Int) throws(ImageError) -> ImageContent
}

/// An image as a data set has it.
public enum ImageContent: Sendable {
  /// A file in one of the formats.
  case encoded([UInt8])
  /// Pixels.
  case decoded(RasterImage)
}

/// What is done with a damaged image, or a file that is no image.
public enum BadImagePolicy: String, Hashable, Sendable, CaseIterable {
  /// The first one is an error.
  case stop
  /// It is left out, and its error is kept.
  case skip
}

/// Some images of a data set, such as one part of a split.
public struct ImageSubset: ImageDataSet {
  /// The data set.
  public let whole: any ImageDataSet
  /// The images' numbers in it.
  public let indices: [Int]

  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for a number that the data set does not have.
  public init(_ whole: any ImageDataSet, indices: [Int]) throws(ImageError) {
    for index in indices where index < 0 || index >= whole.count {
      throw .invalidArgument(name: "index", expected: "0 to \(whole.count - 1)", found: "\(index)")
    }
    self.init(unchecked: whole, indices)
  }

  init(unchecked whole: any ImageDataSet, _ indices: [Int]) {
    self.whole = whole
    self.indices = indices
  }

  public var count: Int { indices.count }
  public var classNames: [String] { whole.classNames }
  public func name(of index: Int) -> String { whole.name(of: indices[index]) }
  public func stableName(of index: Int) -> String { whole.stableName(of: indices[index]) }
  public func label(of index: Int) -> Int { whole.label(of: indices[index]) }
  public func content(of index: Int) throws(ImageError) -> ImageContent { try whole.content(of: indices[index]) }
}

/// Images for training and images for validation, of the same classes.
public struct ImageSplit: Sendable {
  /// The images to train on.
  public let training: any ImageDataSet
  /// The images to judge with.
  public let validation: any ImageDataSet
  /// The errors of files that were left out, with ``BadImagePolicy/skip``.
  public let skipped: [ImageError]

  /// Two data sets of the same classes.
  ///
  /// - Parameters:
  ///   - training: The images to train on.
  ///   - validation: The images to judge with.
  ///   - skipped: The errors of files that were left out.
  ///   - path: What errors call the data.
  /// - Throws: ``ImageError`` for fewer than two classes, for different classes, and for an empty part.
  public init(
    training: any ImageDataSet, validation: any ImageDataSet, skipped: [ImageError] = [], path: String = "data"
  ) throws(ImageError) {
    guard training.count + validation.count > 0 else { throw .noImages(path: path) }
    let (first, second) = (training.classNames, validation.classNames)
    guard first == second || validation.count == 0 else {
      throw .differentClasses(
        path: path, onlyTraining: first.filter { !second.contains($0) },
        onlyValidation: second.filter { !first.contains($0) })
    }
    guard first.count >= 2 else { throw .tooFewClasses(path: path, found: first) }
    guard training.count > 0 else {
      throw .emptyPart(path: path, part: "training", advice: "choose a smaller share for validation")
    }
    guard validation.count > 0 else {
      throw .emptyPart(
        path: path, part: "validation", advice: "add a folder val, or choose a validation share such as 0.1")
    }
    self.training = training
    self.validation = validation
    self.skipped = skipped
  }
}
