/// What a pass is expected to cost by either algorithm, in multiply-adds of a register block at its full rate. Fitted to
/// measurements on one thread; `unfold bench --algorithm automatic,im2col,winograd2,winograd4` prints what following it
/// loses.
///
/// ```
/// im2col                     r² N P Q C K
/// Winograd                   n² (T C K + transform T (C + K) + filter C K)
/// ```
///
/// for T tiles, rounded up to whole register blocks, K likewise, and n points and r taps on a line; the last term is the
/// filter's points or, for the filter gradient, their sums. The number of threads is no part of it, so that results do not
/// depend on it.
struct WinogradCosts {
  let transform: Double
  let filter: Double

  init(_ scheme: WinogradScheme, _ direction: ConvolutionDirection) {
    switch (max(scheme.side.height, scheme.side.width), direction == .filterGradient) {
    case (4, false): (transform, filter) = (13, 12)
    case (_, false): (transform, filter) = (14, 4)
    case (_, true): (transform, filter) = (13, 12)
    }
  }
}

extension ConvolutionGeometry {
  /// The tile with which a pass is expected to be faster than by im2col, if there is one.
  func winogradTile(for direction: ConvolutionDirection) -> WinogradTile? {
    let (rows, columns) =
      direction == .inputGradient ? (vertical.input, horizontal.input) : (vertical.output, horizontal.output)
    let im2col =
      Double(vertical.window * horizontal.window) * Double(batch * rows * columns) * winogradArea(direction)
    let (two, four) = (winogradCost(.two, direction), winogradCost(.four, direction))
    guard min(two, four) < im2col else { return nil }
    return four <= two ? .four : .two
  }

  /// The channels of the source times those of the target, of which half a panel takes as long as a whole one.
  private func winogradArea(_ direction: ConvolutionDirection) -> Double {
    let (channels, filters) =
      direction == .inputGradient ? (outputChannels, inputChannels) : (inputChannels, outputChannels)
    return Double(channels) * Double(ceilingDivision(filters, Float._panelWidth) * Float._panelWidth)
  }

  /// Infinite where the tile does not apply.
  private func winogradCost(_ tile: WinogradTile, _ direction: ConvolutionDirection) -> Double {
    guard let scheme = winogradScheme(tile) else { return .infinity }
    let grid =
      direction == .inputGradient
      ? WinogradGrid(inputGradient: self, scheme) : WinogradGrid(forward: self, scheme)
    let tiles = grid.tiles
    let unit = direction == .filterGradient ? 1 : Float._blockRows
    let (costs, area) = (WinogradCosts(scheme, direction), winogradArea(direction))
    return Double(scheme.points)
      * (Double(ceilingDivision(tiles, unit) * unit) * area
        + costs.transform * Double(tiles) * Double(inputChannels + outputChannels) + costs.filter * area)
  }
}
