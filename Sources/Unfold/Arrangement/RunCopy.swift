// Copies of many short runs of adjacent elements: the building block of every operator that moves elements.

/// Copies `count` runs of `length` elements; the next run begins `sourceStep` elements further in the source and
/// `targetStep` further in the target. The two must not overlap.
@inline(__always)
func copyRuns<Scalar: TensorScalar>(
  _ count: Int, of length: Int, from source: UnsafePointer<Scalar>, step sourceStep: Int,
  to target: UnsafeMutablePointer<Scalar>, step targetStep: Int
) {
  if sourceStep == length && targetStep == length {
    target.update(from: source, count: count &* length)
  } else if length <= shortRun {
    // The loop goes along the runs for each element of a run: a call of `memcpy` for so few elements would take longer
    // than the copy.
    for element in 0..<length {
      for run in 0..<count { target[run &* targetStep &+ element] = source[run &* sourceStep &+ element] }
    }
  } else {
    for run in 0..<count {
      (target + run &* targetStep).update(from: source + run &* sourceStep, count: length)
    }
  }
}

/// As ``copyRuns(_:of:from:step:to:step:)``, but adds to what the target holds.
@inline(__always)
func addRuns<Scalar: TensorScalar>(
  _ count: Int, of length: Int, from source: UnsafePointer<Scalar>, step sourceStep: Int,
  to target: UnsafeMutablePointer<Scalar>, step targetStep: Int
) {
  if sourceStep == length && targetStep == length {
    for i in 0..<count &* length { target[i] += source[i] }
  } else if length <= shortRun {
    for element in 0..<length {
      for run in 0..<count { target[run &* targetStep &+ element] += source[run &* sourceStep &+ element] }
    }
  } else {
    for run in 0..<count {
      let (x, y) = (source + run &* sourceStep, target + run &* targetStep)
      for i in 0..<length { y[i] += x[i] }
    }
  }
}

/// The longest run that is copied element by element.
private var shortRun: Int { 8 }
