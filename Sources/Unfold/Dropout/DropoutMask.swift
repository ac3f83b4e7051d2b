/// The mask of a dropout in one step, computed where it is needed.
///
/// The elements are numbered in blocks of 256. One pair of random words serves the elements l and 128 + l of a block:
/// the first word decides l, the second 128 + l. So a loop over l reads and writes adjacent elements.
struct DropoutMask<Scalar: TensorScalar> {
  let function: Threefry
  let threshold: UInt32
  let scale: Scalar

  private static var half: Int { 128 }

  /// `base[i] *= mask[first + i]` for i < count; `first` is a multiple of 256.
  @inline(__always)
  func apply(to base: UnsafeMutablePointer<Scalar>, first: Int, count: Int) {
    let half = Self.half
    var done = 0
    while done < count {
      let block = base + done
      let (low, high) = UInt64(truncatingIfNeeded: (first &+ done) / 2).halves
      if count &- done >= 2 &* half {
        for l in 0..<half {
          let words = function.words(low &+ UInt32(truncatingIfNeeded: l), high)
          block[l] *= factor(words.0)
          block[half &+ l] *= factor(words.1)
        }
      } else {
        for l in 0..<min(half, count &- done) {
          block[l] *= factor(function.words(low &+ UInt32(truncatingIfNeeded: l), high).0)
        }
        for l in 0..<max(count &- done &- half, 0) {
          block[half &+ l] *= factor(function.words(low &+ UInt32(truncatingIfNeeded: l), high).1)
        }
      }
      done &+= 2 &* half
    }
  }

  /// A product, and not a choice between the element and zero: a NaN that is dropped stays a NaN.
  @inline(__always) private func factor(_ word: UInt32) -> Scalar { word < threshold ? 0 : scale }
}
