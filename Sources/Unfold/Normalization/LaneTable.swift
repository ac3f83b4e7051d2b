/// The values that a pass over pixels needs for every lane (means, factors, ...): for each block of lanes one plane for
/// each quantity, ``PixelLanes/width`` elements apart.
struct LaneTable<Scalar: TensorScalar> {
  let lanes: PixelLanes
  let planes: Int
  let base: UnsafeMutablePointer<Scalar>

  /// The elements of a table.
  static func elements(_ lanes: PixelLanes, planes: Int) -> Int { lanes.blocks * planes * PixelLanes.width }

  /// The planes of one block.
  @inline(__always)
  func block(_ block: Int) -> UnsafeMutablePointer<Scalar> { base + block &* planes &* PixelLanes.width }

  /// Gives every lane of a plane the value of its channel.
  @inline(__always)
  func fill(_ plane: Int, with values: UnsafePointer<Scalar>) {
    let width = PixelLanes.width
    if lanes.fold > 1 {
      for pixel in 0..<lanes.fold {
        (base + plane * width + pixel * lanes.channels).update(from: values, count: lanes.channels)
      }
    } else {
      for index in 0..<lanes.blocks {
        (block(index) + plane * width).update(from: values + index * width, count: lanes.count(of: index))
      }
    }
  }
}
