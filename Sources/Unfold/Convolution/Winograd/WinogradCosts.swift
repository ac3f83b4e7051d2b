/// The expected cost of a pass by either algorithm, in multiply-adds of a micro-kernel at its full rate. Fitted to
/// measurements on one thread; `unfold bench --algorithm automatic,im2col,winograd2,winograd4` prints how much time
/// following it loses.
///
/// ```
/// im2col                     r² N P Q C K
/// folded (col2im)            N P Q (r² C K + fold r² C)
/// Winograd                   n² (T C K + transform T (C + K) + filter C K)
/// ```
///
/// for T tiles, rounded up to whole blocks of the micro-kernel, K likewise, channels that are transformed to whole
/// vectors, and n transformed values and r taps on a line. The last term is the transform of the filter or, for the
/// filter gradient, of the sums. The number of threads does not count, so that results do not depend on it.
struct WinogradCosts {
  let transform, filter: Double
  /// Adding an element of the column matrix to the input gradient.
  static let fold = 100.0
  /// How much slower products are whose tiles, of a task and all channels, are in no cache but the last.
  static let strain = 1.6
  static let (taskTiles, cacheBytes) = (64, 16 << 20)

  init(_ scheme: WinogradScheme, _ direction: ConvolutionDirection) {
    // The input gradient also transposes the filter.
    switch (direction, max(scheme.side.height, scheme.side.width)) {
    case (.inputGradient, 4): (transform, filter) = (13, 23)
    case (.inputGradient, _): (transform, filter) = (14, 8.5)
    case (.forward, 4): (transform, filter) = (13, 12)
    case (.forward, _): (transform, filter) = (14, 4)
    case (_, _): (transform, filter) = (13, 12)
    }
  }
}

extension ConvolutionGeometry {
  /// The tile with which a pass is expected to be faster than by im2col, if there is one.
  func winogradTile(for direction: ConvolutionDirection) -> WinogradTile? {
    guard hasWinogradGroupsAndStride else { return nil }
    // The transforms of the target's channels alone cost more than all products with so few channels of the source.
    if (direction == .inputGradient ? outputChannels : inputChannels) <= 4 { return nil }
    let limit = im2colCost(direction)
    let two = winogradCost(.two, direction, below: limit)
    let four = winogradCost(.four, direction, below: limit)
    guard min(two, four) < limit else { return nil }
    return four <= two ? .four : .two
  }

  /// What each algorithm is expected to cost, infinite where it does not apply.
  func algorithmCosts(for direction: ConvolutionDirection) -> [(algorithm: ConvolutionAlgorithm, cost: Double)] {
    [(.im2col, im2colCost(direction))] + WinogradTile.allCases.map { (.winograd($0), winogradCost($0, direction)) }
  }

  private func im2colCost(_ direction: ConvolutionDirection) -> Double {
    let taps = vertical.window * horizontal.window
    let outputs = Double(batch * vertical.output * horizontal.output)
    let products = shareOnImage * Double(taps) * winogradArea(direction)
    guard direction == .inputGradient else { return products * outputs }
    guard FoldedInputGradient<Float>.suits(self) else {
      return products * Double(batch * vertical.input * horizontal.input)
    }
    let columns = taps * inputChannels
    return outputs * (Double(outputChannels) * wholePanels(columns) + WinogradCosts.fold * Double(columns))
  }

  /// The share of the taps that lie on the image, of far dilations: the others are left out.
  private var shareOnImage: Double {
    let lowering = Lowering(input: self, group: 0)
    var share = 1.0
    if vertical.dilation > 1, lowering.skipsPadding {
      share *= Double(lowering.rowsOnImage) / Double(vertical.window * vertical.output)
    }
    if lowering.skipsColumns {
      share *= Double(lowering.columnsOnImage) / Double(horizontal.window * horizontal.output)
    }
    return share
  }

  /// The channels of the source times those of the target.
  private func winogradArea(_ direction: ConvolutionDirection) -> Double {
    direction == .inputGradient
      ? Double(outputChannels) * wholePanels(inputChannels) : Double(inputChannels) * wholePanels(outputChannels)
  }

  /// The columns of a product, rounded up: half a panel takes as long as a whole one.
  private func wholePanels(_ columns: Int) -> Double {
    Double(ceilingDivision(columns, Float._kernels.nr) * Float._kernels.nr)
  }

  /// Infinite where the tile does not apply, or transforming the filter alone takes `limit`.
  private func winogradCost(
    _ tile: WinogradTile, _ direction: ConvolutionDirection, below limit: Double = .infinity
  ) -> Double {
    guard let scheme = winogradScheme(tile) else { return .infinity }
    let (costs, area) = (WinogradCosts(scheme, direction), winogradArea(direction))
    guard Double(scheme.points) * costs.filter * area < limit else { return .infinity }
    let grid =
      direction == .inputGradient
      ? WinogradGrid(inputGradient: self, scheme) : WinogradGrid(forward: self, scheme)
    let tiles = grid.tiles
    let unit = direction == .filterGradient ? 1 : Float._kernels.mr
    let channels = direction == .inputGradient ? outputChannels : inputChannels
    let taskBytes = scheme.points * channels * WinogradCosts.taskTiles * MemoryLayout<Float>.stride
    let strain = taskBytes > WinogradCosts.cacheBytes ? WinogradCosts.strain : 1
    return strain * Double(scheme.points)
      * (Double(ceilingDivision(tiles, unit) * unit) * area
        + costs.transform * Double(tiles) * (wholeVectors(inputChannels) + wholeVectors(outputChannels))
        + costs.filter * area)
  }

  /// The channels that are transformed, rounded up to whole vectors.
  private func wholeVectors(_ channels: Int) -> Double {
    let lanes = Float._kernels.nr / 2
    return Double(ceilingDivision(channels, lanes) * lanes)
  }
}
