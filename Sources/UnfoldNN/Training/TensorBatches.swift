import Unfold

/// Batches of samples of one tensor, in their order or in one that a seed and the epoch decide.
public struct TensorBatches<Scalar: TensorScalar>: BatchSource {
  /// All samples, `[M, ...]`.
  public let samples: Tensor<Scalar>
  /// M class numbers.
  public let labels: [Int]
  /// The samples of a full batch; the last one may be smaller.
  public let size: Int
  /// The samples' numbers in the order in which they are seen.
  public let order: [Int]

  /// The batches of an epoch.
  ///
  /// - Parameters:
  ///   - samples: `[M, ...]`.
  ///   - labels: M class numbers.
  ///   - size: The samples of a full batch.
  ///   - seed: Shuffles the samples, each epoch differently; nil leaves them in their order.
  ///   - epoch: The epoch's number.
  /// - Throws: `UnfoldError` for a size below 1, no samples, or another number of labels than of samples.
  public init(
    _ samples: Tensor<Scalar>, labels: [Int], size: Int, shuffledBy seed: UInt64? = nil, epoch: Int = 0
  ) throws(UnfoldError) {
    guard samples.shape.rank >= 1, samples.count > 0 else {
      throw .invalidArgument("samples", expected: "[M, ...] with M of 1 or more", found: "\(samples.shape)")
    }
    guard labels.count == samples.shape[0] else {
      throw .invalidArgument("labels", expected: "\(samples.shape[0]), one a sample", found: "\(labels.count)")
    }
    guard size >= 1 else { throw .invalidArgument("batch size", expected: "1 or more", found: "\(size)") }
    self.samples = samples
    self.labels = labels
    self.size = size
    if let seed {
      var generator = SeededGenerator(seed: seed, keys: UInt64(truncatingIfNeeded: epoch))
      order = generator.permutation(of: labels.count)
    } else {
      order = Array(0..<labels.count)
    }
  }

  /// The number of batches.
  public var count: Int { (labels.count - 1) / size + 1 }

  /// See ``BatchSource/fill(_:into:)``.
  ///
  /// - Throws: `UnfoldError` unless `index` is in `0..<count`, and where memory is short.
  public func fill(_ index: Int, into batch: inout TrainingBatch<Scalar>) throws(UnfoldError) {
    guard index >= 0, index < count else {
      throw .invalidArgument("batch", expected: "0 to \(count - 1)", found: "\(index)")
    }
    let chosen = order[index * size..<min((index + 1) * size, labels.count)]
    var shape = samples.shape
    shape[0] = chosen.count
    if batch.samples.shape != shape { batch.samples = try Tensor(uninitialized: shape) }
    batch.labels.removeAll(keepingCapacity: true)
    for sample in chosen { batch.labels.append(labels[sample]) }
    let length = samples.count / labels.count
    samples.withUnsafeBufferPointer { source in
      batch.samples.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, var target = target.baseAddress else { return }
        for sample in chosen {
          target.update(from: source + sample * length, count: length)
          target += length
        }
      }
    }
  }
}
