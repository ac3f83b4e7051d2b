/// The order of the work on all images. An image of many elements is shared by all threads: sums, then a pass in which
/// each thread goes backwards, because what it read last is still in its cache. Small images are tasks of their own and
/// are read from memory once.
extension PixelLanes {
  /// Normalises every image by moments of its own.
  ///
  /// - Parameters:
  ///   - epsilon: What is added to the variance; it decides how small squares still matter.
  ///   - finish: Makes the table (mean, factor, shift) of an image from its channels' moments in the slot's totals.
  @inline(__always)
  func normalizeImages<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, into output: UnsafeMutablePointer<Scalar>, activation: Activation,
    epsilon: Double,
    _ memory: LaneMemory<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext,
    finish: (_ image: Int, _ slot: LaneMemory<Scalar>.Slot) -> Void
  ) {
    forEachImage(memory, scratch, context) { image, slot, forEachTask in
      let (x, y) = (input + image * elements, output + image * elements)
      forEachTask(sumTasks, false) { task, worker in
        sumMoments(
          task: task, image: x, means: slot.firstSums, squares: slot.secondSums,
          work: memory.work(worker, in: scratch))
      }
      mergeMoments(
        image: x, means: slot.firstSums, squares: slot.secondSums, channelMeans: slot.firstTotals,
        channelSquares: slot.secondTotals)
      if !areReliable(channelSquares: slot.secondTotals, epsilon: epsilon) {
        forEachTask(sumTasks, false) { task, _ in
          sumMomentsInDouble(task: task, image: x, means: slot.firstSums, squares: slot.secondSums)
        }
        mergeMoments(
          image: x, means: slot.firstSums, squares: slot.secondSums, channelMeans: slot.firstTotals,
          channelSquares: slot.secondTotals)
      }
      finish(image, slot)
      forEachTask(passTasks, true) { task, _ in
        normalize(task: task, x, slot.table, activation, into: y)
      }
    }
  }

  /// Turns every image's output gradient into its input gradient.
  ///
  /// - Parameters:
  ///   - outputGradient: Nil where the input gradient takes its place.
  ///   - adds: Whether the input gradient is added to what its memory holds; not where it takes the output gradient's
  ///     place.
  ///   - isFrozen: Whether mean and deviation do not depend on the input: the planes slope and offset are not read
  ///     then.
  ///   - isWide: Whether the table has a plane of inverse deviations, which slope and offset are without.
  ///   - prepare: Fills the planes mean, factor and shift of an image's table.
  ///   - finish: Fills its planes slope and offset from the sums of gradients and products in the slot's totals.
  @inline(__always)
  func differentiateImages<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?,
    into inputGradient: UnsafeMutablePointer<Scalar>, activation: Activation, adds: Bool = false,
    isFrozen: Bool = false, isWide: Bool = false, _ memory: LaneMemory<Scalar>, _ scratch: UnsafeMutableRawPointer,
    _ context: ExecutionContext, prepare: (_ image: Int, _ slot: LaneMemory<Scalar>.Slot) -> Void,
    finish: (_ image: Int, _ slot: LaneMemory<Scalar>.Slot) -> Void
  ) {
    forEachImage(memory, scratch, context) { image, slot, forEachTask in
      let offset = image * elements
      let (x, dx) = (input + offset, inputGradient + offset)
      let dy = outputGradient.map { $0 + offset }
      prepare(image, slot)
      forEachTask(sumTasks, false) { task, worker in
        sumGradients(
          task: task, input: x, outputGradient: dy ?? UnsafePointer(dx), table: slot.table, activation: activation,
          gradients: slot.firstSums, products: slot.secondSums, work: memory.work(worker, in: scratch))
      }
      mergeSums(slot.firstSums, into: slot.firstTotals)
      mergeSums(slot.secondSums, into: slot.secondTotals)
      finish(image, slot)
      forEachTask(passTasks, true) { task, _ in
        if isFrozen {
          scale(task: task, x, dy, slot.table, activation, adds: adds, into: dx)
        } else if isWide {
          differentiateWide(task: task, x, dy, slot.table, activation, adds: adds, into: dx)
        } else {
          differentiate(task: task, x, dy, slot.table, activation, adds: adds, into: dx)
        }
      }
    }
  }

  /// Calls `body` for every image with memory for it and a loop over tasks: on all threads where images are split, else
  /// on the thread that has the image.
  @inline(__always)
  private func forEachImage<Scalar: TensorScalar>(
    _ memory: LaneMemory<Scalar>, _ scratch: UnsafeMutableRawPointer, _ context: ExecutionContext,
    _ body: (
      _ image: Int, _ slot: LaneMemory<Scalar>.Slot,
      _ forEachTask: (_ tasks: Int, _ backwards: Bool, _ work: (_ task: Int, _ worker: Int) -> Void) -> Void
    ) -> Void
  ) {
    if splitsImages {
      let slot = memory.slot(0, in: scratch)
      for image in 0..<images {
        body(image, slot) { tasks, backwards, work in context.forEach(tasks, backwards: backwards, work) }
      }
    } else {
      context.forEach(ceilingDivision(images, imagesPerTask)) { group, worker in
        let slot = memory.slot(worker, in: scratch)
        for image in group * imagesPerTask..<min((group + 1) * imagesPerTask, images) {
          body(image, slot) { tasks, backwards, work in
            for task in 0..<tasks { work(backwards ? tasks - 1 - task : task, worker) }
          }
        }
      }
    }
  }
}
