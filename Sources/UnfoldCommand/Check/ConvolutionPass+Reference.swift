import Synchronization
import Unfold

/// The error of a result, and the bound for it.
struct PassError: Equatable {
  /// The largest error of an element, in units of the last place of the sum of the absolute values of its terms;
  /// infinite where an element is not a number.
  var worstUlps: Double
  /// The bound.
  var allowedUlps: Double

  var isAllowed: Bool { worstUlps <= allowedUlps }
}

extension ConvolutionPass {
  /// Compares the results of the last run with the lecture's loops, run in `Double` on the same numbers.
  ///
  /// - Complexity: Two reference passes, one on the numbers and one on their absolute values, at the same time.
  /// - Throws: `UnfoldError` where memory is refused.
  func error(context: ExecutionContext) throws(UnfoldError) -> PassError {
    let truths = Mutex<[Result<ReferenceResult<Double>, UnfoldError>?]>([nil, nil])
    context.forEach(2) { task, _ in
      let truth = Result { () throws(UnfoldError) in try referencePass(absolute: task == 1) }
      truths.withLock { $0[task] = truth }
    }
    let both = truths.withLock { $0 }
    guard let values = try both[0]?.get(), let magnitudes = try both[1]?.get() else {
      throw .invalidArgument("reference", expected: "two passes", found: "fewer")
    }
    let worst = Self.worstUlps(
      result, values.result, magnitudes.result, mixesTerms: usesWinograd(accuracy: context.accuracy))
    let error = PassError(worstUlps: worst, allowedUlps: Self.allowedUlps(terms: terms))
    guard let biasGradient, let value = values.biasGradient, let magnitude = magnitudes.biasGradient else {
      return error
    }
    let ofBias = PassError(
      worstUlps: Self.worstUlps(biasGradient, value, magnitude), allowedUlps: Self.allowedUlpsOfBiasGradients)
    return error.isAllowed && !ofBias.isAllowed ? ofBias : error
  }

  private func usesWinograd(accuracy: ConvolutionAccuracy) -> Bool {
    if case .winograd = geometry.algorithm(of: direction, accuracy: accuracy) { true } else { false }
  }

  private func referencePass(absolute: Bool) throws(UnfoldError) -> ReferenceResult<Double> {
    func exact(_ tensor: Tensor<Float>) throws(UnfoldError) -> Tensor<Double> {
      try tensor.withUnsafeBufferPointer { (elements) throws(UnfoldError) in
        try Tensor(shape: tensor.shape) { absolute ? Double(elements[$0].magnitude) : Double(elements[$0]) }
      }
    }
    var exactBias: Tensor<Double>?
    if let bias { exactBias = try exact(bias) }
    return try geometry.referencePass(direction, try exact(first), try exact(second), bias: exactBias)
  }

  /// The most products that an element of the result sums.
  private var terms: Int {
    switch direction {
    case .forward, .forwardWithBias: geometry.taps * geometry.inputChannels / geometry.groups
    case .inputGradient: geometry.taps * geometry.outputChannels / geometry.groups
    case .filterGradient, .filterAndBiasGradient: geometry.gradientPixels
    }
  }

  /// The bound for the error of a sum of `terms` products and a bias, in units of the last place of the sum of their
  /// absolute values.
  ///
  /// Each addition rounds by half such a unit at most. Errors of random sign grow with the root of their number: Higham
  /// and Mary ("A New Approach to Probabilistic Rounding Error Analysis", 2019) bound the sum by `lambda sqrt(terms)`
  /// half units, which fails with a probability of about `2 exp(-lambda² / 2)`: 3e-8 an element for lambda 6. A term
  /// that is missing or counted twice weighs about `1 / terms`, far more, up to some hundred thousand terms.
  static func allowedUlps(terms: Int) -> Double { 3 * Double(terms + 1).squareRoot() }

  /// The bound for the error of a bias gradient, for any number of pixels: at most 10 additions in a row are rounded to
  /// single precision, by half a unit each, and the result.
  static let allowedUlpsOfBiasGradients = 5.5

  /// - Parameter mixesTerms: Whether an element is computed from sums that it shares with others, as in Winograd's
  ///   tiles: then its error has the size of the largest element's, even if it has few terms itself at the border of a
  ///   padded image.
  static func worstUlps(
    _ result: Tensor<Float>, _ truth: Tensor<Double>, _ magnitude: Tensor<Double>, mixesTerms: Bool = false
  ) -> Double {
    let largest = mixesTerms ? magnitude.elements.max() ?? 0 : 0
    var worst = 0.0
    for (element, (value, own)) in zip(result.elements, zip(truth.elements, magnitude.elements)) {
      let size = max(own, largest)
      let error = abs(Double(element) - value)
      guard error.isFinite else { return .infinity }
      // A result that is not zero although it has no terms: the quotient gives an infinite error.
      if error > 0 { worst = max(worst, error / (size * Double(Float.ulpOfOne))) }
    }
    return worst
  }
}
