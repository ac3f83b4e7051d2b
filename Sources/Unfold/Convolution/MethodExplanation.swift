/// What computes one pass of a convolution, and how it is cut: for `unfold bench --explain`.
package struct MethodExplanation {
  /// The method, in a few words.
  package var method: String
  /// Why it was chosen.
  package var reason: String
  /// How the work is cut: names and values.
  package var facts: [Fact]
  /// The scratch memory on the threads that were asked about.
  package var workspaceBytes: Int

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
    return MethodExplanation(
      method: method.title, reason: reason(for: direction, accuracy), facts: method.facts,
      workspaceBytes: method.workspaceBytes(threads: threads))
  }

  private func reason(for direction: ConvolutionDirection, _ accuracy: ConvolutionAccuracy) -> String {
    guard algorithm == .automatic else { return "the algorithm \(algorithm) was chosen" }
    if isDepthwise { return "each input channel has filters of its own" }
    if sumsGroups(direction) { return "products of so narrow groups would leave vectors empty, or be too many" }
    if self.accuracy ?? accuracy == .strict { return "strict accuracy, without Winograd" }
    let costs = algorithmCosts(for: direction)
    guard let im2col = costs.first(where: { $0.algorithm == .im2col })?.cost else { return "" }
    let others = costs.filter { $0.algorithm != .im2col && $0.cost.isFinite }
    if others.isEmpty { return "Winograd needs one group, stride 1 and a window of 3 or 5 on a side" }
    let texts = others.map { "\($0.algorithm) \(percent($0.cost / im2col))" }
    return "expected cost, by that of im2col: \(texts.joined(separator: ", "))"
  }

  private func percent(_ part: Double) -> String { "\(Int((100 * min(part, 99)).rounded())) %" }
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
