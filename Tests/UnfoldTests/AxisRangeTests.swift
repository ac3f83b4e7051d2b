import Testing

@testable import Unfold

/// The ranges of positions with the same taps, against each position by itself.
@Suite struct AxisRangeTests {
  private func axes() throws -> [WindowAxis] {
    var axes: [WindowAxis] = []
    for (input, window) in [(1, 1), (1, 3), (5, 3), (9, 4), (12, 1), (12, 7), (30, 13)] {
      for stride in [1, 2, 3, 4, 6, 9, 40] {
        for dilation in [1, 2, 3, 4, 6] {
          for padding in [(0, 0), (1, 1), (3, 0), (2, 7), (20, 20)] {
            let axis = try? WindowAxis(
              "width", input: input, window: window, stride: stride, dilation: dilation, padding: padding)
            if let axis { axes.append(axis) }
          }
        }
      }
    }
    try #require(axes.count > 500)
    return axes
  }

  /// The taps of every position with what they read, range by range; each position once.
  private func expand(_ ranges: AxisRanges, positions: Int) -> [Int: [[Int]]] {
    var taps: [Int: [[Int]]] = [:]
    for range in ranges {
      for index in 0..<range.count {
        let position = range.first + index * range.step
        #expect(taps[position] == nil && (0..<positions).contains(position))
        taps[position] = (0..<range.taps).map {
          [range.firstTap + $0 * range.tapStep, range.source + index * range.sourceStep + $0 * range.sourceTap]
        }
      }
    }
    return taps
  }

  @Test func outputPositions() throws {
    for axis in try axes() {
      let found = expand(AxisRanges(output: axis), positions: axis.output)
      for p in 0..<axis.output {
        let expected = (0..<axis.window).map { [$0, axis.inputPosition(p, tap: $0)] }
          .filter { (0..<axis.input).contains($0[1]) }
        #expect(found[p] == expected, "\(axis), \(p)")
      }
      #expect(found.count == axis.output, "\(axis)")
    }
  }

  @Test func inputPositions() throws {
    for axis in try axes() {
      let found = expand(AxisRanges(input: axis), positions: axis.input)
      for h in 0..<axis.input {
        var expected: [[Int]] = []
        for tap in 0..<axis.window {
          for p in 0..<axis.output where axis.inputPosition(p, tap: tap) == h { expected.append([tap, p]) }
        }
        #expect(found[h] == expected, "\(axis), \(h)")
        #expect(expected.count <= axis.mostPositionsOverElement, "\(axis)")
      }
      #expect(found.count == axis.input, "\(axis)")
    }
  }

  /// A window of 4,001 taps had tables of 16 million entries. Values without references have none.
  @Test func noPassKeepsTables() throws {
    #expect(_isPOD(AxisRanges.self) && _isPOD(AxisRange.self) && _isPOD(PixelRectangles.self))
    #expect(_isPOD(WindowRange.self) && _isPOD(ChannelStrip<Float>.self))
    #expect(MemoryLayout<PixelRectangles>.size < 1024)
  }

  /// What is taken is published: nothing for max pooling and the two passes of a depthwise convolution, whatever the
  /// window.
  @Test func longWindowsTakeNoScratchMemory() throws {
    let context = try ExecutionContext(threads: 2)
    let pooling = try PoolingGeometry(input: [1, 1, 4001, 2], window: Extent(1, 4001), stride: 1, padding: .same)
    let input = try Tensor<Float>(shape: pooling.inputShape) { Float($0 % 4001) }
    let (output, saved) = try pooling.maximum(input, context: context)
    _ = try pooling.maximumInputGradient(output, saved: saved, context: context)
    let depthwise = try ConvolutionGeometry(
      input: [1, 1, 4001, 2], filters: 2, window: Extent(1, 4001), padding: .same, groups: 2)
    let filter = try Tensor<Float>(repeating: 1, shape: depthwise.filterShape)
    _ = try depthwise.forward(input, filter: filter, context: context)
    _ = try depthwise.inputGradient(input, filter: filter, context: context)
    #expect(context.workspaceBytes == 0)
    for direction in [ConvolutionDirection.forward, .inputGradient] {
      #expect(depthwise.workspaceBytes(for: direction, threads: 2, of: Float.self) == 0)
    }
  }
}
