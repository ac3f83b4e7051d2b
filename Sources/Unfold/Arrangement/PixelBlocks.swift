/// Pixels of `C r r` channels and the blocks of r x r pixels of C channels that they become, and the two copies between
/// them: what ``PixelShuffle`` and ``PixelUnshuffle``, forward and backward, consist of.
struct PixelBlocks: Hashable, Sendable {
  /// `[N, H, W, C r r]`.
  let deepShape: Shape
  /// `[N, H r, W r, C]`.
  let wideShape: Shape
  let factor: Int

  /// - Parameter isWide: Whether the shape is that of the blocks.
  init(_ shape: Shape, factor: Int, isWide: Bool, _ name: String) throws(UnfoldError) {
    guard shape.rank == 4 else { throw .invalidArgument(name, expected: "[N, H, W, C]", found: "\(shape)") }
    _ = try shape.requireExtents(name)
    try require("factor of the \(name)", factor, in: 1...1 << 15, or: "1 to \(1 << 15)")
    let other: Shape
    if isWide {
      for (axis, extent) in [("height", shape[1]), ("width", shape[2])] where extent % factor != 0 {
        throw .invalidArgument("\(axis) of the \(name)", expected: "a multiple of \(factor)", found: "\(extent)")
      }
      other = [shape[0], shape[1] / factor, shape[2] / factor, shape[3] * factor * factor]
    } else {
      guard shape[3] % (factor * factor) == 0 else {
        throw .invalidArgument(
          "channels of the \(name)", expected: "a multiple of \(factor) x \(factor)", found: "\(shape[3])")
      }
      other = [shape[0], shape[1] * factor, shape[2] * factor, shape[3] / (factor * factor)]
    }
    _ = try other.requireExtents("result of the \(name)")
    self.factor = factor
    deepShape = isWide ? other : shape
    wideShape = isWide ? shape : other
  }

  /// `wide[n, h r + i, w r + j, c] = deep[n, h, w, c r r + i r + j]`, whatever `wide` held. The names are for messages.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func spread<Scalar: TensorScalar>(
    _ deep: Tensor<Scalar>, _ name: String, into wide: inout Tensor<Scalar>, _ wideName: String,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(deep) {} }
    let (source, target) = try wide.outputBase(wideShape, wideName, from: deep, deepShape, name)
    try forEachPixelRow(context) { places, deepPixel, widePixel, run in
      let (x, y) = (source + deepPixel, target + widePixel)
      for k in 0..<run { y[k] = x[Int(truncatingIfNeeded: places[k])] }
    }
  }

  /// `deep[n, h, w, c r r + i r + j] = wide[n, h r + i, w r + j, c]`, whatever `deep` held. The names are for messages.
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  func gather<Scalar: TensorScalar>(
    _ wide: Tensor<Scalar>, _ name: String, into deep: inout Tensor<Scalar>, _ deepName: String,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    defer { withExtendedLifetime(wide) {} }
    let (source, target) = try deep.outputBase(deepShape, deepName, from: wide, wideShape, name)
    try forEachPixelRow(context) { places, deepPixel, widePixel, run in
      let (x, y) = (source + widePixel, target + deepPixel)
      for k in 0..<run { y[Int(truncatingIfNeeded: places[k])] = x[k] }
    }
  }

  /// Calls `body(places, deepPixel, widePixel, run)` for each deep pixel and each row i of its block: element k of the
  /// `run = r C` adjacent elements from `widePixel` on is the element `deepPixel + places[k]`.
  ///
  /// The places are the same for every pixel, so they are computed once, into scratch memory.
  @inline(__always)
  private func forEachPixelRow(
    _ context: ExecutionContext,
    _ body: (_ places: UnsafePointer<Int32>, _ deepPixel: Int, _ widePixel: Int, _ run: Int) -> Void
  ) throws(UnfoldError) {
    let (width, depth, channels, r) = (deepShape[2], deepShape[3], wideShape[3], factor)
    let run = r * channels
    let pixels = RowPieces(rows: deepShape[0] * deepShape[1] * width, length: depth, mostPieces: 1)
    try context.withScratch(bytes: depth * MemoryLayout<Int32>.stride) { scratch throws(UnfoldError) in
      let places = scratch.assumingMemoryBound(to: Int32.self)
      for i in 0..<r {
        for j in 0..<r {
          for c in 0..<channels {
            places[i &* run &+ j &* channels &+ c] = Int32(truncatingIfNeeded: (c &* r &+ i) &* r &+ j)
          }
        }
      }
      context.forEach(pixels.tasks) { task, _ in
        for pixel in pixels.rows(of: task) {
          let (row, w) = pixel.quotientAndRemainder(dividingBy: width)
          for i in 0..<r {
            body(places + i &* run, pixel &* depth, ((row &* r &+ i) &* width &+ w) &* run, run)
          }
        }
      }
    }
  }
}
