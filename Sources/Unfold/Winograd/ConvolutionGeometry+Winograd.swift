extension ConvolutionGeometry {
  /// Whether Winograd's minimal filtering applies: windows of 3x3, each next to the last, in one group.
  var allowsWinograd: Bool {
    groups == 1 && [vertical, horizontal].allSatisfy { $0.window == 3 && $0.stride == 1 && $0.dilation == 1 }
  }

  /// The forward pass; see ``WinogradProduct``.
  func winogradForward<Scalar: TensorScalar>(_ tile: WinogradTile, _ scalar: Scalar.Type) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(forward: self, tile), channels: inputChannels, filters: outputChannels, isFlipped: false)
  }

  /// The input gradient.
  func winogradInputGradient<Scalar: TensorScalar>(
    _ tile: WinogradTile, _ scalar: Scalar.Type
  ) -> WinogradProduct<Scalar> {
    WinogradProduct(
      WinogradGrid(inputGradient: self, tile), channels: outputChannels, filters: inputChannels, isFlipped: true)
  }
}
