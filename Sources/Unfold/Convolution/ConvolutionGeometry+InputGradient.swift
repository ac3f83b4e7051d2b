extension ConvolutionGeometry {
  /// The gradient of a loss with respect to the convolution's input.
  ///
  /// ```
  /// inputGradient[n, h, w, c] = sum over r, s, k of outputGradient[n, p, q, k] * filter[r, s, c, k]
  ///     where p * stride + r * dilation - top = h and q * stride + s * dilation - left = w
  /// ```
  ///
  /// Source: lecture, "Derivative at Y(l-1, m) from a single Z(l, n) map": the output gradient, padded with R - 1 zeros,
  /// is convolved with the flipped, transposed filter. For strides above 1 the lecture inserts zeros first; here each of
  /// the stride x stride phases is a convolution of its own.
  ///
  /// - Parameters:
  ///   - outputGradient: `[N, P, Q, K]`, the gradient with respect to the output before the activation.
  ///   - filter: `[R, S, C/groups, K]`.
  ///   - context: The threads and the scratch memory.
  /// - Returns: `[N, H, W, C]`.
  /// - Throws: ``UnfoldError/shapeMismatch(of:expected:found:)`` where a tensor does not fit the geometry, and
  ///   ``UnfoldError/outOfMemory(bytes:)``.
  /// - Complexity: ``operations`` on all threads; scratch memory ``workspaceBytes(for:threads:scalarBytes:)``.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, context: ExecutionContext = .shared
  ) throws(UnfoldError) -> Tensor<Scalar> {
    var inputGradient = try Tensor<Scalar>(uninitialized: inputShape)
    try self.inputGradient(outputGradient, filter: filter, into: &inputGradient, context: context)
    return inputGradient
  }

  /// As ``inputGradient(_:filter:context:)``, into memory of the caller's, whatever it held.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try filter.requireShape(filterShape, "filter")
    try inputGradient.requireShape(inputShape, "input gradient")
    defer { withExtendedLifetime((outputGradient, filter)) {} }
    try computeInputGradient(
      outputGradient.base, filter.base, bias: nil, .identity, into: try inputGradient.outputBase(), context)
  }

  /// The input gradient on memory whose shapes have been checked; or the forward pass of the transposed convolution,
  /// which adds a bias and has an activation.
  @inline(__always)
  func computeInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    if isDepthwise {
      depthwiseInputGradient(outputGradient, filter, bias, activation, inputGradient, context)
    } else {
      try loweredInputGradient(outputGradient, filter, bias, activation, inputGradient, context)
    }
  }

  /// For each group and phase, tile by tile:
  ///
  /// ```
  ///             taps x K/g                     C/g                     C
  ///          +--------------+               +--------+           +-- -------- --+
  ///   tile   |  columns of  |  * taps x K/g | flipped|  =  tile  |..| input  |..|
  ///          |  output grad.|               | filter |           |..| grad.  |..|
  ///          +--------------+               +--------+           +-- -------- --+
  /// ```
  private func loweredInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, _ bias: UnsafePointer<Scalar>?,
    _ activation: Activation, _ inputGradient: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) throws(UnfoldError) {
    let phases = GradientPhase.all(of: self, elementBytes: MemoryLayout<Scalar>.stride)
    let memory = inputGradientMemory(phases)
    let (groupChannels, groupFilters) = (inputChannels / groups, outputChannels / groups)
    let allTaps = vertical.window * horizontal.window
    let firstTasks = phases.reduce(into: [0]) { sums, phase in sums.append(sums[sums.count - 1] + phase.plan.tasks) }
    let tasks = firstTasks[phases.count]
    let count = batch * vertical.input * horizontal.input * inputChannels

    try context.withScratch(
      bytes: memory.elements(threads: context.threads) * MemoryLayout<Scalar>.stride
    ) { (scratch) throws(UnfoldError) in
      let flipped = scratch.assumingMemoryBound(to: Scalar.self)
      let partials = flipped + memory.flippedFilter
      if memory.flippedFilter > 0 { flipFilter(filter, phases, into: flipped, context) }
      context.forEach(groups * tasks) { task, worker in
        let (group, task) = (task / tasks, task % tasks)
        var index = 0
        while firstTasks[index + 1] <= task { index += 1 }
        let phase = phases[index]
        let part = phase.plan.part(ofTask: task - firstTasks[index])
        let columns = partials + memory.partials + worker * memory.worker
        let column = group * groupChannels + part.filters.lowerBound

        // The phase's tile lies in the input gradient as it is, or is computed beside it and spread over its pixels.
        let sum = part.segment == 0 ? inputGradient : partials + (part.segment - 1) * count
        let tile =
          phase.coversInput
          ? Matrix(
            sum + part.pixels.lowerBound * inputChannels + column, rows: part.pixels.count,
            columns: part.filters.count, stride: inputChannels)
          : Matrix(
            columns + phase.plan.columnElements, rows: part.pixels.count, columns: part.filters.count,
            stride: part.filters.count)
        let startsWithBias = part.segment == 0 && bias != nil
        if startsWithBias, let bias {
          tile.fillRows(with: bias + column)
        } else if phase.taps == 0 {
          tile.fillZero()
        }
        if phase.taps > 0 {
          let weights =
            phase.taps == 1
            ? Matrix(
              filter + (phase.onlyTap(horizontal.window) * groupChannels + part.filters.lowerBound) * outputChannels
                + group * groupFilters,
              rows: part.filters.count, columns: groupFilters, stride: outputChannels
            ).transposed
            : Matrix(
              flipped + (group * allTaps + phase.firstTap) * groupFilters * groupChannels + part.filters.lowerBound,
              rows: phase.taps * groupFilters, columns: part.filters.count, stride: groupChannels)
          Lowering(
            outputGradient: self, vertical: phase.vertical, horizontal: phase.horizontal, group: group
          ).multiply(
            outputGradient, part, weights: weights, plan: phase.plan, into: tile, accumulating: startsWithBias,
            scratch: columns)
        }
        if phase.plan.segments == 1 { tile.apply(activation) }
        if !phase.coversInput { spread(tile, part.pixels, phase, over: inputGradient + column) }
      }
      addPartials(partials, count: memory.partials / count, elements: count, to: inputGradient, activation, context)
    }
  }

  /// Writes a tile of one phase to the pixels of that phase.
  @inline(__always)
  private func spread<Scalar: TensorScalar>(
    _ tile: Matrix<Scalar>, _ pixels: Range<Int>, _ phase: GradientPhase, over target: UnsafeMutablePointer<Scalar>
  ) {
    let (rows, columns) = (phase.vertical, phase.horizontal)
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let line = pixel / columns.count
      let first = pixel - line * columns.count
      let count = min(columns.count - first, pixels.upperBound - pixel)
      let h = rows.first + line % rows.count * rows.step
      let w = columns.first + first * columns.step
      copyRows(
        target + ((line / rows.count * vertical.input + h) * horizontal.input + w) * inputChannels,
        stride: columns.step * inputChannels, from: tile.base + (pixel - pixels.lowerBound) * tile.stride,
        stride: tile.stride, rows: count, count: tile.columns)
      pixel += count
    }
  }
}

extension GradientPhase {
  /// The place in the filter of the phase's only tap.
  func onlyTap(_ windowWidth: Int) -> Int { vertical.taps[0] * windowWidth + horizontal.taps[0] }
}

extension Matrix {
  /// Writes zeros everywhere.
  @inline(__always)
  func fillZero() {
    for i in 0..<rows { (base + i * stride).update(repeating: 0, count: columns) }
  }
}
