import Unfold

/// An operator that moves pixels and sets the others to a value, written as a table: for each element of the output the
/// element of the input that it takes, if any. The methods have the names and parameters of the operator's own.
public struct ReferenceArrangement: Sendable {
  /// The shape of the input.
  public let inputShape: Shape
  /// The shape of the output.
  public let outputShape: Shape
  /// What the output holds elsewhere.
  var filling = 0.0
  /// n, h, w and c in the input of the output's n, p, q and c; nil where there is none.
  let origin: @Sendable (_ n: Int, _ p: Int, _ q: Int, _ c: Int) -> (Int, Int, Int, Int)?

  /// output(n, p, q, c) = input(origin(n, p, q, c)).
  public func forward<Scalar: TensorScalar>(_ input: Tensor<Scalar>) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(input, inputShape, "input")
    var output = try Tensor<Scalar>(repeating: Scalar(filling), shape: outputShape)
    forEachOrigin { (to, from) in
      output[to.n, to.y, to.x, to.c] = input[from.n, from.y, from.x, from.c]
    }
    return output
  }

  /// inputGradient(origin(n, p, q, c)) += outputGradient(n, p, q, c).
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expect(outputGradient, outputShape, "output gradient")
    var inputGradient = try Tensor<Scalar>(zeros: inputShape)
    forEachOrigin { (to, from) in
      inputGradient[from.n, from.y, from.x, from.c] += outputGradient[to.n, to.y, to.x, to.c]
    }
    return inputGradient
  }

  private typealias Place = (n: Int, y: Int, x: Int, c: Int)

  private func forEachOrigin(_ visit: (_ to: Place, _ from: Place) -> Void) {
    for n in 0..<outputShape[0] {
      for p in 0..<outputShape[1] {
        for q in 0..<outputShape[2] {
          for c in 0..<outputShape[3] {
            if let origin = origin(n, p, q, c) { visit((n, p, q, c), origin) }
          }
        }
      }
    }
  }
}

extension BorderPadding {
  /// Padding by `top` rows and `left` columns, pixel by pixel; the operator does not tell its amounts, so they are given
  /// again.
  public func reference(top: Int, left: Int) -> ReferenceArrangement {
    let (height, width, border) = (inputShape[1], inputShape[2], border)
    var filling = 0.0
    if case .constant(let value) = border { filling = value }
    return ReferenceArrangement(inputShape: inputShape, outputShape: outputShape, filling: filling) { n, p, q, c in
      guard let h = border.origin(p - top, height), let w = border.origin(q - left, width) else { return nil }
      return (n, h, w, c)
    }
  }
}

extension BorderPadding.Border {
  /// Where a position before, in or behind an axis takes its element: the mirrored axis is a wave of period 2 (n - 1), the
  /// circular one of period n.
  fileprivate func origin(_ position: Int, _ extent: Int) -> Int? {
    func phase(_ period: Int) -> Int { period == 0 ? 0 : ((position % period) + period) % period }
    switch self {
    case .constant: return (0..<extent).contains(position) ? position : nil
    case .reflected: return min(phase(2 * extent - 2), 2 * extent - 2 - phase(2 * extent - 2))
    case .replicated: return min(max(position, 0), extent - 1)
    case .circular: return phase(extent)
    }
  }
}

extension Cropping {
  /// Cropping by `top` rows and `left` columns, pixel by pixel; the operator does not tell its amounts, so they are given
  /// again.
  public func reference(top: Int, left: Int) -> ReferenceArrangement {
    ReferenceArrangement(inputShape: inputShape, outputShape: outputShape) { n, p, q, c in (n, p + top, q + left, c) }
  }
}

extension PixelShuffle {
  /// The same shuffle, element by element.
  public var reference: ReferenceArrangement {
    let r = outputShape[1] / inputShape[1]
    return ReferenceArrangement(inputShape: inputShape, outputShape: outputShape) { n, p, q, c in
      (n, p / r, q / r, c * r * r + p % r * r + q % r)
    }
  }
}

extension PixelUnshuffle {
  /// The same unshuffle, element by element.
  public var reference: ReferenceArrangement {
    let r = inputShape[1] / outputShape[1]
    return ReferenceArrangement(inputShape: inputShape, outputShape: outputShape) { n, p, q, channel in
      let (c, i, j) = (channel / (r * r), channel / r % r, channel % r)
      return (n, p * r + i, q * r + j, c)
    }
  }
}

extension ChannelSlice {
  /// The same slice from a first channel on, element by element; the operator does not tell it, so it is given again.
  public func reference(first: Int) -> ReferenceArrangement {
    ReferenceArrangement(inputShape: inputShape, outputShape: outputShape) { n, p, q, c in (n, p, q, c + first) }
  }
}

extension ChannelShuffle {
  /// The same shuffle, element by element.
  public var reference: ReferenceArrangement {
    let (groups, members) = (groups, inputShape[3] / groups)
    return ReferenceArrangement(inputShape: inputShape, outputShape: outputShape) { n, p, q, c in
      (n, p, q, c % groups * members + c / groups)
    }
  }
}

extension Symmetry {
  /// The same symmetry of maps of a shape, pixel by pixel.
  public func reference(input: Shape) throws(UnfoldError) -> ReferenceArrangement {
    let (height, width) = (input[1], input[2])
    return ReferenceArrangement(inputShape: input, outputShape: try outputShape(for: input)) { n, p, q, c in
      switch self {
      case .identity: (n, p, q, c)
      case .horizontalReflection: (n, p, width - 1 - q, c)
      case .verticalReflection: (n, height - 1 - p, q, c)
      case .rotation180: (n, height - 1 - p, width - 1 - q, c)
      case .transposition: (n, q, p, c)
      case .antitransposition: (n, height - 1 - q, width - 1 - p, c)
      case .rotation90: (n, q, width - 1 - p, c)
      case .rotation270: (n, height - 1 - q, p, c)
      }
    }
  }
}
