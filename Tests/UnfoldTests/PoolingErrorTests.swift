import Testing

@testable import Unfold

/// Every geometry and tensor that pooling refuses, by its error.
@Suite struct PoolingErrorTests {
  @Test func badExtents() throws {
    func pool(
      _ input: Shape, _ window: Extent, _ stride: Extent? = nil, _ padding: Padding = .valid, _ dilation: Extent = 1
    ) throws(UnfoldError) {
      _ = try PoolingGeometry(input: input, window: window, stride: stride, padding: padding, dilation: dilation)
    }
    expectInvalid("pooling input") { () throws(UnfoldError) in try pool([4, 4, 1], 2) }
    expectInvalid("pooling input") { () throws(UnfoldError) in _ = try PoolingGeometry.global(input: [4, 4, 1]) }
    expectInvalid("batch") { () throws(UnfoldError) in try pool([0, 4, 4, 1], 2) }
    expectInvalid("channels") { () throws(UnfoldError) in try pool([1, 4, 4, -1], 2) }
    expectInvalid("input height") { () throws(UnfoldError) in try pool([1, 0, 4, 1], 2) }
    expectInvalid("input width") { () throws(UnfoldError) in _ = try PoolingGeometry.global(input: [1, 4, 0, 1]) }
    expectInvalid("window width") { () throws(UnfoldError) in try pool([1, 4, 4, 1], Extent(2, 0)) }
    expectInvalid("stride height") { () throws(UnfoldError) in try pool([1, 4, 4, 1], 2, Extent(0, 1)) }
    expectInvalid("dilation width") { () throws(UnfoldError) in try pool([1, 4, 4, 1], 2, 2, .valid, Extent(1, -1)) }
    expectInvalid("low padding of height") { () throws(UnfoldError) in try pool([1, 4, 4, 1], 2, 2, -1) }
  }

  @Test func windowLargerThanTheInput() {
    #expect(throws: UnfoldError.windowExceedsInput(axis: "height", window: 5, paddedInput: 4)) {
      try PoolingGeometry(input: [1, 4, 4, 1], window: 3, dilation: 2)
    }
  }

  @Test func sizesThatLeaveTheMachine() {
    let limit = Int(Int32.max)
    #expect(throws: UnfoldError.self) { try PoolingGeometry(input: [limit, limit, limit, limit], window: 1) }
    #expect(throws: UnfoldError.tooLarge("taps of the window (R S)", size: "\(limit * limit)", limit: limit)) {
      try PoolingGeometry(input: [1, limit, limit, 1], window: Extent(limit, limit))
    }
  }

  /// A window must hold an element of the input: low padding, high padding, and taps that step over the input.
  @Test func windowsInThePaddingAlone() throws {
    let refused: [(Shape, Extent, Extent, Padding, Extent, axis: String)] = [
      ([1, 4, 4, 1], 2, 1, .sides(top: 2, bottom: 0, left: 0, right: 0), 1, "height"),
      ([1, 4, 4, 1], 2, 1, .sides(top: 0, bottom: 0, left: 0, right: 2), 1, "width"),
      ([1, 1, 4, 1], 2, 1, .symmetric(1, 0), Extent(2, 1), "height"),
      ([1, 4, 2, 1], 2, 1, .symmetric(0, 2), Extent(1, 4), "width"),
      ([1, 4, 1, 1], Extent(1, 2), 1, .same, 2, "width"),
    ]
    for (input, window, stride, padding, dilation, axis) in refused {
      do throws(UnfoldError) {
        let found = try PoolingGeometry(
          input: input, window: window, stride: stride, padding: padding, dilation: dilation)
        Issue.record("\(found) was accepted")
      } catch {
        guard case .invalidArgument("padding of \(axis)", _, _) = error else {
          Issue.record("\(input) \(axis): found \(error)")
          continue
        }
      }
    }
    // One row less, or a larger stride, and every window holds an element.
    _ = try PoolingGeometry(
      input: [1, 4, 4, 1], window: 2, stride: 1, padding: .sides(top: 1, bottom: 1, left: 1, right: 1))
    _ = try PoolingGeometry(
      input: [1, 4, 4, 1], window: 2, stride: 3, padding: .sides(top: 0, bottom: 2, left: 0, right: 2))
  }

  /// The rule of ``PoolingGeometry`` against the definition: count the taps of every window.
  @Test func theRuleIsExact() {
    var (accepted, refused) = (0, 0)
    for input in 1...5 {
      for window in 1...4 {
        for stride in 1...3 {
          for dilation in 1...6 {
            for low in 0...6 {
              for high in 0...6 {
                for rounding in [OutputRounding.floor, .ceiling] {
                  let axis = try? WindowAxis(
                    "height", input: input, window: window, stride: stride, dilation: dilation,
                    padding: (low, high), rounding: rounding)
                  guard let axis else { continue }
                  let first = (0..<axis.output).first { position in
                    (0..<window).allSatisfy { !(0..<input).contains(axis.inputPosition(position, tap: $0)) }
                  }
                  #expect((axis.positionInPadding == nil) == (first == nil), "\(axis)")
                  if first == nil { accepted += 1 } else { refused += 1 }
                }
              }
            }
          }
        }
      }
    }
    #expect(accepted > 1000 && refused > 1000)
  }

  @Test func tensorsThatDoNotFit() throws {
    let geometry = try PoolingGeometry(input: [1, 4, 4, 2], window: 2)
    let wrong = try Tensor<Float>(zeros: [1, 4, 4, 1])
    let input = try Tensor<Float>(zeros: geometry.inputShape)
    var output = try Tensor<Float>(zeros: geometry.outputShape)
    var inputGradient = try Tensor<Float>(zeros: geometry.inputShape)
    var small = wrong
    var saved = try MaximumPositions(for: geometry)
    func mismatch(_ what: String, _ expected: Shape) -> UnfoldError {
      .shapeMismatch(of: what, expected: expected, found: [1, 4, 4, 1])
    }
    let (whole, half) = (geometry.inputShape, geometry.outputShape)
    #expect(throws: mismatch("pooling input", whole)) { try geometry.maximum(wrong) }
    #expect(throws: mismatch("pooling input", whole)) { try geometry.mean(wrong, countIncludesPadding: true) }
    #expect(throws: mismatch("pooling output", half)) { try geometry.maximum(input, into: &small, saved: &saved) }
    #expect(throws: mismatch("pooling output", half)) {
      try geometry.mean(input, countIncludesPadding: true, into: &small)
    }
    #expect(throws: mismatch("pooling output gradient", half)) {
      try geometry.maximumInputGradient(wrong, saved: saved)
    }
    #expect(throws: mismatch("pooling output gradient", half)) {
      try geometry.meanInputGradient(wrong, countIncludesPadding: true)
    }
    #expect(throws: mismatch("pooling input gradient", whole)) {
      try geometry.maximumInputGradient(output, saved: saved, into: &small)
    }
    #expect(throws: mismatch("pooling input gradient", whole)) {
      try geometry.meanInputGradient(output, countIncludesPadding: true, into: &small)
    }
    let other = try MaximumPositions(for: PoolingGeometry(input: [1, 4, 4, 2], window: 2, padding: .same, dilation: 2))
    #expect(throws: UnfoldError.self) {
      try geometry.maximumInputGradient(output, saved: other, into: &inputGradient)
    }
    try geometry.maximum(input, into: &output, saved: &saved)
  }
}
