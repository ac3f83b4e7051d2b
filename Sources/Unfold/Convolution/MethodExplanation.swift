/// What computes one pass of a convolution, and how it is cut: for `unfold bench --explain`.
package struct MethodExplanation {
  /// The method, in a few words.
  package var method: String
  /// Why it was chosen.
  package var reason: String
  /// What each algorithm that the choice was between was expected to cost; none where the shape alone decides.
  package var estimates: [Estimate] = []
  /// How the work is cut: names and values.
  package var facts: [Fact]
  /// The scratch memory on the threads that were asked about.
  package var workspaceBytes: Int

  /// The expected cost of an algorithm, in multiply-adds of a micro-kernel at its full rate; infinite where it does not
  /// apply. See ``WinogradCosts``.
  package struct Estimate: Equatable {
    package let algorithm: ConvolutionAlgorithm
    package let cost: Double
  }

  package struct Fact: Equatable {
    package let name, value: String

    init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }
}

extension ConvolutionGeometry {
  /// What computes a pass in single precision, how it is cut, and why.
  package func explanation(
    for direction: ConvolutionDirection, accuracy: ConvolutionAccuracy, threads: Int
  ) -> MethodExplanation {
    let method: any ConvolutionMethod
    switch direction {
    case .forward: method = ForwardMethod<Float>(self, accuracy).chosen
    case .inputGradient: method = InputGradientMethod<Float>(self, accuracy).chosen
    case .filterGradient: method = FilterGradientMethod<Float>(self, accuracy).chosen
    case .biasGradient:
      return MethodExplanation(
        method: "sums over the pixels, channel by channel", reason: "the only method", facts: [],
        workspaceBytes: workspaceBytes(for: direction, threads: threads, of: Float.self))
    }
    let fixed = fixedReason(for: direction, accuracy)
    let estimates = algorithmCosts(for: direction).map {
      MethodExplanation.Estimate(algorithm: $0.algorithm, cost: $0.cost)
    }
    let chosen = algorithm(for: direction, accuracy: accuracy)
    return MethodExplanation(
      method: method.title, reason: fixed ?? "\(chosen) is expected to cost least",
      estimates: fixed == nil ? estimates : [],
      facts: method.facts, workspaceBytes: method.workspaceBytes(threads: threads))
  }

  /// Why there was nothing to choose by the costs; nil where there was.
  private func fixedReason(for direction: ConvolutionDirection, _ accuracy: ConvolutionAccuracy) -> String? {
    guard algorithm == .automatic else { return "the algorithm \(algorithm) was chosen" }
    if isDepthwise { return "each input channel has filters of its own" }
    if sumsGroups(direction) { return "products of so narrow groups would leave vectors empty, or be too many" }
    if self.accuracy ?? accuracy == .strict { return "strict accuracy, without Winograd" }
    if algorithmCosts(for: direction).allSatisfy({ $0.algorithm == .im2col || !$0.cost.isFinite }) {
      return "Winograd needs one group, stride 1 and a window of 3, 5 or 7 on a side"
    }
    return nil
  }
}

extension TilePlan {
  /// The cut of a product, and the micro-kernel that multiplies its panels.
  func facts<Scalar: TensorScalar>(
    _ layout: PanelLayout, groups: Int, _ scalar: Scalar.Type
  ) -> [MethodExplanation.Fact] {
    [
      .init("micro-kernel", "\(Scalar._kernels.mr) pixels x \(layout.width) columns (MR x NR)"),
      .init("tile", "\(tilePixels) of \(pixels) pixels, \(blockFilters) of \(filters) columns"),
      .init("tasks", "\(groups * tasks)"),
      .init("reduction", "\(layout.rows) terms, \(parts.count == 1 ? "at once" : "in \(parts.count) parts (KC)")"),
      .init(
        "packed panels",
        packsPanels ? "by their task, some rows at a time" : "\(groups * layout.panels), before the product"),
    ]
  }
}
