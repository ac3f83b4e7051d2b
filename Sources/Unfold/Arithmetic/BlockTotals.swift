import CKernels

// Sums of many terms, block by block. Blocks of at most `BlockSum.terms` terms are accumulated in `Scalar`, and the
// sums of the blocks in double precision, so that the error does not grow with the number of terms. Sums of fewer terms
// do not need it.

enum BlockSum {
  /// The most terms of a block; a multiple of 8.
  @inline(__always) static var terms: Int { Int(UNFOLD_SUM_TERMS) }
}

/// Adds the sums of a block to the totals, or is the first to write these.
@inline(__always)
func addBlock<Scalar: TensorScalar>(
  _ block: UnsafePointer<Scalar>, to totals: UnsafeMutablePointer<Double>, isFirst: Bool, _ count: Int
) {
  if isFirst {
    for i in 0..<count { totals[i] = Double(block[i]) }
  } else {
    for i in 0..<count { totals[i] += Double(block[i]) }
  }
}

/// Adds the totals to the last block's sums, which then are the sums of all terms.
@inline(__always)
func finishBlocks<Scalar: TensorScalar>(
  _ block: UnsafeMutablePointer<Scalar>, _ totals: UnsafePointer<Double>, _ count: Int
) {
  for i in 0..<count { block[i] = Scalar(totals[i] + Double(block[i])) }
}
