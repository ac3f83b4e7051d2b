/// A batch that is being prepared: each sample is a task of its own, and has its place in the batch's memory, so that
/// it does not matter which thread writes which.
final class BatchSlot: @unchecked Sendable {
  let position: BatchPosition
  /// The images' numbers in the data set, by their places.
  let images: [Int]
  let samples: UnsafeMutableBufferPointer<Float>
  private let sampleCount: Int
  // What follows is guarded by the queue's monitor.
  /// The label of each place.
  var labels: [Int]
  /// The first place that no thread has taken.
  var next = 0
  /// The places that are done.
  var finished = 0
  /// The error with the lowest place.
  var error: (place: Int, error: ImageError)?

  init(_ position: BatchPosition, images: [Int], sampleCount: Int) {
    self.position = position
    self.images = images
    self.sampleCount = sampleCount
    labels = [Int](repeating: 0, count: images.count)
    samples = .allocate(capacity: images.count * sampleCount)
  }

  deinit { samples.deallocate() }

  var isFinished: Bool { finished == images.count }

  /// The memory of a place.
  func sample(_ place: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: samples[place * sampleCount..<(place + 1) * sampleCount])
  }
}

/// A batch of an epoch.
struct BatchPosition: Hashable {
  let epoch: Int
  let index: Int
}
