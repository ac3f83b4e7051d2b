import Unfold

/// Values that are normalised together: by their own mean and variance.
///
/// The three normalisations differ in nothing but which values belong to such a set, and which scale and shift each
/// value has.
struct NormalizedSet {
  /// The places of the values in the tensor.
  let elements: [Int]
}

extension NormalizedSet {
  /// `mean = sum of x / count`, `squares = sum of (x - mean)²`.
  func moments(_ x: [Double]) -> (mean: Double, squares: Double) {
    var sum = 0.0
    for i in elements { sum += x[i] - x[elements[0]] }
    let mean = x[elements[0]] + sum / Double(elements.count)
    var squares = 0.0
    for i in elements { squares += (x[i] - mean) * (x[i] - mean) }
    return (mean, squares)
  }

  /// The chain rule of Ioffe and Szegedy (2015), section 3, line by line: from the gradients `dn` of the normalised
  /// values `n = (x - mean) / √(variance + epsilon)` through the variance and through the mean to those of x.
  func inputGradient(
    _ dn: [Double], _ x: [Double], mean: Double, inverseDeviation: Double, into dx: inout [Double]
  ) {
    let count = Double(elements.count)
    var (ofVariance, ofMean, sumOfDeviations) = (0.0, 0.0, 0.0)
    for i in elements {
      let cube = inverseDeviation * inverseDeviation * inverseDeviation
      ofVariance += dn[i] * (x[i] - mean) * -0.5 * cube
      ofMean -= dn[i] * inverseDeviation
      sumOfDeviations += x[i] - mean
    }
    ofMean += ofVariance * -2 * sumOfDeviations / count
    for i in elements {
      dx[i] = dn[i] * inverseDeviation + ofVariance * 2 * (x[i] - mean) / count + ofMean / count
    }
  }
}

/// A normalisation by plain loops: sets, and for each value of the tensor the place of its scale and shift. All is computed
/// in double precision and rounded at the end.
struct PlainNormalization {
  let sets: [NormalizedSet]
  let epsilon: Double
  let savedShape: Shape
  let parameterShape: Shape
  let parameter: (Int) -> Int

  func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Double>, saved: SavedMoments<Scalar>) {
    try expect(scale, parameterShape, "scale")
    try expect(shift, parameterShape, "shift")
    let (x, scales, shifts) = (input.doubles, scale.doubles, shift.doubles)
    var y = x
    var (means, inverses): ([Double], [Double]) = ([], [])
    for set in sets {
      let (mean, squares) = set.moments(x)
      let inverse = 1 / (squares / Double(set.elements.count) + epsilon).squareRoot()
      for i in set.elements { y[i] = (x[i] - mean) * inverse * scales[parameter(i)] + shifts[parameter(i)] }
      means.append(mean)
      inverses.append(inverse)
    }
    return (
      try Tensor(y, shape: input.shape),
      try SavedMoments(
        mean: Tensor(rounding: means, shape: savedShape),
        meanRemainder: Tensor(rounding: means.map { $0 - Double(Scalar($0)) }, shape: savedShape),
        inverseDeviation: Tensor(rounding: inverses, shape: savedShape))
    )
  }

  func gradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(input, outputGradient.shape, "normalization input")
    try expect(scale, parameterShape, "scale")
    try expect(saved.mean, savedShape, "saved mean")
    try expect(saved.meanRemainder, savedShape, "saved mean remainder")
    let (x, dy, scales) = (input.doubles, outputGradient.doubles, scale.doubles)
    let means = zip(saved.mean.doubles, saved.meanRemainder.doubles).map { $0 + $1 }
    let inverses = saved.inverseDeviation.doubles
    var dx = x
    var (ofScale, ofShift) = (scales.map { _ in 0.0 }, scales.map { _ in 0.0 })
    let dn = dy.indices.map { dy[$0] * scales[parameter($0)] }
    for (set, (mean, inverse)) in zip(sets, zip(means, inverses)) {
      for i in set.elements {
        ofScale[parameter(i)] += dy[i] * (x[i] - mean) * inverse
        ofShift[parameter(i)] += dy[i]
      }
      set.inputGradient(dn, x, mean: mean, inverseDeviation: inverse, into: &dx)
    }
    return (
      try Tensor(rounding: dx, shape: input.shape), try Tensor(rounding: ofScale, shape: parameterShape),
      try Tensor(rounding: ofShift, shape: parameterShape)
    )
  }
}

extension Tensor {
  /// The elements in double precision.
  var doubles: [Double] { elements.map { Double($0) } }

  /// Numbers in double precision, each rounded.
  init(rounding numbers: [Double], shape: Shape) throws(UnfoldError) {
    try self.init(numbers.map { Scalar($0) }, shape: shape)
  }
}
