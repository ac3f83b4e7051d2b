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
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext = .shared
  ) throws(UnfoldError) {
    try self.inputGradient(outputGradient, filter: filter, adding: false, into: &inputGradient, context: context)
  }

  /// Whether the input gradient can be added to what its memory holds.
  package func canAddInputGradient<Scalar: TensorScalar>(_ scalar: Scalar.Type) -> Bool {
    canAdd && !foldsInputGradient(scalar)
  }

  /// ``inputGradient(_:filter:into:context:)``, or, where ``canAddInputGradient(_:)``, added to what `inputGradient` holds.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, filter: Tensor<Scalar>, adding: Bool, into inputGradient: inout Tensor<Scalar>,
    context: ExecutionContext
  ) throws(UnfoldError) {
    try outputGradient.requireShape(outputShape, "output gradient")
    try filter.requireShape(filterShape, "filter")
    try inputGradient.requireShape(inputShape, "input gradient")
    precondition(!adding || canAddInputGradient(Scalar.self), "sums are for pointwise convolutions only")
    defer { withExtendedLifetime((outputGradient, filter)) {} }
    let target = adding ? inputGradient.mutableBase() : try inputGradient.outputBase()
    try computeInputGradient(
      outputGradient.base, filter.base, bias: nil, .identity, into: target, accumulates: adding, context)
  }

  /// The input gradient on memory whose shapes have been checked; or the forward pass of the transposed convolution,
  /// which adds a bias and has an activation.
  @inline(__always)
  func computeInputGradient<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>, _ filter: UnsafePointer<Scalar>, bias: UnsafePointer<Scalar>?,
    _ activation: Activation, into inputGradient: UnsafeMutablePointer<Scalar>, accumulates: Bool = false,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    if isDirect {
      depthwiseInputGradient(outputGradient, filter, bias, activation, inputGradient, context)
    } else if let scheme = winograd(.inputGradient, context.accuracy, Scalar.self) {
      try winogradInputGradient(scheme, Scalar.self).run(
        .init(source: outputGradient, taps: filter, bias: bias, activation: activation, target: inputGradient), context)
    } else if foldsInputGradient(Scalar.self) {
      try foldedInputGradient(outputGradient, filter, bias, activation, inputGradient, context)
    } else {
      try loweredInputGradient(
        outputGradient, filter, bias, activation, inputGradient, accumulates: accumulates, context)
    }
  }

  /// For each group and phase, tile by tile; see ``PanelProduct``:
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
    _ activation: Activation, _ inputGradient: UnsafeMutablePointer<Scalar>, accumulates: Bool,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let memory = InputGradientMemory(self, Scalar.self)
    let (groupChannels, groupFilters) = (inputChannels / groups, outputChannels / groups)

    try context.withScratch(
      bytes: memory.bytes(threads: context.threads)
    ) { (scratch) throws(UnfoldError) in
      let lowered = memory.lowered
      let phases = memory.phases(of: self, in: scratch, threads: context.threads, Scalar.self)
      guard let first = phases.first, let last = phases.last else { return }
      let layout = first.layout
      let groupPanels = last.firstPanel + last.panelElements
      let tasks = last.firstTask + last.plan.tasks
      let panels = lowered.panels(in: scratch, as: Scalar.self)
      lowered.fillStarts(in: scratch, layout, groups: groups, with: bias)
      flipFilter(filter, phases, into: panels, context)
      context.forEach(groups * tasks) { task, worker in
        let (group, task) = task.quotientAndRemainder(dividingBy: tasks)
        var index = phases.count - 1
        while phases[index].firstTask > task { index -= 1 }
        let phase = phases[index]
        let (rows, columns) = (phase.vertical, phase.horizontal)
        let rowStride = horizontal.input * inputChannels
        PanelProduct(
          lowering: phase.lowering(of: self, group: group), plan: phase.plan, layout: phase.layout,
          source: outputGradient,
          right: phase.plan.packsPanels
            ? .flipped(
              filter + group * groupFilters, phase, filterWidth: horizontal.window,
              tapStride: groupChannels * outputChannels, stride: outputChannels)
            : .panels(panels + group * groupPanels + phase.firstPanel),
          start: lowered.start(in: scratch, group, layout, as: Scalar.self),
          zeros: lowered.zeros(in: scratch, as: Scalar.self),
          targets: PixelGrid(
            base: inputGradient + rows.first * rowStride + columns.first * inputChannels + group * groupChannels,
            height: rows.count, width: columns.count, imageStride: vertical.input * rowStride,
            rowStride: rows.step * rowStride, pixelStride: columns.step * inputChannels),
          accumulates: accumulates, activation: activation
        ).run(task - phase.firstTask, scratch: lowered.worker(worker, in: scratch))
      }
    }
  }
}

/// The scratch memory of an input gradient by phases: that of the products, then the phases themselves.
struct InputGradientMemory {
  let lowered: LoweredMemory
  private let phaseCount: Int

  init<Scalar: TensorScalar>(_ geometry: ConvolutionGeometry, _ scalar: Scalar.Type) {
    var (panelElements, columns, worker, count) = (0, 0, 0, 0)
    for phase in GradientPhases(geometry, scalar) {
      panelElements = phase.firstPanel + phase.panelElements
      columns = phase.layout.paddedColumns
      worker = max(worker, PanelProductMemory(phase.lowering(of: geometry, group: 0), phase.plan, scalar).bytes)
      count += 1
    }
    lowered = LoweredMemory(
      panelElements: geometry.groups * panelElements, startElements: geometry.groups * columns,
      run: geometry.outputChannels / geometry.groups, worker: worker, of: scalar)
    phaseCount = count
  }

  func bytes(threads: Int) -> Int { lowered.bytes(threads: threads) + phaseCount * MemoryLayout<GradientPhase>.stride }

  /// Writes the phases into the scratch memory.
  func phases<Scalar: TensorScalar>(
    of geometry: ConvolutionGeometry, in scratch: UnsafeMutableRawPointer, threads: Int, _ scalar: Scalar.Type
  ) -> UnsafeBufferPointer<GradientPhase> {
    let table = (scratch + lowered.bytes(threads: threads)).bindMemory(to: GradientPhase.self, capacity: phaseCount)
    for (index, phase) in GradientPhases(geometry, scalar).enumerated() { (table + index).initialize(to: phase) }
    return UnsafeBufferPointer(start: table, count: phaseCount)
  }
}
