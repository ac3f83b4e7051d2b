import Unfold

/// Addition by its definition. The methods have the names and parameters of `Addition`'s own.
public struct ReferenceAddition: Sendable {
  let addition: Addition

  /// y = f(a + b).
  public func forward<Scalar: TensorScalar>(
    _ first: Tensor<Scalar>, _ second: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(second, first.shape, "second term")
    let (a, b) = (first.elements, second.elements)
    return try Tensor(shape: first.shape) { i in
      let sum = a[i] + b[i]
      return addition == .relu && sum < 0 ? 0 : sum
    }
  }

  /// The output gradient where y is positive; everywhere without relu.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, output: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, output.shape, "gradient of the sum")
    let (dy, y) = (outputGradient.elements, output.elements)
    return try Tensor(shape: output.shape) { i in
      if addition == .relu && y[i].isNaN { return y[i] }
      return addition == .relu && y[i] <= 0 ? 0 : dy[i]
    }
  }
}

extension Addition {
  /// The same sum, element by element.
  public var reference: ReferenceAddition { ReferenceAddition(addition: self) }
}

/// Multiplication by its definition. The methods have the names and parameters of `Multiplication`'s own.
public struct ReferenceMultiplication: Sendable {
  /// y = a b.
  public func forward<Scalar: TensorScalar>(
    _ first: Tensor<Scalar>, _ second: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(second, first.shape, "second factor")
    let (a, b) = (first.elements, second.elements)
    return try Tensor(shape: first.shape) { i in a[i] * b[i] }
  }

  /// da = dy b and db = dy a, the product rule.
  public func inputGradients<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, _ first: Tensor<Scalar>, _ second: Tensor<Scalar>
  ) throws(UnfoldError) -> (first: Tensor<Scalar>, second: Tensor<Scalar>) {
    (try forward(outputGradient, second), try forward(outputGradient, first))
  }
}

extension Multiplication {
  /// The same product, element by element.
  public var reference: ReferenceMultiplication { ReferenceMultiplication() }
}

/// Channel scaling by its definition. The methods have the names and parameters of `ChannelScaling`'s own.
public struct ReferenceChannelScaling: Sendable {
  let scaling: ChannelScaling

  /// output[n, h, w, c] = input[n, h, w, c] gate[n, c].
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, gate: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, scaling.inputShape, "scaling input")
    try expect(gate, scaling.gateShape, "gate")
    let (x, g) = (input.elements, gate.elements)
    return try Tensor(shape: input.shape) { i in x[i] * g[gateOffset(of: i)] }
  }

  /// The same product with the output gradient.
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, gate: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try forward(outputGradient, gate: gate)
  }

  /// gateGradient[n, c] += outputGradient[n, h, w, c] input[n, h, w, c], over all pixels, summed in double precision.
  public func gateGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, scaling.inputShape, "scaling output gradient")
    try expect(input, scaling.inputShape, "scaling input")
    let (dy, x) = (outputGradient.elements, input.elements)
    var sums = try Tensor<Double>(zeros: scaling.gateShape).elements
    for i in dy.indices { sums[gateOffset(of: i)] += Double(dy[i]) * Double(x[i]) }
    return try Tensor(shape: scaling.gateShape) { i in Scalar(sums[i]) }
  }

  /// n C + c of an element of the input; c where all images share the gate.
  private func gateOffset(of element: Int) -> Int {
    let channels = scaling.gateShape[scaling.gateShape.rank - 1]
    if scaling.gateShape.rank == 1 { return element % channels }
    let images = scaling.gateShape[0]
    var count = 1
    for extent in scaling.inputShape.extents { count *= extent }
    return element / (count / images) * channels + element % channels
  }
}

extension ChannelScaling {
  /// The same scaling, element by element.
  public var reference: ReferenceChannelScaling { ReferenceChannelScaling(scaling: self) }
}
