import Unfold

/// A data set of classified images: a part to train with, a part to test with, and the names of the classes.
public struct ImageClassificationData: Sendable {
  /// The training part.
  public let training: LabelledImages
  /// The test part; images of the same size as in ``training``.
  public let test: LabelledImages
  /// The name of each class, in the order of the labels.
  public let classNames: [String]
  /// The mean and the standard deviation of the training part, for both parts.
  public let normalization: PixelNormalization

  /// A data set from its parts.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` where the images of the parts differ in size, or a
  ///   label has no name.
  public init(training: LabelledImages, test: LabelledImages, classNames: [String]) throws(UnfoldError) {
    guard training.batchShape(1) == test.batchShape(1) else {
      throw .invalidArgument(
        "test images", expected: "the training images' shape \(training.batchShape(1))", found: "\(test.batchShape(1))")
    }
    for images in [training, test] {
      if let label = images.labels.first(where: { $0 >= classNames.count }) {
        throw .invalidArgument("label", expected: "0 to \(classNames.count - 1)", found: "\(label)")
      }
    }
    self.init(training, test, classNames)
  }

  private init(_ training: LabelledImages, _ test: LabelledImages, _ classNames: [String]) {
    self.training = training
    self.test = test
    self.classNames = classNames
    normalization = PixelNormalization(of: training)
  }

  /// A data set from a folder with the four files of MNIST and its relatives: `train-images-idx3-ubyte`,
  /// `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte`, each as it is or with `.gz`, and
  /// also with dots instead of the dashes around `idx3`. Images of several channels, `[N, H, W, C]`, may be named
  /// `idx4`.
  ///
  /// - Parameters:
  ///   - folder: The folder's path.
  ///   - classNames: The names of the classes; nil for their numbers, as many as the training labels need.
  /// - Throws: ``DataError`` for a folder without the files and for files that are not in the format, do not fit each
  ///   other, or have labels outside the classes.
  public init(idxFolder folder: String, classNames: [String]? = nil) throws(DataError) {
    try self.init(idxFolder: folder, classNames: classNames, advice: "")
  }

  init(idxFolder folder: String, classNames: [String]?, advice: String) throws(DataError) {
    let files = try IDXFolder(path: folder, advice: advice)
    let training = try LabelledImages(imagesPath: files.trainingImages, labelsPath: files.trainingLabels)
    let test = try LabelledImages(imagesPath: files.testImages, labelsPath: files.testLabels)
    guard training.batchShape(1) == test.batchShape(1) else {
      throw .malformed(
        path: files.testImages, field: "image size", expected: "that of the training images, \(training.sizeText)",
        found: test.sizeText)
    }
    let names = classNames ?? (0...Int(training.labels.max() ?? 0)).map(String.init)
    for (images, path) in [(training, files.trainingLabels), (test, files.testLabels)] {
      if let index = images.labels.firstIndex(where: { $0 >= names.count }) {
        throw .labelOutOfRange(
          path: path, index: index, label: Int(images.labels[index]), classes: names.count)
      }
    }
    self.init(training, test, names)
  }
}

extension LabelledImages {
  fileprivate var sizeText: String { "\(height)x\(width)x\(channels)" }
}
