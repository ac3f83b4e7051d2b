/// A rectangle of pixels inside larger maps, and the two copies between them: what cropping, forward and backward,
/// consists of.
struct InnerRectangle: Hashable, Sendable {
  /// `[N, H, W, C]`, the maps.
  let outerShape: Shape
  /// `[N, rows, columns, C]`, the rectangle.
  let innerShape: Shape
  /// The first row and column of the maps that the rectangle covers.
  let (top, left): (Int, Int)

  /// The elements of a row of the maps and of the rectangle.
  private var outerRow: Int { outerShape[2] * outerShape[3] }
  private var innerRow: Int { innerShape[2] * innerShape[3] }

  /// Copies the rectangle out of the maps.
  func extract<Scalar: TensorScalar>(
    from maps: UnsafePointer<Scalar>, into rectangle: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let (height, rows, outerRow, innerRow) = (outerShape[1], innerShape[1], outerRow, innerRow)
    let corner = top * outerRow + left * outerShape[3]
    let pieces = RowPieces(rows: innerShape[0] * rows, length: innerRow)
    context.forEach(pieces.tasks) { task, _ in
      let elements = pieces.elements(of: task)
      for row in pieces.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: rows)
        let source = maps + ((image &* height &+ h) &* outerRow &+ corner)
        (rectangle + (row &* innerRow &+ elements.lowerBound)).update(
          from: source + elements.lowerBound, count: elements.count)
      }
    }
  }

  /// Writes the maps: the rectangle, and zeros around it.
  func embed<Scalar: TensorScalar>(
    _ rectangle: UnsafePointer<Scalar>, into maps: UnsafeMutablePointer<Scalar>, _ context: ExecutionContext
  ) {
    let (height, rows, outerRow, innerRow) = (outerShape[1], innerShape[1], outerRow, innerRow)
    let before = left * outerShape[3]
    let pieces = RowPieces(rows: outerShape[0] * height, length: outerRow)
    context.forEach(pieces.tasks) { task, _ in
      let elements = pieces.elements(of: task)
      // The part of a row that this task copies; what precedes and follows is zero.
      let first = min(max(before, elements.lowerBound), elements.upperBound)
      let end = max(min(before &+ innerRow, elements.upperBound), first)
      for row in pieces.rows(of: task) {
        let (image, h) = row.quotientAndRemainder(dividingBy: height)
        let target = maps + row &* outerRow
        if h < top || h >= top &+ rows {
          (target + elements.lowerBound).update(repeating: 0, count: elements.count)
        } else {
          let source = rectangle + ((image &* rows &+ (h &- top)) &* innerRow &- before)
          (target + elements.lowerBound).update(repeating: 0, count: first &- elements.lowerBound)
          (target + first).update(from: source + first, count: end &- first)
          (target + end).update(repeating: 0, count: elements.upperBound &- end)
        }
      }
    }
  }
}

extension Padding {
  /// The amounts of the four sides, for an operation that resolves no ``same``.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for ``same`` and for negative amounts.
  func amounts(_ name: String) throws(UnfoldError) -> (top: Int, bottom: Int, left: Int, right: Int) {
    guard case .sides(let top, let bottom, let left, let right) = self else {
      throw .invalidArgument(name, expected: "an amount for each side", found: "\(self)")
    }
    let limit = Int(Int32.max)
    for (side, amount) in [("top", top), ("bottom", bottom), ("left", left), ("right", right)] {
      try require("\(name) at the \(side)", amount, in: 0...limit, or: "0 to \(limit)")
    }
    return (top, bottom, left, right)
  }
}
