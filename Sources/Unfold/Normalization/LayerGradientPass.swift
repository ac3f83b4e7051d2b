/// The gradients of a layer normalisation, for short rows and for long ones.
struct LayerGradientPass<Scalar: TensorScalar> {
  let partition: RowPartition
  let input: UnsafePointer<Scalar>
  /// Nil where the input gradient is written in its place.
  let outputGradient: UnsafePointer<Scalar>?
  let inputGradient: UnsafeMutablePointer<Scalar>
  let scale, mean, remainder, inverse: UnsafePointer<Scalar>

  /// The rows whose parameter gradients are added in `Scalar`, before the sum is added in double precision.
  private static var blockRows: Int { 32 }

  /// Short rows: a row is read from memory once. First its sums are computed; then, from the cache, its input gradient
  /// and its terms of the parameter gradients of its group of rows. The groups are added in order.
  @inline(__always)
  func runShort(
    into scaleGradient: UnsafeMutablePointer<Scalar>, _ shiftGradient: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let (length, groups) = (partition.length, partition.groups)
    var regions = ScratchRegions()
    let groupSums = regions.reserve(2 * groups * length, of: Double.self)
    let blockSums = regions.reserve(2 * context.threads * length, of: Scalar.self)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let sums = groupSums.base(in: scratch)
      context.forEach(groups) { group, worker in
        let (ofScale, ofShift) = (sums + 2 * group * length, sums + (2 * group + 1) * length)
        let block = blockSums.base(in: scratch) + 2 * worker * length
        ofScale.update(repeating: 0, count: 2 * length)
        let rows = partition.rows(of: group)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
          block.update(repeating: 0, count: 2 * length)
          for row in first..<min(first + Self.blockRows, rows.upperBound) {
            let totals = self.sums(of: 0..<length, row: row)
            differentiate(0..<length, of: row, totals, addingTo: block, block + length)
          }
          for i in 0..<length { ofScale[i] += Double(block[i]) }
          for i in 0..<length { ofShift[i] += Double(block[length &+ i]) }
        }
      }
      for group in 1..<groups {
        let values = sums + 2 * group * length
        for i in 0..<2 * length { sums[i] += values[i] }
      }
      for i in 0..<length {
        scaleGradient[i] = Scalar(sums[i])
        shiftGradient[i] = Scalar(sums[length + i])
      }
    }
  }

  /// Long rows: the sums of all slices of all rows first; then each task takes a piece of every row, in order, and owns
  /// that piece of the parameter gradients.
  @inline(__always)
  func runLong(
    into scaleGradient: UnsafeMutablePointer<Scalar>, _ shiftGradient: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let (rows, slices) = (partition.rows, partition.slices)
    var regions = ScratchRegions()
    let sliceSums = regions.reserve(2 * rows * slices, of: Double.self)
    let rowSums = regions.reserve(2 * rows, of: Double.self)
    let blockSums = regions.reserve(2 * context.threads * RowPartition.pieceLength, of: Scalar.self)
    let pieceSums = regions.reserve(2 * context.threads * RowPartition.pieceLength, of: Double.self)
    try context.withScratch(bytes: regions.bytes) { (scratch) throws(UnfoldError) in
      let (sums, totals) = (sliceSums.base(in: scratch), rowSums.base(in: scratch))
      context.forEach(rows * slices) { task, _ in
        let (row, slice) = task.quotientAndRemainder(dividingBy: slices)
        let sum = self.sums(of: partition.elements(ofSlice: slice), row: row)
        sums[2 * task] = sum.gradients
        sums[2 * task + 1] = sum.products
      }
      for row in 0..<rows {
        totals[2 * row] = 0
        totals[2 * row + 1] = 0
        for slice in 0..<slices {
          totals[2 * row] += sums[2 * (row * slices + slice)]
          totals[2 * row + 1] += sums[2 * (row * slices + slice) + 1]
        }
      }
      context.forEach(partition.pieces) { piece, worker in
        let elements = partition.elements(ofPiece: piece)
        let (count, length) = (elements.count, RowPartition.pieceLength)
        let block = blockSums.base(in: scratch) + 2 * worker * length
        let sum = pieceSums.base(in: scratch) + 2 * worker * length
        let isOneBlock = rows <= Self.blockRows
        let ofScale = isOneBlock ? scaleGradient + elements.lowerBound : block
        let ofShift = isOneBlock ? shiftGradient + elements.lowerBound : block + length
        sum.update(repeating: 0, count: isOneBlock ? 0 : 2 * length)
        for first in stride(from: 0, to: rows, by: Self.blockRows) {
          ofScale.update(repeating: 0, count: count)
          ofShift.update(repeating: 0, count: count)
          for row in first..<min(first + Self.blockRows, rows) {
            differentiate(elements, of: row, (totals[2 * row], totals[2 * row + 1]), addingTo: ofScale, ofShift)
          }
          if isOneBlock { return }
          for i in 0..<count { sum[i] += Double(ofScale[i]) }
          for i in 0..<count { sum[length &+ i] += Double(ofShift[i]) }
        }
        for i in 0..<count { scaleGradient[elements.lowerBound &+ i] = Scalar(sum[i]) }
        for i in 0..<count { shiftGradient[elements.lowerBound &+ i] = Scalar(sum[length &+ i]) }
      }
    }
  }

  /// The sums of scale g and of scale g (x - mean).
  @inline(__always)
  private func sums(of elements: Range<Int>, row: Int) -> (gradients: Double, products: Double) {
    let first = row &* partition.length &+ elements.lowerBound
    let sums = rowGradientSums(
      (outputGradient ?? UnsafePointer(inputGradient)) + first, input + first, scale: scale + elements.lowerBound,
      mean: mean[row], elements.count)
    return (sums.gradients, sums.products - Double(remainder[row]) * sums.gradients)
  }

  /// `inputGradient = (g scale + (x - mean) slope + offset) d`, and these elements' terms of the parameter gradients.
  @inline(__always)
  private func differentiate(
    _ elements: Range<Int>, of row: Int, _ sums: (gradients: Double, products: Double),
    addingTo scaleGradient: UnsafeMutablePointer<Scalar>, _ shiftGradient: UnsafeMutablePointer<Scalar>
  ) {
    let first = row &* partition.length &+ elements.lowerBound
    let (x, dx, scale) = (input + first, inputGradient + first, scale + elements.lowerBound)
    let dy = outputGradient.map { $0 + first } ?? UnsafePointer(dx)
    let (mean, inverse, count) = (mean[row], inverse[row], elements.count)
    let rest = shiftWithout(remainder[row], factor: inverse, shift: 0)
    let share = -1 / Double(partition.length)
    let exactSlope = (Double(inverse) * Double(inverse) * share) * sums.products
    let slope = Scalar(exactSlope)
    let offset = Scalar(share * sums.gradients - Double(remainder[row]) * exactSlope)
    for i in 0..<count {
      scaleGradient[i] = scaleGradient[i].addingProduct(dy[i], rest.addingProduct(x[i] - mean, inverse))
      shiftGradient[i] += dy[i]
    }
    // Two loops, because one over three addresses, two of which are equal, would not be vectorised.
    if outputGradient == nil {
      for i in 0..<count {
        dx[i] = offset.addingProduct(x[i] - mean, slope).addingProduct(dx[i], scale[i]) * inverse
      }
    } else {
      for i in 0..<count {
        dx[i] = offset.addingProduct(x[i] - mean, slope).addingProduct(dy[i], scale[i]) * inverse
      }
    }
  }
}
