import Unfold

extension Batches {
  /// One batch, in memory of its own: the images, `[N, H, W, C]`, and the numbers of their classes.
  ///
  /// - Throws: ``UnfoldError`` unless `index` is in `0..<count`, or where memory is refused.
  public func batch<Scalar: TensorScalar>(
    _ index: Int, of type: Scalar.Type = Float.self
  ) throws(UnfoldError) -> (images: Tensor<Scalar>, labels: [Int]) {
    var tensor = try Tensor<Scalar>(uninitialized: shape(of: index))
    var labels: [Int] = []
    try fill(index, into: &tensor, labels: &labels)
    return (tensor, labels)
  }

  /// Overwrites a tensor and the labels with one batch. Their memory is used again where the shape is that of the batch
  /// and nobody else holds it; otherwise they are replaced.
  ///
  /// - Complexity: O(pixels of the batch), on the calling thread.
  /// - Throws: ``UnfoldError`` unless `index` is in `0..<count`, or where memory is refused.
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

    let area = images.height * images.width
    let channels = images.channels
    let table = normalization.table(of: Scalar.self)
    var changed = [UInt8](repeating: 0, count: augmentation == .none ? 0 : area * channels)
    tensor.withUnsafeMutableBufferPointer { target in
      images.pixels.withUnsafeBufferPointer { pixels in
        changed.withUnsafeMutableBufferPointer { changed in
          table.withUnsafeBufferPointer { table in
            guard var output = target.baseAddress, let first = pixels.baseAddress, let table = table.baseAddress else {
              return
            }
            for sample in samples {
              var source = first + sample * area * channels
              if augmentation != .none, let scratch = changed.baseAddress {
                augmentation.change(seed: seed, epoch: epoch, sample: sample).apply(
                  to: source, target: scratch, height: images.height, width: images.width, channels: channels)
                source = UnsafePointer(scratch)
              }
              normalize(source, table, output, area: area, channels: channels)
              output += area * channels
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private func normalize<Scalar: TensorScalar>(
    _ source: UnsafePointer<UInt8>, _ table: UnsafePointer<Scalar>, _ output: UnsafeMutablePointer<Scalar>, area: Int,
    channels: Int
  ) {
    for channel in 0..<channels {
      let values = table + 256 * channel
      var place = channel
      for _ in 0..<area {
        output[place] = values[Int(source[place])]
        place &+= channels
      }
    }
  }
}
