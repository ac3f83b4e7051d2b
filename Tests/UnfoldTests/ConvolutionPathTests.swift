import Testing

@testable import Unfold

/// The geometries whose values are checked elsewhere cover every method of the engine.
@Suite struct ConvolutionPathTests {
  private func count(_ isTaken: (ConvolutionGeometry) -> Bool) -> (taken: Int, other: Int) {
    let dense = largeGeometries.filter { !$0.isDepthwise }
    let taken = dense.filter(isTaken).count
    return (taken, dense.count - taken)
  }

  private func expectBoth(_ name: String, _ isTaken: (ConvolutionGeometry) -> Bool) {
    let (taken, other) = count(isTaken)
    #expect(taken > 0 && other > 0, "\(name): taken by \(taken) geometries, and not by \(other)")
  }

  @Test func everyWayIsTaken() {
    expectBoth("copied source rows") { Lowering(input: $0, group: 0).copiesRows }
    expectBoth("tiles of less than a row") {
      $0.horizontal.output > PanelForward<Float>($0).plan.tilePixels
    }
    expectBoth("panels packed by their task") { PanelForward<Float>($0).plan.packsPanels }
    expectBoth("flipped panels packed by their task") {
      GradientPhases($0, Float.self).contains { $0.plan.packsPanels }
    }
    expectBoth("several parts of a sum") { PanelForward<Float>($0).plan.parts.count > 1 }
    expectBoth("parts of a segment") { PanelForward<Float>($0).plan.parts.contains { $0.elements.lowerBound > 0 } }
    expectBoth("a folded input gradient") { FoldedInputGradient<Float>.suits($0) }
    expectBoth("exchanged factors") { PanelFilterGradient<Float>($0).isExchanged }
    expectBoth("an output gradient of many columns read where it lies") { geometry in
      let plan = PanelFilterGradient<Float>(geometry).plan
      let layout = PanelLayout(rows: plan.tilePixels, columns: plan.filters, of: Float.self)
      return layout.panels > 2 && !FilterGradientMemory<Float>.copiesPanels(layout, rows: plan.rows)
    }
    expectBoth("few filters") { FewFiltersForward<Float>($0) != nil }
    expectBoth("partial sums") { PanelFilterGradient<Float>($0).plan.slices > 1 }
    expectBoth("blocks of rows") { PanelFilterGradient<Float>($0).plan.blocks > 1 }
    expectBoth("a large gradient without taps between strides") {
      $0.inputShape.extents.reduce(MemoryLayout<Float>.stride, *) > StreamedStores.cacheBytes
        && GradientPhases($0, Float.self).contains { $0.layout.rows == 0 }
    }
    func outputBytes(_ geometry: ConvolutionGeometry) -> Int {
      geometry.outputShape.extents.reduce(MemoryLayout<Float>.stride, *)
    }
    func areShort(_ geometry: ConvolutionGeometry) -> Bool {
      PanelProduct<Float>.areShort(Lowering(input: geometry, group: 0), PanelForward<Float>(geometry).layout)
    }
    expectBoth("non-temporal stores") { !areShort($0) && outputBytes($0) > StreamedStores.cacheBytes }
    expectBoth("several blocks in a call") {
      !areShort($0) && PanelForward<Float>($0).layout.blocksAtOnce(terms: Lowering(input: $0, group: 0).columns) > 1
    }
    expectBoth("short sums") { areShort($0) && PanelForward<Float>($0).plan.tasks > 1 }
  }

  /// Relu in registers is relu: also where the sums are NaN, or written by non-temporal stores.
  @Test(arguments: largeGeometries) func reluOfTheSumsIsReluOfTheOutput(_ geometry: ConvolutionGeometry) throws {
    var generator = SeededGenerator(seed: 5)
    var input = try Tensor<Float>(random: geometry.inputShape, &generator)
    input.withUnsafeMutableBufferPointer { $0[$0.count / 2] = .nan }
    let filter = try Tensor<Float>(random: geometry.filterShape, &generator)
    let bias = try Tensor<Float>(random: geometry.biasShape, &generator)
    var output = try Tensor<Float>.poisoned(geometry.outputShape)
    try geometry.forward(input, filter: filter, bias: bias, activation: .relu, into: &output)
    let expected = try Activation.relu.forward(geometry.forward(input, filter: filter, bias: bias))
    #expect(output.elements.contains { $0.isNaN } && expected.elements.contains { $0 == 0 }, "\(geometry)")
    #expect(
      zip(output.elements, expected.elements).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }, "\(geometry)")
  }
}
