/// What a pass is expected to cost by either algorithm, in multiply-adds of a register block at its full rate. Fitted to
/// measurements on one thread; `unfold bench --algorithm automatic,im2col,winograd2,winograd4` prints what following it
/// loses.
///
/// ```
/// im2col                     r² N P Q C K
/// Winograd                   n² (T C K + transform T (C + K) + filter C K)
/// ```
///
/// for T tiles, rounded up to whole register blocks, K likewise; the last term is the filter's points or, for the filter
/// gradient, their sums. The number of threads is no part of it, so that results do not depend on it.
struct WinogradCosts {
  let transform: Double
  let filter: Double

  init(_ scheme: WinogradScheme, _ direction: ConvolutionDirection) {
    switch (scheme.side, direction == .filterGradient) {
    case (4, false): (transform, filter) = (13, 12)
    case (_, false): (transform, filter) = (14, 4)
    case (_, true): (transform, filter) = (13, 12)
    }
  }
}

extension ConvolutionGeometry {
  /// The tile with which a pass is expected to be faster than by im2col, if there is one.
  func winogradTile(for direction: ConvolutionDirection) -> WinogradTile? {
    let isExchanged = direction == .inputGradient
    let (channels, filters) = isExchanged ? (outputChannels, inputChannels) : (inputChannels, outputChannels)
    // A panel of half the width takes as long.
    let paddedFilters = ceilingDivision(filters, Float._panelWidth) * Float._panelWidth
    let (rows, columns) = isExchanged ? (vertical.input, horizontal.input) : (vertical.output, horizontal.output)
    let area = Double(channels) * Double(paddedFilters)

    var best: (tile: WinogradTile?, cost: Double) = (
      nil, Double(vertical.window * horizontal.window * batch * rows * columns) * area
    )
    for tile in WinogradTile.allCases {
      guard let scheme = winogradScheme(tile) else { continue }
      let tiles = batch * ceilingDivision(rows, scheme.tile) * ceilingDivision(columns, scheme.tile)
      let unit = direction == .filterGradient ? 1 : Float._blockRows
      let costs = WinogradCosts(scheme, direction)
      let cost =
        Double(scheme.points)
        * (Double(ceilingDivision(tiles, unit) * unit) * area
          + costs.transform * Double(tiles) * Double(channels + filters) + costs.filter * area)
      if cost < best.cost { best = (tile, cost) }
    }
    return best.tile
  }
}
