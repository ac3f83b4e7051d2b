extension ConvolutionGeometry {
  /// Winograd's minimal filtering with a tile; nil where it does not apply. It needs a window that goes with the tile,
  /// stride 1 and one group.
  func winogradScheme(_ tile: WinogradTile) -> WinogradScheme? {
    guard hasWinogradGroupsAndStride else { return nil }
    return WinogradScheme(tile, window: Extent(vertical.window, horizontal.window))
  }

  /// Whether there is one group, and stride 1.
  var hasWinogradGroupsAndStride: Bool { groups == 1 && vertical.stride == 1 && horizontal.stride == 1 }

  /// The scheme of a tile that applies: the algorithms that a geometry was not refused for, and what
  /// ``winogradTile(for:)`` proposes.
  private func validScheme(_ tile: WinogradTile) -> WinogradScheme {
    guard let scheme = winogradScheme(tile) else { preconditionFailure("\(tile) does not apply to \(self)") }
    return scheme
  }

  /// The forward pass; see ``WinogradProduct``.
  func winogradForward<Scalar: TensorScalar>(_ tile: WinogradTile, isPacked: Bool = false) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(forward: self, validScheme(tile)), channels: inputChannels, filters: outputChannels,
      tapLayout: isPacked ? .packed : .plain)
  }

  /// The input gradient, the forward pass of the output gradient with the flipped filter.
  func winogradInputGradient<Scalar: TensorScalar>(_ tile: WinogradTile) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(inputGradient: self, validScheme(tile)), channels: outputChannels, filters: inputChannels,
      tapLayout: .flipped)
  }

  /// The filter gradient; see ``WinogradFilterGradient``.
  func winogradFilterGradient<Scalar: TensorScalar>(_ tile: WinogradTile) -> WinogradFilterGradient<Scalar> {
    WinogradFilterGradient(self, validScheme(tile))
  }
}
