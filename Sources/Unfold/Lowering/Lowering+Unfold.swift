extension Lowering {
  /// Makes a block of the column matrix (im2col): rows `pixels`, columns `columns`, densely packed in `target`.
  ///
  /// Copies runs of S C floats where a filter row's taps lie side by side, of C floats otherwise.
  @inline(__always)
  func unfold<Scalar: TensorScalar>(
    _ source: UnsafePointer<Scalar>, pixels: Range<Int>, columns: Range<Int>,
    into target: UnsafeMutablePointer<Scalar>
  ) {
    let rowLength = columns.count
    forEachRange(in: pixels) { range in
      let image = source + range.image * height * width * channels + channelOffset
      let block = target + range.offset * rowLength
      forEachStretch(in: columns) { row, tap, elements, column in
        let y = range.row * stride.height + originHeight + row * dilation.height
        let count = elements.count
        var destination = block + column
        guard 0 <= y, y < height else {
          fillRows(destination, stride: rowLength, rows: range.columns.count, count: count)
          return
        }
        let line = image + y * width * channels
        let inside = inside(range, tap: tap, elements: elements)
        // Source offset of the stretch at output column q.
        @inline(__always) func offset(_ q: Int) -> Int {
          (q * stride.width + originWidth + tap * dilation.width) * channels + elements.lowerBound
        }
        for q in range.columns.lowerBound..<inside.lowerBound {
          copyClipped(destination, line, offset(q), count)
          destination += rowLength
        }
        copyRows(
          destination, stride: rowLength, from: line + offset(inside.lowerBound),
          stride: stride.width * channels, rows: inside.count, count: count)
        destination += inside.count * rowLength
        for q in inside.upperBound..<range.columns.upperBound {
          copyClipped(destination, line, offset(q), count)
          destination += rowLength
        }
      }
    }
  }

  /// Copies the part of a stretch that lies inside the source row and writes zeros for the rest.
  @inline(__always)
  private func copyClipped<Scalar: TensorScalar>(
    _ destination: UnsafeMutablePointer<Scalar>, _ line: UnsafePointer<Scalar>, _ offset: Int, _ count: Int
  ) {
    let end = (width - 1) * channels + channelCount
    let low = min(max(-offset, 0), count)
    let high = max(low, min(end - offset, count))
    for i in 0..<low { destination[i] = 0 }
    for i in low..<high { destination[i] = line[offset + i] }
    for i in high..<count { destination[i] = 0 }
  }
}

/// Writes zeros to `rows` rows of `count` elements.
@inline(__always)
private func fillRows<Scalar: TensorScalar>(
  _ destination: UnsafeMutablePointer<Scalar>, stride: Int, rows: Int, count: Int
) {
  for row in 0..<rows {
    let target = destination + row * stride
    for i in 0..<count { target[i] = 0 }
  }
}

/// Copies `rows` rows of `count` elements each.
///
/// Runs are short (three taps of 64 channels, five taps of one), so that a call of `memcpy` for each would cost more
/// than the copy. Each is copied by whole vectors, the last of which overlaps its predecessor.
@inline(__always)
func copyRows<Scalar: TensorScalar>(
  _ destination: UnsafeMutablePointer<Scalar>, stride destinationStride: Int,
  from source: UnsafePointer<Scalar>, stride sourceStride: Int, rows: Int, count: Int
) {
  @inline(__always) func copy<Vector>(by vector: Vector.Type, _ lanes: Int) {
    for row in 0..<rows {
      let from = UnsafeRawPointer(source + row * sourceStride)
      let to = UnsafeMutableRawPointer(destination + row * destinationStride)
      let last = (count - lanes) * MemoryLayout<Scalar>.stride
      var i = 0
      while i < last {
        to.storeBytes(of: from.loadUnaligned(fromByteOffset: i, as: vector), toByteOffset: i, as: vector)
        i += lanes * MemoryLayout<Scalar>.stride
      }
      to.storeBytes(of: from.loadUnaligned(fromByteOffset: last, as: vector), toByteOffset: last, as: vector)
    }
  }
  switch count {
  case 32...: copy(by: SIMD16<Scalar>.self, 16)
  case 16...: copy(by: SIMD8<Scalar>.self, 8)
  case 8...: copy(by: SIMD8<Scalar>.self, 8)
  case 4...: copy(by: SIMD4<Scalar>.self, 4)
  case 2...: copy(by: SIMD2<Scalar>.self, 2)
  default:
    for row in 0..<rows { destination[row * destinationStride] = source[row * sourceStride] }
  }
}
