import Testing
import Unfold

@testable import UnfoldData

@Suite("Resampling descriptors")
struct ResamplingDescriptorTests {
  /// The input's and the output's shape, N H W C.
  static let cases: [(text: String, isLine: Bool, input: Shape, output: Shape)] = [
    ("mb8ic256ih28oh56n\"up\"", false, [8, 28, 28, 256], [8, 56, 56, 256]),
    ("ic768_ih17oh34", false, [2, 17, 17, 768], [2, 34, 34, 768]),
    // the axes apart, and each side of the other's size where it is left out
    ("mb1ic3_ih4iw6_oh8ow3", false, [1, 4, 6, 3], [1, 8, 3, 3]),
    ("ic3ih5oh10ow7", false, [2, 5, 5, 3], [2, 10, 7, 3]),
    ("ic3ih5iw6oh10", false, [2, 5, 6, 3], [2, 10, 10, 3]),
    // one axis
    ("mb3ic5iw10ow4", true, [3, 1, 10, 5], [3, 1, 4, 5]),
    ("ic5ih0oh0_iw10ow4", true, [2, 1, 10, 5], [2, 1, 4, 5]),
  ]

  @Test("fields mean what benchdnn means by them", arguments: cases.indices)
  func parses(index: Int) throws {
    let (text, isLine, input, output) = Self.cases[index]
    let size = Extent(output[1], output[2])
    for (algorithm, kind) in [
      (ResamplingDescriptor.Algorithm.nearest, Resampling.Kind.nearest(to: size)),
      (.linear, .bilinear(to: size, alignsCorners: false)),
    ] {
      let descriptor = try ResamplingDescriptor(text, algorithm: algorithm)
      #expect(descriptor.algorithm == algorithm)
      #expect((descriptor.vertical == nil) == isLine)
      let geometry = try descriptor.geometry()
      #expect(geometry.kind == kind)
      #expect(geometry.inputShape == input)
      #expect(geometry.outputShape == output)
      #expect(try descriptor.geometry(batch: 9).inputShape[0] == 9)
      #expect(try ResamplingDescriptor(descriptor.description, algorithm: algorithm) == descriptor, "\(descriptor)")
    }
  }

  @Test("the canonical form has every field; the nearest pixel is the default")
  func canonical() throws {
    let descriptor = try ResamplingDescriptor("ic3ih7oh14nup*3")
    #expect(descriptor.algorithm == .nearest)
    #expect(descriptor.description == "mb2ic3_ih7iw7_oh14ow14_n\"up*3\"")
    #expect(try ResamplingDescriptor("mb1ic3iw7ow5").description == "mb1ic3_iw7_ow5")
  }

  @Test(
    "texts that are no descriptors say what was expected",
    arguments: [
      ("", "the field ic"), ("ic0ih2oh4", "ic of 1 or more"), ("mb0ic1ih2oh4", "mb of 1 or more"),
      ("ic3", "a height (ih, oh) or a width (iw, ow)"), ("ic3iw4", "a height (ih, oh) or a width (iw, ow)"),
      ("ic3ow4", "a height (ih, oh) or a width (iw, ow)"), ("ic3ih4", "the field oh beside ih"),
      ("ic3oh4iw4ow8", "the field ih beside oh"), ("ic3ih4oh8kh2", "a field such as ic, ih or oh"),
      ("ic3ih-4oh8", "a number from 0 to 1073741824 after ih"),
    ])
  func malformed(text: String, expected: String) {
    expectMalformed(text, expected: expected) { _ = try ResamplingDescriptor(text) }
  }

  @Test("what the engine does not do is refused by name")
  func unsupported() {
    for text in ["ic1id2od4", "ic1id2ih2iw2od4oh4ow4"] {
      #expect(
        throws: DataError.unsupportedShape(path: "descriptor", line: 1, text: text, reason: "three spatial axes")
      ) { try ResamplingDescriptor(text) }
    }
    #expect(throws: UnfoldError.self) { try ResamplingDescriptor("ic1ih2oh4").geometry(batch: 0) }
    #expect(throws: UnfoldError.self) {
      try ResamplingDescriptor("mb1073741824ic1073741824ih1073741824oh1073741824").geometry()
    }
  }
}
