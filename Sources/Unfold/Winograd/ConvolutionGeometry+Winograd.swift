extension ConvolutionGeometry {
  /// Winograd's minimal filtering with a tile, where it applies: windows that go with the tile, each next to the last, in
  /// one group.
  func winogradScheme(_ tile: WinogradTile) -> WinogradScheme? {
    guard groups == 1, vertical.isDense, horizontal.isDense else { return nil }
    return WinogradScheme(tile, window: Extent(vertical.window, horizontal.window))
  }

  /// The forward pass; see ``WinogradProduct``.
  func winogradForward<Scalar: TensorScalar>(
    _ scheme: WinogradScheme, isPacked: Bool = false, _ scalar: Scalar.Type
  ) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(forward: self, scheme), channels: inputChannels, filters: outputChannels,
      order: isPacked ? .packed : .plain)
  }

  /// The input gradient.
  func winogradInputGradient<Scalar: TensorScalar>(
    _ scheme: WinogradScheme, _ scalar: Scalar.Type
  ) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(inputGradient: self, scheme), channels: outputChannels, filters: inputChannels, order: .flipped)
  }
}
