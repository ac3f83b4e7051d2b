import Testing
import Unfold

/// Every impossible shape is refused when the geometry is built, with the numbers that are wrong.
@Suite struct GeometryErrorTests {
  private func convolution(
    input: Shape = [1, 8, 8, 4], filters: Int = 4, window: Extent = 3, stride: Extent = 1, padding: Padding = .valid,
    dilation: Extent = 1, groups: Int = 1
  ) throws(UnfoldError) -> ConvolutionGeometry {
    try ConvolutionGeometry(
      input: input, filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }

  @Test func numbersBelowTheirRangeAreNamed() {
    func refused(_ name: String, _ found: String, _ make: () throws(UnfoldError) -> ConvolutionGeometry) {
      do {
        Issue.record("\(name) \(found) was accepted: \(try make())")
      } catch {
        guard case .invalidArgument(name, _, found) = error else {
          Issue.record("expected \(name) \(found) to be named, found: \(error)")
          return
        }
      }
    }
    refused("batch", "0") { () throws(UnfoldError) in try convolution(input: [0, 8, 8, 4]) }
    refused("input height", "0") { () throws(UnfoldError) in try convolution(input: [1, 0, 8, 4]) }
    refused("input width", "-8") { () throws(UnfoldError) in try convolution(input: [1, 8, -8, 4]) }
    refused("input channels", "0") { () throws(UnfoldError) in try convolution(input: [1, 8, 8, 0]) }
    refused("filters", "-1") { () throws(UnfoldError) in try convolution(filters: -1) }
    refused("window height", "0") { () throws(UnfoldError) in try convolution(window: Extent(0, 3)) }
    refused("stride width", "0") { () throws(UnfoldError) in try convolution(stride: Extent(1, 0)) }
    refused("dilation height", "-2") { () throws(UnfoldError) in try convolution(dilation: Extent(-2, 1)) }
    refused("groups", "0") { () throws(UnfoldError) in try convolution(groups: 0) }
    refused("low padding of height", "-1") { () throws(UnfoldError) in
      try convolution(padding: .sides(top: -1, bottom: 0, left: 0, right: 0))
    }
    refused("high padding of width", "-3") { () throws(UnfoldError) in
      try convolution(padding: .sides(top: 0, bottom: 0, left: 0, right: -3))
    }
    refused("convolution input", "[8, 8, 4]") { () throws(UnfoldError) in try convolution(input: [8, 8, 4]) }
    refused("input height", "4294967296") { () throws(UnfoldError) in try convolution(input: [1, 1 << 32, 8, 4]) }
    refused("stride width", "\(Int.max)") { () throws(UnfoldError) in try convolution(stride: Extent(1, .max)) }
  }

  @Test func aWindowLargerThanThePaddedInputIsRefused() {
    #expect(throws: UnfoldError.windowExceedsInput(axis: "height", window: 9, paddedInput: 8)) {
      try convolution(window: Extent(9, 3))
    }
    #expect(throws: UnfoldError.windowExceedsInput(axis: "width", window: 13, paddedInput: 10)) {
      try convolution(window: Extent(3, 4), padding: .symmetric(0, 1), dilation: Extent(1, 4))
    }
  }

  @Test func groupsMustDivide() {
    #expect(throws: UnfoldError.groupsDoNotDivide(groups: 3, channels: 4, of: "input channels")) {
      try convolution(groups: 3)
    }
    #expect(throws: UnfoldError.groupsDoNotDivide(groups: 4, channels: 6, of: "filters")) {
      try convolution(filters: 6, groups: 4)
    }
  }

  @Test func sizesBeyondAnIntegerAreRefused() {
    let huge = Int(Int32.max)
    #expect(throws: UnfoldError.self) { try convolution(input: [huge, huge, huge, 4]) }
    #expect(throws: UnfoldError.self) { try convolution(input: [1, 70_000, 70_000, 4], window: 60_000) }
    // Valid, but more than any machine holds: the allocation fails and nothing traps.
    #expect(throws: UnfoldError.self) {
      let geometry = try convolution(input: [huge, 1000, 1000, 1], filters: 1, window: 1)
      _ = try Tensor<Float>(zeros: geometry.inputShape)
    }
  }

  @Test func anOutputPaddingOfStrideAndDilationIsRefused() throws {
    #expect(
      throws: UnfoldError.invalidArgument(
        "output padding of height", expected: "0 to less than the stride, 2, or the dilation, 1", found: "2")
    ) {
      try TransposedConvolutionGeometry(
        input: [1, 4, 4, 2], filters: 3, window: 3, stride: 2, outputPadding: Extent(2, 0))
    }
    #expect(
      throws: UnfoldError.invalidArgument(
        "output padding of width", expected: "0 to less than the stride, 1, or the dilation, 3", found: "3")
    ) {
      try TransposedConvolutionGeometry(
        input: [1, 4, 4, 2], filters: 3, window: 3, outputPadding: Extent(2, 3), dilation: 3)
    }
    let wide = try TransposedConvolutionGeometry(
      input: [1, 4, 4, 2], filters: 3, window: 3, outputPadding: Extent(2, 0), dilation: 3)
    #expect(wide.inputShape == [1, 4, 4, 2] && wide.outputShape == [1, 12, 10, 3])
    #expect(throws: UnfoldError.self) {
      try TransposedConvolutionGeometry(input: [1, 1, 1, 2], filters: 3, window: 3, padding: 2)
    }
  }

  @Test func theOutputSizeFollowsTheRounding() throws {
    func output(_ input: Int, _ window: Int, _ stride: Int, _ low: Int, _ high: Int, _ rounding: OutputRounding) throws
      -> Int
    {
      try WindowAxis("height", input: input, window: window, stride: stride, padding: (low, high), rounding: rounding)
        .output
    }
    #expect(try output(7, 2, 2, 0, 0, .floor) == 3)
    #expect(try output(7, 2, 2, 0, 0, .ceiling) == 4)
    #expect(try output(112, 3, 2, 0, 0, .ceiling) == 56)
    // The last window would begin in the high padding: it does not count.
    #expect(try output(5, 1, 3, 0, 2, .ceiling) == 2)
    #expect(try output(4, 2, 4, 1, 1, .ceiling) == 2)
    #expect(try output(4, 2, 5, 1, 1, .ceiling) == 1)
  }

  @Test func tensorsThatDoNotFitAreNamed() throws {
    let geometry = try convolution()
    let x = try Tensor<Float>(zeros: geometry.inputShape)
    let w = try Tensor<Float>(zeros: geometry.filterShape)
    let wrong = try Tensor<Float>(zeros: [1, 8, 8, 5])
    #expect(throws: UnfoldError.shapeMismatch(of: "input", expected: [1, 8, 8, 4], found: [1, 8, 8, 5])) {
      try geometry.forward(wrong, filter: w)
    }
    #expect(throws: UnfoldError.shapeMismatch(of: "filter", expected: [3, 3, 4, 4], found: [1, 8, 8, 5])) {
      try geometry.forward(x, filter: wrong)
    }
    #expect(throws: UnfoldError.shapeMismatch(of: "bias", expected: [4], found: [1, 8, 8, 5])) {
      try geometry.forward(x, filter: w, bias: wrong)
    }
    #expect(throws: UnfoldError.shapeMismatch(of: "output gradient", expected: [1, 6, 6, 4], found: [1, 8, 8, 5])) {
      try geometry.inputGradient(wrong, filter: w)
    }
    #expect(throws: UnfoldError.shapeMismatch(of: "output gradient", expected: [1, 6, 6, 4], found: [1, 8, 8, 5])) {
      try geometry.filterGradient(x, outputGradient: wrong)
    }
    var output = wrong
    #expect(throws: UnfoldError.shapeMismatch(of: "output", expected: [1, 6, 6, 4], found: [1, 8, 8, 5])) {
      try geometry.forward(x, filter: w, bias: nil, into: &output)
    }
  }

  @Test(arguments: [0, -1, 65, 100_000]) func threadCountsOutsideTheirRangeAreRefused(_ threads: Int) {
    #expect(throws: UnfoldError.invalidArgument("threads", expected: "1 to 64", found: "\(threads)")) {
      try ExecutionContext(threads: threads)
    }
  }
}
