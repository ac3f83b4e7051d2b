import Testing
import Unfold

@testable import UnfoldData

@Suite("Pooling descriptors")
struct PoolingDescriptorTests {
  /// mb, ic; then input, output, window, stride, dilation, low, high of the rows and of the columns.
  static let cases: [(text: String, channels: [Int], vertical: [Int]?, horizontal: [Int])] = [
    ("mb8ic64ih112oh56kh3sh2ph1n\"resnet-50:pool1\"", [8, 64], [112, 56, 3, 2, 1, 1, 0], [112, 56, 3, 2, 1, 1, 0]),
    // a last, partial window is padding at the end
    ("mb96ic64_ih114oh57_kh3sh2ph0", [96, 64], [114, 57, 3, 2, 1, 0, 1], [114, 57, 3, 2, 1, 0, 1]),
    // the padding from the output: (5 - 1) 2 + 3 - 10 = 1, half of it rounded down
    ("ic4ih10oh5kh3sh2", [2, 4], [10, 5, 3, 2, 1, 0, 1], [10, 5, 3, 2, 1, 0, 1]),
    // the output from the padding, and from none; the stride is 1, not the window
    ("ic4ih10kh3ph1", [2, 4], [10, 10, 3, 1, 1, 1, 1], [10, 10, 3, 1, 1, 1, 1]),
    ("ic4ih10kh3", [2, 4], [10, 8, 3, 1, 1, 0, 0], [10, 8, 3, 1, 1, 0, 0]),
    // inputs left over, dilation, the axes apart
    ("mb1_ic3_ih11iw9_kh2kw3_sh3sw1_dh1dw0_ph0pw1", [1, 3], [11, 3, 2, 3, 2, 0, 0], [9, 9, 3, 1, 1, 1, 1]),
    // all of the input
    ("ic2048ih7oh1kh7", [2, 2048], [7, 1, 7, 1, 1, 0, 0], [7, 1, 7, 1, 1, 0, 0]),
    // one axis
    ("mb4ic6iw20ow10kw2sw2", [4, 6], nil, [20, 10, 2, 2, 1, 0, 0]),
  ]

  @Test("fields mean what benchdnn means by them", arguments: cases.indices)
  func parses(index: Int) throws {
    let (text, channels, vertical, horizontal) = Self.cases[index]
    func numbers(_ axis: DescriptorAxis) -> [Int] {
      [axis.input, axis.output, axis.window, axis.stride, axis.dilation, axis.low, axis.high]
    }
    for algorithm in PoolingDescriptor.Algorithm.allCases {
      let descriptor = try PoolingDescriptor(text, algorithm: algorithm)
      #expect(descriptor.algorithm == algorithm)
      #expect([descriptor.batch, descriptor.channels] == channels)
      #expect(descriptor.vertical.map(numbers) == vertical)
      #expect(numbers(descriptor.horizontal) == horizontal)
      #expect(try PoolingDescriptor(descriptor.description, algorithm: algorithm) == descriptor, "\(descriptor)")
    }
    let geometry = try PoolingDescriptor(text).geometry()
    #expect(geometry.inputShape == [channels[0], vertical?[0] ?? 1, horizontal[0], channels[1]])
    #expect(geometry.outputShape == [channels[0], vertical?[1] ?? 1, horizontal[1], channels[1]])
    #expect(geometry.vertical.window == vertical?[2] ?? 1)
    #expect(geometry.horizontal.dilation == horizontal[4])
    #expect(try PoolingDescriptor(text).geometry(batch: 9).inputShape[0] == 9)
  }

  @Test("the canonical form has every field; the maximum is the default")
  func canonical() throws {
    let descriptor = try PoolingDescriptor("ic3ih7iw9kh3kw2sh2ph1pw0n\"a*2\"")
    #expect(descriptor.algorithm == .maximum)
    #expect(descriptor.description == "mb2ic3_ih7iw9_oh4ow8_kh3kw2_sh2sw1_ph1pw0_dh0dw0_n\"a*2\"")
    #expect(try PoolingDescriptor("ic3iw7kw3dw1").description == "mb2ic3_iw7_ow3_kw3_sw1_pw0_dw1")
  }

  @Test(
    "texts that are no descriptors say what was expected",
    arguments: [
      ("", "the field ic"), ("ic3", "a height (ih, kh) or a width (iw, kw)"), ("ih5kh3", "the field ic"),
      ("mb0ic1ih5kh3", "mb of 1 or more"), ("ic1ih5", "kh of 1 or more"), ("ic1ih5kh3sh0", "sh of 1 or more"),
      ("ic1oc1ih5kh3", "a field such as ic, ih or oh"), ("g1ic1ih5kh3", "a field such as ic, ih or oh"),
      ("ic1ih3kh5", "a window of at most the padded input, 3"), ("ic1ih10oh3kh3ph0", "oh of at least 8"),
      ("ic1ih5kh3n\"open", "a quote after the name"), ("--alg=max", "a field such as ic, ih or oh"),
    ])
  func malformed(text: String, expected: String) {
    expectMalformed(text, expected: expected, at: ("file", 3)) {
      _ = try PoolingDescriptor(text, path: "file", line: 3)
    }
  }

  @Test("poolings that the engine does not do are told apart from mistakes")
  func unsupported() throws {
    for text in ["ic3id5kd3", "ic1ih10oh7kh3ph0"] {
      let error = #expect(throws: DataError.self) { try PoolingDescriptor(text) }
      guard case .unsupportedShape = error else {
        Issue.record("\(text): \(String(describing: error))")
        continue
      }
    }
    // windows that hold padding only
    #expect(throws: UnfoldError.self) { try PoolingDescriptor("ic1ih4kh2ph2").geometry() }
    #expect(throws: UnfoldError.self) { try PoolingDescriptor("ic1ih4kh2").geometry(batch: 0) }
  }
}
