import Unfold

extension Batches {
  /// One batch, in memory of its own: the images, `[N, H, W, C]`, and the numbers of their classes.
  ///
  /// - Throws: `UnfoldError` unless `index` is in `0..<count`, or where memory is refused.
  public func batch<Scalar: TensorScalar>(
    _ index: Int, of type: Scalar.Type = Float.self
  ) throws(UnfoldError) -> (images: Tensor<Scalar>, labels: [Int]) {
    var tensor = try Tensor<Scalar>(uninitialized: shape(of: index))
    var labels: [Int] = []
    try fill(index, into: &tensor, labels: &labels)
    return (tensor, labels)
  }

  /// Overwrites a tensor and the labels with one batch. Their memory is reused if the shape is that of the batch and
  /// there is no other reference to it; otherwise they are replaced.
  ///
  /// - Complexity: O(pixels of the batch), on the calling thread.
  /// - Throws: `UnfoldError` unless `index` is in `0..<count`, or where memory is refused.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func fill<Scalar: TensorScalar>(
    _ index: Int, into tensor: inout Tensor<Scalar>, labels: inout [Int]
  ) throws(UnfoldError) {
    let samples = try samples(of: index)
    let shape = images.batchShape(samples.count)
    if tensor.shape != shape { tensor = try Tensor(uninitialized: shape) }
    labels.removeAll(keepingCapacity: true)
    for sample in samples { labels.append(Int(images.labels[sample])) }

    let row = images.width * images.channels
    let table = tables.table(of: Scalar.self)
    tensor.withUnsafeMutableBufferPointer { target in
      images.pixels.withUnsafeBufferPointer { pixels in
        table.withUnsafeBufferPointer { table in
          guard var output = target.baseAddress, let first = pixels.baseAddress, let table = table.baseAddress else {
            return
          }
          for sample in samples {
            let change = augmentation.change(seed: seed, epoch: epoch, sample: sample)
            change.apply(
              to: first + sample * images.height * row, table, into: output, height: images.height,
              width: images.width, channels: images.channels)
            output += images.height * row
          }
        }
      }
    }
  }
}

extension Augmentation.Change {
  /// Writes the changed image, each pixel as its value in a table of 256 for each channel.
  @inline(__always)
  func apply<Scalar: TensorScalar>(
    to source: UnsafePointer<UInt8>, _ table: UnsafePointer<Scalar>, into target: UnsafeMutablePointer<Scalar>,
    height: Int, width: Int, channels: Int
  ) {
    let row = width * channels
    let (rows, columns) = (covered(height, movedBy: down), covered(width, movedBy: right))
    for y in 0..<height {
      for channel in 0..<channels {
        let values = table + 256 * channel
        let line = target + (y &* row &+ channel)
        let inside = rows.contains(y) && !columns.isEmpty ? columns : width..<width
        for x in 0..<inside.lowerBound { line[x &* channels] = values[0] }
        if !inside.isEmpty {
          var place = (y &- down) &* row &+ origin(of: inside.lowerBound, width) &* channels &+ channel
          let step = isFlipped ? -channels : channels
          for x in inside {
            line[x &* channels] = values[Int(source[place])]
            place &+= step
          }
        }
        for x in inside.upperBound..<width { line[x &* channels] = values[0] }
      }
    }
  }
}
