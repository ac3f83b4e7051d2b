/// The batches that are prepared ahead, and the threads that do it.
///
/// Threads take the samples in order, from the first batch on. There are never more batches than the one that is waited for and
/// ``ImageLoaderOptions/batchesAhead``.
final class BatchQueue: @unchecked Sendable {
  let preparation: SamplePreparation
  let batchCount: Int
  private let monitor = Monitor()
  /// One batch is taken at a time: a second caller must not give up the first one's.
  private let callers = Monitor()
  // What follows is guarded by the monitor.
  private var slots: [BatchSlot] = []
  private var isStopping = false
  private var order: (epoch: Int, images: [Int])?
  private var bad: [Int: ImageError] = [:]

  init(_ preparation: SamplePreparation) {
    self.preparation = preparation
    batchCount = (preparation.images.count - 1) / preparation.options.batchSize + 1
  }

  private var options: ImageLoaderOptions { preparation.options }

  /// The errors of images whose places others have taken, by their numbers.
  var skipped: [(index: Int, error: ImageError)] {
    monitor.locked { bad.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  /// The number of batches in memory.
  var length: Int { monitor.locked { slots.count } }

  /// Waits for a batch, and has those behind it prepared.
  func take(_ position: BatchPosition) -> BatchSlot {
    callers.lock()
    defer { callers.unlock() }
    monitor.lock()
    defer { monitor.unlock() }
    // Batches that are passed over, or all of them after a jump, are given up.
    slots = Array(slots.drop { $0.position != position })
    extend(from: position, to: options.batchesAhead + 1)
    let slot = slots[0]
    while !slot.isFinished { monitor.waitForResult() }
    slots.removeFirst()
    if let next = position.next(batchCount, options) { extend(from: next, to: options.batchesAhead) }
    return slot
  }

  func stop() {
    monitor.locked {
      isStopping = true
      slots = []
      monitor.announceWork()
    }
  }

  /// Adds batches up to a number of them.
  private func extend(from first: BatchPosition, to count: Int) {
    var following: BatchPosition? = slots.last.map { $0.position.next(batchCount, options) } ?? first
    while slots.count < count, let position = following {
      slots.append(
        BatchSlot(position, images: images(of: position), sampleCount: preparation.sampleCount))
      following = position.next(batchCount, options)
    }
    monitor.announceWork()
  }

  private func images(of position: BatchPosition) -> [Int] {
    let count = preparation.images.count
    let places = position.index * options.batchSize..<min((position.index + 1) * options.batchSize, count)
    guard options.shuffles else { return Array(places) }
    if order?.epoch != position.epoch {
      order = (position.epoch, shuffledOrder(count: count, seed: options.seed, epoch: position.epoch))
    }
    return order.map { Array($0.images[places]) } ?? []
  }

  /// Prepares samples until the queue stops: the function of each thread.
  func work() {
    monitor.lock()
    defer { monitor.unlock() }
    while !isStopping {
      guard let slot = slots.first(where: { $0.next < $0.images.count }) else {
        monitor.waitForWork()
        continue
      }
      let place = slot.next
      slot.next += 1
      monitor.unlock()
      let outcome = prepare(slot, place)
      monitor.lock()
      switch outcome {
      case .success(let image): slot.labels[place] = preparation.images.label(of: image)
      case .failure(let error): if place < slot.error?.place ?? .max { slot.error = (place, error) }
      }
      slot.finished += 1
      if slot.isFinished { monitor.announceResult() }
    }
  }

  /// Writes a sample; returns the number of the image that it shows.
  private func prepare(_ slot: BatchSlot, _ place: Int) -> Result<Int, ImageError> {
    let first = slot.images[place]
    var image = first
    var firstError: ImageError?
    while true {
      do throws(ImageError) {
        try preparation.write(image, epoch: slot.position.epoch, to: slot.sample(place))
        return .success(image)
      } catch {
        let reported = firstError ?? error
        firstError = reported
        if options.onBadImage == .stop { return .failure(error) }
        monitor.locked { bad[image] = error }
        repeat { image = (image + 1) % preparation.images.count } while image != first && isKnownBad(image)
        if image == first { return .failure(reported) }
      }
    }
  }

  private func isKnownBad(_ image: Int) -> Bool { monitor.locked { bad[image] != nil } }
}

extension BatchPosition {
  /// The batch behind this one; nil at the end of the epoch, unless the loader continues.
  func next(_ batchCount: Int, _ options: ImageLoaderOptions) -> BatchPosition? {
    if index + 1 < batchCount { return BatchPosition(epoch: epoch, index: index + 1) }
    return options.continuesWithNextEpoch ? BatchPosition(epoch: epoch &+ 1, index: 0) : nil
  }
}
