/// The planes of the tables that the passes read.
enum LanePlane {
  /// The mean that is subtracted.
  static var mean: Int { 0 }
  /// scale / deviation.
  static var factor: Int { 1 }
  /// What is added.
  static var shift: Int { 2 }
  /// What the gradient takes of x - mean.
  static var slope: Int { 3 }
  /// What the gradient takes of 1.
  static var offset: Int { 4 }

  /// The planes of the forward pass: the first three.
  static var forward: Int { 3 }
  /// The planes of the gradient: all.
  static var gradient: Int { 5 }
}

extension PixelLanes {
  /// `output = (input - mean) factor + shift` for the rows of one task, and relu of that.
  @inline(__always)
  func normalize<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ table: LaneTable<Scalar>, rectifies: Bool,
    into output: UnsafeMutablePointer<Scalar>
  ) {
    forEachRun(of: passRows(of: task)) { offset, block, count in
      let (x, y, planes) = (input + offset, output + offset, table.block(block))
      if rectifies {
        let relu = ReluFormula<Scalar>()
        for i in 0..<count {
          let p = x[i] - planes[i]
          y[i] = relu.value(planes[i &+ 2 &* Self.width].addingProduct(p, planes[i &+ Self.width]))
        }
      } else {
        for i in 0..<count {
          let p = x[i] - planes[i]
          y[i] = planes[i &+ 2 &* Self.width].addingProduct(p, planes[i &+ Self.width])
        }
      }
    }
  }

  /// `inputGradient = g factor + (input - mean) slope + offset` for the rows of one task, with g as for the sums.
  ///
  /// `outputGradient` is nil where the input gradient takes its place: a loop over three addresses, two of which are
  /// equal, would not be vectorised. With `adds`, it is added to what `inputGradient` holds.
  @inline(__always)
  func differentiate<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?, _ table: LaneTable<Scalar>,
    rectifies: Bool, adds: Bool, into inputGradient: UnsafeMutablePointer<Scalar>
  ) {
    forEachRun(of: passRows(of: task)) { offset, block, count in
      let (x, dx, planes) = (input + offset, inputGradient + offset, table.block(block))
      if let outputGradient {
        let dy = outputGradient + offset
        if rectifies, adds {
          for i in 0..<count { dx[i] += rectifiedGradient(dy[i], x[i], planes + i) }
        } else if adds {
          for i in 0..<count { dx[i] += gradient(dy[i], x[i] - planes[i], planes + i) }
        } else if rectifies {
          for i in 0..<count { dx[i] = rectifiedGradient(dy[i], x[i], planes + i) }
        } else {
          for i in 0..<count { dx[i] = gradient(dy[i], x[i] - planes[i], planes + i) }
        }
      } else {
        if rectifies {
          for i in 0..<count { dx[i] = rectifiedGradient(dx[i], x[i], planes + i) }
        } else {
          for i in 0..<count { dx[i] = gradient(dx[i], x[i] - planes[i], planes + i) }
        }
      }
    }
  }
}

/// The gradient with respect to x of one element, of which `planes` are the lane's.
@inline(__always)
private func gradient<Scalar: TensorScalar>(
  _ g: Scalar, _ deviation: Scalar, _ planes: UnsafePointer<Scalar>
) -> Scalar {
  let width = PixelLanes.width
  return planes[LanePlane.offset &* width]
    .addingProduct(deviation, planes[LanePlane.slope &* width])
    .addingProduct(g, planes[LanePlane.factor &* width])
}

/// The same where relu followed, whose derivative is taken at what the forward pass computed.
@inline(__always)
private func rectifiedGradient<Scalar: TensorScalar>(
  _ dy: Scalar, _ x: Scalar, _ planes: UnsafePointer<Scalar>
) -> Scalar {
  let width = PixelLanes.width
  let deviation = x - planes[0]
  let z = planes[LanePlane.shift &* width].addingProduct(deviation, planes[LanePlane.factor &* width])
  return gradient(dy * ReluFormula<Scalar>().derivative(input: z), deviation, planes)
}
