import Testing
import Unfold

@testable import UnfoldData

@Suite("Transposed convolution descriptors")
struct TransposedConvolutionDescriptorTests {
  /// g, mb, ic, oc; then input, output, window, stride, dilation, low, high of the rows and of the columns. By hand: all
  /// windows together are (input - 1) stride + dilation (window - 1) + 1 long.
  static let cases: [(text: String, channels: [Int], vertical: [Int]?, horizontal: [Int])] = [
    ("mb64ic512ih8oc256oh16kh4sh2ph1n\"up2\"", [1, 64, 512, 256], [8, 16, 4, 2, 1, 1, 1], [8, 16, 4, 2, 1, 1, 1]),
    ("mb64ic100ih1oc1024oh4kh4ph0", [1, 64, 100, 1024], [1, 4, 4, 1, 1, 0, 0], [1, 4, 4, 1, 1, 0, 0]),
    // 63 * 3 + 9 = 198, of which 192 remain: 4 are cut off before them, as the text says, and 2 after
    ("mb8ic56ih64oc1oh192kh9sh3ph4", [1, 8, 56, 1], [64, 192, 9, 3, 1, 4, 2], [64, 192, 9, 3, 1, 4, 2]),
    // the output from the padding, and from none
    ("ic3ih4oc5kh4sh2ph1", [1, 2, 3, 5], [4, 8, 4, 2, 1, 1, 1], [4, 8, 4, 2, 1, 1, 1]),
    ("ic3ih9oc4kh3", [1, 2, 3, 4], [9, 11, 3, 1, 1, 0, 0], [9, 11, 3, 1, 1, 0, 0]),
    // the padding from the output: half of 10 - 7, rounded down
    ("ic3ih4oc5oh7kh4sh2", [1, 2, 3, 5], [4, 7, 4, 2, 1, 1, 2], [4, 7, 4, 2, 1, 1, 2]),
    // more than all windows give: output padding, and nothing is cut off
    ("ic3ih4oc5oh8kh1sh2", [1, 2, 3, 5], [4, 8, 1, 2, 1, 0, 0], [4, 8, 1, 2, 1, 0, 0]),
    // the axes apart, dilation, groups, one axis
    (
      "g3mb1ic3ih5iw4oc6oh11ow8kh3kw2sh2sw2ph0dh1", [3, 1, 3, 6], [5, 11, 3, 2, 2, 0, 2], [4, 8, 2, 2, 1, 0, 0]
    ),
    ("mb4ic6iw20oc3ow40kw2sw2", [1, 4, 6, 3], nil, [20, 40, 2, 2, 1, 0, 0]),
  ]

  @Test("fields mean what benchdnn means by them", arguments: cases.indices)
  func parses(index: Int) throws {
    let (text, channels, vertical, horizontal) = Self.cases[index]
    func numbers(_ axis: DescriptorAxis) -> [Int] {
      [axis.input, axis.output, axis.window, axis.stride, axis.dilation, axis.low, axis.high]
    }
    let descriptor = try TransposedConvolutionDescriptor(text)
    #expect([descriptor.groups, descriptor.batch, descriptor.inputChannels, descriptor.outputChannels] == channels)
    #expect(descriptor.vertical.map(numbers) == vertical)
    #expect(numbers(descriptor.horizontal) == horizontal)
    let geometry = try descriptor.geometry()
    #expect(geometry.inputShape == [channels[1], vertical?[0] ?? 1, horizontal[0], channels[2]])
    #expect(geometry.outputShape == [channels[1], vertical?[1] ?? 1, horizontal[1], channels[3]])
    #expect(geometry.adjoint.groups == channels[0] && geometry.adjoint.horizontal.low == horizontal[5])
    #expect(try descriptor.geometry(batch: 9).inputShape[0] == 9)
    #expect(try TransposedConvolutionDescriptor(descriptor.description) == descriptor, "\(descriptor)")
  }

  @Test("output padding is the same geometry as PyTorch's, whose padding is symmetric")
  func outputPadding() throws {
    let found = try TransposedConvolutionDescriptor("mb2ic5ih6oc3oh18kh9sh3ph4").geometry()
    let expected = try TransposedConvolutionGeometry(
      input: [2, 6, 6, 5], filters: 3, window: 9, stride: 3, padding: 4, outputPadding: 2)
    #expect(found.outputShape == expected.outputShape && found.filterShape == expected.filterShape)
    #expect(found.adjoint.vertical.low == expected.adjoint.vertical.low)
    #expect(found.adjoint.outputShape == expected.adjoint.outputShape)
  }

  @Test("the canonical form has every field")
  func canonical() throws {
    let descriptor = try TransposedConvolutionDescriptor("ic3ih4iw5oc7kh4kw2sh2ph1pw0n\"a*2\"")
    #expect(
      descriptor.description == "g1mb2_ic3ih4iw5_oc7oh8ow6_kh4kw2_sh2sw1_ph1pw0_dh0dw0_n\"a*2\"", "\(descriptor)")
  }

  @Test(
    "texts that are no descriptors say what was expected",
    arguments: [
      ("", "the field ic"), ("ic3ih4kh3", "the field oc"), ("ic3ih4oc5", "kh of 1 or more"),
      ("ic3ih4oc5kh3sh0", "sh of 1 or more"), ("ic3oc5", "a height (ih, kh) or a width (iw, kw)"),
      ("ic3ih4oc5kh3ph3", "a padding of less than half of the whole output, 6"),
      ("ic3ih4oc5kq3", "a field such as ic, ih or oh"),
    ])
  func malformed(text: String, expected: String) {
    expectMalformed(text, expected: expected) { _ = try TransposedConvolutionDescriptor(text) }
  }

  @Test("what the engine does not do is refused by name")
  func unsupported() {
    #expect(throws: DataError.self) { try TransposedConvolutionDescriptor("ic3id2oc3od4kd2") }
    // Output padding of 4, with a stride of 2.
    #expect(throws: UnfoldError.self) { try TransposedConvolutionDescriptor("ic1ih4oc1oh12kh2sh2").geometry() }
    #expect(throws: UnfoldError.self) { try TransposedConvolutionDescriptor("g2ic3ih4oc2kh2").geometry() }
  }
}
