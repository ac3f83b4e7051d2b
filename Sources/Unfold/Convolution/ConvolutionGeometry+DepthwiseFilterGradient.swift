extension ConvolutionGeometry {
  /// Filter gradient of a depthwise convolution: a task sums a segment of the output rows for a block of channels; the
  /// segments' partial sums are added in order.
  func depthwiseFilterGradient<Scalar: TensorScalar>(
    _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>,
    _ filterGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let elements = vertical.window * horizontal.window * outputChannels
    let segments = depthwiseSegments
    let blocks = (outputChannels + depthwiseLanes - 1) / depthwiseLanes
    let lines = batch * vertical.output
    try context.withScratch(
      bytes: depthwisePartialElements * MemoryLayout<Scalar>.stride
    ) { (scratch) throws(UnfoldError) in
      let partials = scratch.assumingMemoryBound(to: Scalar.self)
      context.forEach(segments * blocks) { task, _ in
        let (segment, block) = (task / blocks, task % blocks)
        let channels = block * depthwiseLanes..<min((block + 1) * depthwiseLanes, outputChannels)
        let sum = segment == 0 ? filterGradient : partials + (segment - 1) * elements
        for tap in 0..<vertical.window * horizontal.window {
          (sum + tap * outputChannels + channels.lowerBound).update(repeating: 0, count: channels.count)
        }
        for line in lines * segment / segments..<lines * (segment + 1) / segments {
          for r in 0..<vertical.window {
            let h = vertical.inputPosition(line % vertical.output, tap: r)
            guard 0 <= h, h < vertical.input else { continue }
            let inputLine = input + (line / vertical.output * vertical.input + h) * horizontal.input * inputChannels
            let gradientLine = outputGradient + line * horizontal.output * outputChannels
            for s in 0..<horizontal.window {
              sumProducts(
                inputLine, gradientLine, s, channels, into: sum + (r * horizontal.window + s) * outputChannels)
            }
          }
        }
      }
      addPartials(partials, count: segments - 1, elements: elements, to: filterGradient, .identity, context)
    }
  }

  /// Adds one row's products of input and output gradient at tap s to a block of channels of the filter gradient.
  @inline(__always)
  private func sumProducts<Scalar: TensorScalar>(
    _ inputLine: UnsafePointer<Scalar>, _ gradientLine: UnsafePointer<Scalar>, _ s: Int, _ channels: Range<Int>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    typealias Vector = SIMD16<Scalar>
    let positions = horizontal.outputPositions(tap: s)
    let multiplier = outputChannels / inputChannels
    if multiplier == 1, channels.count == depthwiseLanes {
      let c = channels.lowerBound
      var sum = load(target + c, as: Vector.self)
      for q in positions {
        sum = sum.addingProduct(
          load(inputLine + horizontal.inputPosition(q, tap: s) * inputChannels + c, as: Vector.self),
          load(gradientLine + q * outputChannels + c, as: Vector.self))
      }
      store(sum, to: target + c)
    } else {
      for q in positions {
        let source = inputLine + horizontal.inputPosition(q, tap: s) * inputChannels
        for k in channels {
          target[k] = target[k].addingProduct(source[k / multiplier], gradientLine[q * outputChannels + k])
        }
      }
    }
  }

  /// The segments of the output rows: a function of the shapes alone, each worth a task.
  private var depthwiseSegments: Int {
    let lines = batch * vertical.output
    let blocks = (outputChannels + depthwiseLanes - 1) / depthwiseLanes
    return max(1, min(lines, (32 + blocks - 1) / blocks, Int(operations) >> 18))
  }

  /// The elements of all segments' partial sums but the first's.
  var depthwisePartialElements: Int {
    (depthwiseSegments - 1) * vertical.window * horizontal.window * outputChannels
  }
}
