/// The planes of the tables that the passes read.
///
/// The mean is rounded to `Scalar`, and shift and offset correct the rounding. The difference from a number nearby is
/// exact, so that nothing is lost where the mean lies between two neighbouring numbers.
enum LanePlane {
  /// The mean that is subtracted.
  static var mean: Int { 0 }
  /// scale / deviation.
  static var factor: Int { 1 }
  /// What is added.
  static var shift: Int { 2 }
  /// The factor of x - mean in the gradient.
  static var slope: Int { 3 }
  /// The constant term of the gradient.
  static var offset: Int { 4 }
  /// 1 / deviation, where slope and offset do not include it because they would leave the range of `Scalar`.
  static var inverse: Int { 5 }

  /// The planes of the forward pass: the first three.
  static var forward: Int { 3 }
  /// The planes of the gradient: all.
  static var gradient: Int { 6 }
}

extension PixelLanes {
  /// `output = (input - mean) factor + shift` for the rows of one task, and the activation of that.
  @inline(__always)
  func normalize<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ table: LaneTable<Scalar>, _ activation: Activation,
    into output: UnsafeMutablePointer<Scalar>
  ) {
    let rectifies = activation == .relu
    let isOther = !rectifies && activation != .identity
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
        // While it is in the first-level cache.
        if isOther { activation.apply(y, count: count) }
      }
    }
  }

  /// `inputGradient = g factor + (input - mean) slope + offset` for the rows of one task, with g as for the sums.
  @inline(__always)
  func differentiate<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?, _ table: LaneTable<Scalar>,
    _ activation: Activation, adds: Bool, into inputGradient: UnsafeMutablePointer<Scalar>
  ) {
    write(task: task, input, outputGradient, table, activation, adds: adds, into: inputGradient) {
      g, x, planes in gradient(g, x - planes[0], planes)
    }
  }

  /// `inputGradient = g factor + ((input - mean) slope + offset) inverse`: the same where deviations are so large or so
  /// small that slope and offset stay in range only without 1 / deviation.
  @inline(__always)
  func differentiateWide<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?, _ table: LaneTable<Scalar>,
    _ activation: Activation, adds: Bool, into inputGradient: UnsafeMutablePointer<Scalar>
  ) {
    let width = Self.width
    write(task: task, input, outputGradient, table, activation, adds: adds, into: inputGradient) {
      g, x, planes in
      let taken = planes[LanePlane.offset &* width].addingProduct(x - planes[0], planes[LanePlane.slope &* width])
      return (g * planes[LanePlane.factor &* width]).addingProduct(taken, planes[LanePlane.inverse &* width])
    }
  }

  /// `inputGradient = g factor` for the rows of one task: mean and deviation do not depend on the input.
  @inline(__always)
  func scale<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?, _ table: LaneTable<Scalar>,
    _ activation: Activation, adds: Bool, into inputGradient: UnsafeMutablePointer<Scalar>
  ) {
    write(task: task, input, outputGradient, table, activation, adds: adds, into: inputGradient) {
      g, _, planes in g * planes[LanePlane.factor &* Self.width]
    }
  }

  /// Writes `value(g, x, planes)` for every element of the rows of one task, of which `planes` are the lane's.
  ///
  /// `outputGradient` is nil where the input gradient takes its place: a loop over three addresses, two of which are
  /// equal, would not be vectorised. With `adds`, it is added to what `inputGradient` holds.
  @inline(__always)
  private func write<Scalar: TensorScalar>(
    task: Int, _ input: UnsafePointer<Scalar>, _ outputGradient: UnsafePointer<Scalar>?, _ table: LaneTable<Scalar>,
    _ activation: Activation, adds: Bool, into inputGradient: UnsafeMutablePointer<Scalar>,
    _ value: (_ g: Scalar, _ x: Scalar, _ planes: UnsafePointer<Scalar>) -> Scalar
  ) {
    let rectifies = activation == .relu
    let isOther = !rectifies && activation != .identity
    forEachRun(of: passRows(of: task)) { offset, block, count in
      let (x, dx, planes) = (input + offset, inputGradient + offset, table.block(block))
      if isOther {
        let dy = outputGradient.map { $0 + offset } ?? UnsafePointer(dx)
        withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 2 &* Self.width) { buffer in
          guard let g = buffer.baseAddress else { return }
          differentiateActivation(activation, dy, x, planes, count, work: g + Self.width, into: g)
          if adds {
            for i in 0..<count { dx[i] += value(g[i], x[i], planes + i) }
          } else {
            for i in 0..<count { dx[i] = value(g[i], x[i], planes + i) }
          }
        }
      } else if let outputGradient {
        let dy = outputGradient + offset
        if rectifies, adds {
          for i in 0..<count { dx[i] += value(rectified(dy[i], x[i], planes + i), x[i], planes + i) }
        } else if adds {
          for i in 0..<count { dx[i] += value(dy[i], x[i], planes + i) }
        } else if rectifies {
          for i in 0..<count { dx[i] = value(rectified(dy[i], x[i], planes + i), x[i], planes + i) }
        } else {
          for i in 0..<count { dx[i] = value(dy[i], x[i], planes + i) }
        }
      } else if rectifies {
        for i in 0..<count { dx[i] = value(rectified(dx[i], x[i], planes + i), x[i], planes + i) }
      } else {
        for i in 0..<count { dx[i] = value(dx[i], x[i], planes + i) }
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

/// The output gradient of one element before relu, whose derivative is taken at what the forward pass computed.
@inline(__always)
private func rectified<Scalar: TensorScalar>(_ dy: Scalar, _ x: Scalar, _ planes: UnsafePointer<Scalar>) -> Scalar {
  let width = PixelLanes.width
  let z = planes[LanePlane.shift &* width].addingProduct(x - planes[0], planes[LanePlane.factor &* width])
  return dy * ReluFormula<Scalar>().derivative(input: z)
}

/// The output gradients of a run before an activation, whose derivative is taken at what the forward pass computed.
///
/// - Parameters:
///   - planes: Mean, factor and shift of the lanes, ``PixelLanes/width`` elements apart.
///   - work: As many elements as the run has.
///   - gradient: Is overwritten.
@inline(__always)
func differentiateActivation<Scalar: TensorScalar>(
  _ activation: Activation, _ outputGradient: UnsafePointer<Scalar>, _ x: UnsafePointer<Scalar>,
  _ planes: UnsafePointer<Scalar>, _ count: Int, work z: UnsafeMutablePointer<Scalar>,
  into gradient: UnsafeMutablePointer<Scalar>
) {
  let width = PixelLanes.width
  for i in 0..<count { z[i] = planes[i &+ 2 &* width].addingProduct(x[i] - planes[i], planes[i &+ width]) }
  gradient.update(from: outputGradient, count: count)
  activation.applyGradient(gradient, input: z, count: count)
}
