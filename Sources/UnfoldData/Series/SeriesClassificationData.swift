import Unfold

/// Series as samples of one length: images of one row, `[1, L, D]`.
///
/// Each dimension is brought to mean 0 and deviation 1 over the values of the training part. Shorter series are filled up
/// with zeros, the mean, at their end; missing values become zeros too; longer ones than any of the training part are cut.
public struct SeriesClassificationData: Sendable {
  /// Samples, `[N, 1, L, D]`.
  public let training: Tensor<Float>
  public let trainingLabels: [Int]
  public let test: Tensor<Float>
  public let testLabels: [Int]
  /// The names of the classes, in the order of the labels.
  public let classNames: [String]
  /// Of each dimension.
  public let mean: [Double]
  public let standardDeviation: [Double]

  /// A data set from its two files.
  ///
  /// - Throws: ``DataError`` for files that cannot be read or do not fit each other, `UnfoldError` where memory is short.
  public init(trainingPath: String, testPath: String) throws {
    try self.init(training: SeriesFile(path: trainingPath), test: SeriesFile(path: testPath))
  }

  /// The data set of a folder with `NAME_TRAIN.ts` and `NAME_TEST.ts`, as sktime has it.
  ///
  /// - Throws: As ``init(trainingPath:testPath:)``.
  public init(folder: String, name: String) throws {
    try self.init(trainingPath: "\(folder)/\(name)_TRAIN.ts", testPath: "\(folder)/\(name)_TEST.ts")
  }

  /// A data set from files that have been read.
  ///
  /// - Throws: ``DataError/malformed(path:field:expected:found:)`` where classes or dimensions differ.
  public init(training: SeriesFile, test: SeriesFile) throws {
    guard test.dimensions == training.dimensions else {
      throw DataError.malformed(
        path: test.path, field: "dimensions", expected: "\(training.dimensions), as in \(training.path)",
        found: "\(test.dimensions)")
    }
    guard test.classNames == training.classNames else {
      throw DataError.malformed(
        path: test.path, field: "classes", expected: training.classNames.joined(separator: " "),
        found: test.classNames.joined(separator: " "))
    }
    let length = training.series.reduce(1) { max($0, $1.length) }
    let moments = (0..<training.dimensions).map { dimension in
      let values = training.series.flatMap { series in
        (0..<series.length).map { Double(series.values[$0 * training.dimensions + dimension]) }.filter { !$0.isNaN }
      }
      let count = Double(max(1, values.count))
      let mean = values.reduce(0, +) / count
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return (mean: mean, deviation: variance > 0 ? variance.squareRoot() : 1)
    }
    mean = moments.map(\.mean)
    standardDeviation = moments.map(\.deviation)
    classNames = training.classNames
    func samples(_ file: SeriesFile) throws(UnfoldError) -> Tensor<Float> {
      let depth = file.dimensions
      return try Tensor(shape: [file.series.count, 1, length, depth]) { index in
        let (step, dimension) = (index / depth % length, index % depth)
        let series = file.series[index / depth / length]
        guard step < series.length else { return 0 }
        let value = Double(series.values[step * depth + dimension])
        return value.isNaN ? 0 : Float((value - moments[dimension].mean) / moments[dimension].deviation)
      }
    }
    self.training = try samples(training)
    self.test = try samples(test)
    trainingLabels = training.series.map(\.label)
    testLabels = test.series.map(\.label)
  }
}
