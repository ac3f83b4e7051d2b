/// The progress of a training after a step.
public struct TrainingProgress: Hashable, Sendable {
  /// The epoch, counted from 1.
  public let epoch: Int
  /// The step within the epoch, counted from 1.
  public let step: Int
  /// The steps of the epoch.
  public let steps: Int
  /// The loss of this step's batch.
  public let batchLoss: Double
  /// The mean loss of the epoch's samples so far, each at the time when it was seen.
  public let loss: Double
  /// The part of the epoch's samples so far that were recognised when they were seen.
  public let accuracy: Double
  /// The step's learning rate.
  public let learningRate: Double
  /// The epoch's samples so far.
  public let samples: Int
  /// The epoch's duration so far.
  public let seconds: Double

  /// The epoch's throughput so far.
  public var imagesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }
}

/// The result of an evaluation: how well a network does on a data set.
public struct Evaluation: Hashable, Sendable {
  /// The mean loss of the samples.
  public let loss: Double
  /// Which class was taken for which: samples, or pixels of a segmentation.
  public let confusion: ConfusionMatrix
  /// The part of the samples, or pixels, whose class was among the five with the highest scores.
  public let topFiveAccuracy: Double
  /// The number of samples.
  public let samples: Int
  /// Where boxes are found: the mean of intersection over union with the true ones.
  public let boxOverlap: Double?
  /// The duration.
  public let seconds: Double

  /// The part of the samples, or pixels, that were recognised.
  public var accuracy: Double { confusion.accuracy }
  /// The throughput.
  public var imagesPerSecond: Double { seconds > 0 ? Double(samples) / seconds : 0 }
}
