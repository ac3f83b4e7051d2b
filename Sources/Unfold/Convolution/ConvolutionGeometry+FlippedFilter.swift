extension ConvolutionGeometry {
  /// The filter of every phase with its taps flipped and its channels transposed, so that each phase finds its
  /// right-hand matrix as it lies:
  ///
  /// ```
  /// group 0                                group 1
  /// +- phase 0 --------+- phase 1 ---+     +- ...
  /// | tap 2   | tap 0  | tap 1       | ... |
  /// | K/g x C/g each   |             |     |
  /// +------------------+-------------+     +- ...
  /// ```
  func flipFilter<Scalar: TensorScalar>(
    _ filter: UnsafePointer<Scalar>, _ phases: [GradientPhase], into flipped: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) {
    let (groupChannels, groupFilters) = (inputChannels / groups, outputChannels / groups)
    let order = phases.flatMap { phase in
      phase.vertical.taps.flatMap { r in phase.horizontal.taps.map { s in r * horizontal.window + s } }
    }
    let allTaps = vertical.window * horizontal.window
    // Bands of channels, so that a 1 x 1 or small window is spread over the workers too.
    let bands = min(groupChannels, max(1, groupChannels * groupFilters >> 14))
    context.forEach(groups * order.count * bands) { task, _ in
      let (group, place, band) = (task / bands / order.count, task / bands % order.count, task % bands)
      let channels = groupChannels * band / bands..<groupChannels * (band + 1) / bands
      transpose(
        from: filter + (order[place] * groupChannels + channels.lowerBound) * outputChannels + group * groupFilters,
        stride: outputChannels, rows: channels.count, columns: groupFilters,
        into: flipped + (group * allTaps + place) * groupFilters * groupChannels + channels.lowerBound,
        stride: groupChannels)
    }
  }

  /// The elements of the flipped filter; 0 where no phase has two taps, because BLAS then takes the transpose itself.
  func flippedFilterElements(_ phases: [GradientPhase]) -> Int {
    phases.contains { $0.taps > 1 }
      ? vertical.window * horizontal.window * inputChannels / groups * outputChannels : 0
  }

  /// The elements of scratch memory that one worker needs: its columns, and its tile where that is spread afterwards.
  func inputGradientScratchElements(_ phases: [GradientPhase]) -> Int {
    phases.map { $0.plan.columnElements + ($0.coversInput ? 0 : $0.plan.tilePixels * $0.plan.blockFilters) }.max() ?? 0
  }
}

/// Transposes a matrix, in blocks that stay in the first-level cache.
@inline(__always)
func transpose<Scalar: TensorScalar>(
  from source: UnsafePointer<Scalar>, stride sourceStride: Int, rows: Int, columns: Int,
  into target: UnsafeMutablePointer<Scalar>, stride targetStride: Int
) {
  let block = 16
  var row = 0
  while row < rows {
    let rowEnd = min(row + block, rows)
    var column = 0
    while column < columns {
      let columnEnd = min(column + block, columns)
      for j in column..<columnEnd {
        let line = target + j * targetStride
        for i in row..<rowEnd { line[i] = source[i * sourceStride + j] }
      }
      column = columnEnd
    }
    row = rowEnd
  }
}
