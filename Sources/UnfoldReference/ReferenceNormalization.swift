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
  func moments<Scalar: TensorScalar>(_ x: [Scalar]) -> (mean: Scalar, squares: Scalar) {
    var sum: Scalar = 0
    for i in elements { sum += x[i] }
    let mean = sum / Scalar(elements.count)
    var squares: Scalar = 0
    for i in elements { squares += (x[i] - mean) * (x[i] - mean) }
    return (mean, squares)
  }

  /// The chain rule of Ioffe and Szegedy (2015), section 3, line by line: from the gradients `dn` of the normalised
  /// values `n = (x - mean) / √(variance + epsilon)` through the variance and through the mean to those of x.
  func inputGradient<Scalar: TensorScalar>(
    _ dn: [Scalar], _ x: [Scalar], mean: Scalar, inverseDeviation: Scalar, into dx: inout [Scalar]
  ) {
    let count = Scalar(elements.count)
    var (ofVariance, ofMean, sumOfDeviations): (Scalar, Scalar, Scalar) = (0, 0, 0)
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

/// A normalisation by plain loops: sets, and for each value of the tensor the place of its scale and shift.
struct PlainNormalization<Scalar: TensorScalar> {
  let sets: [NormalizedSet]
  let epsilon: Double
  let savedShape: Shape
  let parameterShape: Shape
  let parameter: (Int) -> Int

  func forward(
    _ input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>
  ) throws(UnfoldError) -> (output: Tensor<Scalar>, saved: SavedMoments<Scalar>) {
    try expect(scale, parameterShape, "scale")
    try expect(shift, parameterShape, "shift")
    let (x, scales, shifts) = (input.elements, scale.elements, shift.elements)
    var y = x
    var (means, inverses): ([Scalar], [Scalar]) = ([], [])
    for set in sets {
      let (mean, squares) = set.moments(x)
      let inverse = 1 / (squares / Scalar(set.elements.count) + Scalar(epsilon)).squareRoot()
      for i in set.elements { y[i] = (x[i] - mean) * inverse * scales[parameter(i)] + shifts[parameter(i)] }
      means.append(mean)
      inverses.append(inverse)
    }
    return (
      try Tensor(y, shape: input.shape),
      SavedMoments(
        mean: try Tensor(means, shape: savedShape), inverseDeviation: try Tensor(inverses, shape: savedShape))
    )
  }

  func gradients(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, scale: Tensor<Scalar>, saved: SavedMoments<Scalar>
  ) throws(UnfoldError) -> (input: Tensor<Scalar>, scale: Tensor<Scalar>, shift: Tensor<Scalar>) {
    try expect(input, outputGradient.shape, "normalization input")
    try expect(scale, parameterShape, "scale")
    try expect(saved.mean, savedShape, "saved mean")
    let (x, dy, scales) = (input.elements, outputGradient.elements, scale.elements)
    let (means, inverses) = (saved.mean.elements, saved.inverseDeviation.elements)
    var dx = x
    var (ofScale, ofShift) = (scales.map { _ in Scalar(0) }, scales.map { _ in Scalar(0) })
    let dn = dy.indices.map { dy[$0] * scales[parameter($0)] }
    for (set, (mean, inverse)) in zip(sets, zip(means, inverses)) {
      for i in set.elements {
        ofScale[parameter(i)] += dy[i] * (x[i] - mean) * inverse
        ofShift[parameter(i)] += dy[i]
      }
      set.inputGradient(dn, x, mean: mean, inverseDeviation: inverse, into: &dx)
    }
    return (
      try Tensor(dx, shape: input.shape), try Tensor(ofScale, shape: parameterShape),
      try Tensor(ofShift, shape: parameterShape)
    )
  }
}
