extension PhasedInputGradient {
  /// Writes the filter of every phase that has several tiles into panels, its taps flipped and its channels transposed: each
  /// phase finds its right-hand matrix as the kernels read it.
  ///
  /// ```
  ///                    group 0                          group 1
  ///             phase 0               phase 1
  ///        panel 0     panel 1
  ///       +---------+---------+     +---------+       +- ...
  ///       | tap 2   | tap 2   |     | tap 1   |  ...  |
  ///       | K/g rows|         |     |         |       |
  ///       | tap 0   | tap 0   |     +---------+       |
  ///       +---------+---------+                       +- ...
  /// ```
  func flipFilter(
    _ filter: UnsafePointer<Scalar>, _ phases: UnsafeBufferPointer<GradientPhase>,
    into panels: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let (groups, outputChannels) = (geometry.groups, geometry.outputChannels)
    let (groupChannels, groupFilters) = (geometry.inputChannels / groups, outputChannels / groups)
    let groupPanels = phases.last.map { $0.firstPanel + $0.panelElements } ?? 0
    for phase in phases where !phase.plan.packsPanels {
      let (layout, lowering) = (phase.layout, phase.lowering(of: geometry, group: 0))
      let taps = phase.vertical.taps.count * phase.horizontal.taps.count
      context.forEach(groups * taps * layout.panels) { task, _ in
        let (rest, panel) = task.quotientAndRemainder(dividingBy: layout.panels)
        let (group, place) = rest.quotientAndRemainder(dividingBy: taps)
        let tap = phase.tap(place, filterWidth: geometry.horizontal.window)
        let rows = place * groupFilters..<(place + 1) * groupFilters
        lowering.forEachRead(rows) { rows in
          layout.packTransposed(
            filter + tap * groupChannels * outputChannels + group * groupFilters, stride: outputChannels, panel: panel,
            rows: rows,
            into: panels + group * groupPanels + phase.firstPanel + layout.offset(of: panel, row: rows.lowerBound))
        }
      }
    }
  }
}
