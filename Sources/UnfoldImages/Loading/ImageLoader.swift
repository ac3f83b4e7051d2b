/// Batches of images: decoded, changed and normalised by threads of its own while the batch before is trained on.
///
/// ```swift
/// let split = try ImageSplit(path: "flowers", validationShare: 0.1)
/// var options = ImageLoaderOptions(size: ImageSize(height: 64, width: 64))
/// options.recipe = .imagenetTraining
/// let loader = try ImageLoader(split.training, options: options)
/// for index in 0..<loader.batchCount {
///   let batch = try loader.batch(index, epoch: 1)
/// }
/// ```
///
/// A batch depends on the data, the seed, the epoch and its index alone: it has the same bits for any number of threads, and
/// wherever reading begins. Batches are prepared in the order in which they are usually read; another one is prepared
/// when it is read.
///
/// Memory: `(batchesAhead + 2) * batchSize * height * width * channels * 4` bytes, an image in work for each thread, and
/// the cache.
public final class ImageLoader: Sendable {
  /// What it reads.
  public let images: any ImageDataSet
  /// What it makes of them.
  public let options: ImageLoaderOptions
  private let queue: BatchQueue
  private let threads: [WorkerThread]
  private let waiting = WaitingTime()

  /// Starts the threads. Nothing is read before the first batch.
  ///
  /// - Throws: ``ImageError`` for no images, for options that cannot be, and where there are no threads.
  public init(_ images: any ImageDataSet, options: ImageLoaderOptions) throws(ImageError) {
    try options.check()
    guard images.count > 0 else { throw .noImages(path: "data") }
    self.images = images
    self.options = options
    let queue = BatchQueue(try SamplePreparation(images, options))
    self.queue = queue
    threads = (0..<options.threads).compactMap { _ in WorkerThread { queue.work() } }
    guard !threads.isEmpty else {
      throw .invalidArgument(name: "threads", expected: "\(options.threads)", found: "none, the system refuses them")
    }
  }

  deinit {
    queue.stop()
    for thread in threads { thread.join() }
  }

  /// The batches of an epoch. The last one may be smaller.
  public var batchCount: Int { queue.batchCount }

  /// The samples of a batch.
  public func count(ofBatch index: Int) -> Int {
    min(options.batchSize, images.count - index * options.batchSize)
  }

  /// The numbers of a sample: `height * width * channels`.
  public var sampleCount: Int { options.size.height * options.size.width * options.mode.channels }

  /// Seconds that callers have waited for batches.
  public var secondsWaited: Double { waiting.seconds }

  /// The errors of the images that were replaced so far, with ``BadImagePolicy/skip``, in the order of the data set.
  public var skipped: [ImageError] { queue.skipped.map(\.error) }

  /// A batch.
  ///
  /// - Parameters:
  ///   - index: In `0..<batchCount`.
  ///   - epoch: Any number: it decides the order and the random changes.
  /// - Throws: ``ImageError`` for an image that cannot be read, and for an index that does not exist.
  public func batch(_ index: Int, epoch: Int) throws(ImageError) -> ImageBatch {
    let slot = try take(index, epoch)
    return ImageBatch(samples: Array(slot.samples), labels: slot.labels)
  }

  /// Writes a batch into memory of the caller.
  ///
  /// - Parameters:
  ///   - index: In `0..<batchCount`.
  ///   - epoch: Any number: it decides the order and the random changes.
  ///   - samples: Receives `[count, height, width, channels]`, where the count is ``count(ofBatch:)``.
  ///   - labels: Receives the class of each sample.
  /// - Throws: ``ImageError`` for an image that cannot be read, for an index that does not exist, and for memory of
  ///   another size.
  public func fill(
    _ index: Int, epoch: Int, samples: UnsafeMutableBufferPointer<Float>, labels: inout [Int]
  ) throws(ImageError) {
    let slot = try take(index, epoch)
    guard samples.count == slot.samples.count else {
      throw .invalidArgument(
        name: "samples", expected: "memory for \(slot.samples.count) numbers", found: "\(samples.count)")
    }
    _ = samples.update(fromContentsOf: slot.samples)
    labels = slot.labels
  }

  private func take(_ index: Int, _ epoch: Int) throws(ImageError) -> BatchSlot {
    guard (0..<batchCount).contains(index) else {
      throw .invalidArgument(name: "batch", expected: "0 to \(batchCount - 1)", found: "\(index)")
    }
    let start = monotonicSeconds()
    let slot = queue.take(BatchPosition(epoch: epoch, index: index))
    waiting.add(monotonicSeconds() - start)
    if let error = slot.error { throw error.error }
    return slot
  }
}

/// Samples with their classes.
public struct ImageBatch: Hashable, Sendable {
  /// `[count, height, width, channels]`, row-major.
  public var samples: [Float]
  /// The class of each sample.
  public var labels: [Int]
}

/// A sum of seconds that several threads may add to.
private final class WaitingTime: @unchecked Sendable {
  private let monitor = Monitor()
  private var sum = 0.0

  var seconds: Double { monitor.locked { sum } }
  func add(_ seconds: Double) { monitor.locked { sum += seconds } }
}
