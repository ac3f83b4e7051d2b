import Unfold

/// The U-Net of Ronneberger, Fischer and Brox 2015, with padding and batch normalisation: classes for every pixel.
///
/// ```
/// [H, W, C] = 2 conv =--------------------------------- side by side = 2 conv = 1x1 -> [H, W, classes]
///               '-pool- 2 conv =------ side by side = 2 conv -up-'
///                          '-pool- 2 conv -up-'
/// ```
public struct UNet: Hashable, Sendable {
  /// How the expanding path doubles the size of a map.
  public enum Growth: Hashable, Sendable {
    /// A transposed 2x2 convolution of stride 2.
    case transposedConvolution
    /// Bilinear interpolation, then a 3x3 convolution (Odena, Dumoulin and Olah 2016: no checkerboards).
    case resize
  }

  /// The filters of each level, from the top.
  public var filters: [Int]
  public var growth: Growth

  /// A network.
  public init(filters: [Int] = [16, 32, 64, 128], growth: Growth = .transposedConvolution) {
    self.filters = filters
    self.growth = growth
  }

  /// The graph; its output is `[H, W, classes]`, logits.
  ///
  /// - Parameters:
  ///   - input: `[H, W, C]`, H and W multiples of 2 to the power of the levels below the top.
  ///   - classes: The number of logits of a pixel.
  /// - Throws: ``GraphError``.
  public func graph(input: Shape, classes: Int) throws(GraphError) -> Graph {
    try Graph(input: input) { x throws(GraphError) in
      var (y, skips) = (x, [Value]())
      for (level, filters) in filters.enumerated() {
        if level > 0 { y = try y.maximumPooling(2) }
        y = try y.scope("down\(level + 1)") { x throws(GraphError) in try pair(x, filters: filters) }
        skips.append(y)
      }
      for (level, skip) in skips.dropLast().enumerated().reversed() {
        y = try y.scope("up\(level + 1)") { x throws(GraphError) in
          try pair(concatenate([skip, grown(x, filters: filters[level])]), filters: filters[level])
        }
      }
      return try y.convolution(classes, window: 1, initializer: .logits, name: "classifier")
    }
  }

  private func pair(_ x: Value, filters: Int) throws(GraphError) -> Value {
    try x.convolution(filters, window: 3, padding: .same, hasBias: false).batchNorm().relu()
      .convolution(filters, window: 3, padding: .same, hasBias: false).batchNorm().relu()
  }

  private func grown(_ x: Value, filters: Int) throws(GraphError) -> Value {
    switch growth {
    case .transposedConvolution: try x.transposedConvolution(filters, window: 2, stride: 2, padding: .valid)
    case .resize:
      try x.resampled(.bilinear(to: Extent(2 * x.shape[0], 2 * x.shape[1]), alignsCorners: false))
        .convolution(filters, window: 3, padding: .same)
    }
  }
}
