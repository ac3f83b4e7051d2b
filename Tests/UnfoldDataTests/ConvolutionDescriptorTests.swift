import Testing
import Unfold

@testable import UnfoldData

@Suite("Convolution descriptors")
struct ConvolutionDescriptorTests {
  /// g, mb, ic, oc; then input, output, window, stride, dilation, low, high of the rows and of the columns.
  static let cases: [(text: String, channels: [Int], vertical: [Int]?, horizontal: [Int])] = [
    ("mb8ic64ih56oc64oh56kh3ph1n\"res2\"", [1, 8, 64, 64], [56, 56, 3, 1, 1, 1, 1], [56, 56, 3, 1, 1, 1, 1]),
    // batch 2 where it is omitted; the padding from the output
    ("ic3ih224oc64oh112kh7sh2", [1, 2, 3, 64], [224, 112, 7, 2, 1, 2, 3], [224, 112, 7, 2, 1, 2, 3]),
    // the output from the padding, and from none
    ("ic3ih224oc64kh7sh2ph3", [1, 2, 3, 64], [224, 112, 7, 2, 1, 3, 2], [224, 112, 7, 2, 1, 3, 2]),
    ("ic4oc5_ih10kh3", [1, 2, 4, 5], [10, 8, 3, 1, 1, 0, 0], [10, 8, 3, 1, 1, 0, 0]),
    // high padding as the output needs it
    ("ic32oc13_ih13oh12kh3ph0", [1, 2, 32, 13], [13, 12, 3, 1, 1, 0, 1], [13, 12, 3, 1, 1, 0, 1]),
    (
      "mb2_g1ic1oc2_ih3oh10kh2sh1dh1ph4_iw5ow12kw2sw1dw1pw2", [1, 2, 1, 2], [3, 10, 2, 1, 2, 4, 5],
      [5, 12, 2, 1, 2, 2, 7]
    ),
    (
      "oc16oh56ow56_ic16ih28iw28_kh1kw1sh2sw2ph0pw0", [1, 2, 16, 16], [28, 56, 1, 2, 1, 0, 83],
      [28, 56, 1, 2, 1, 0, 83]
    ),
    // inputs left over: no padding, and none negative
    ("ic16oc16_ih3oh1kh2sh3ph0_iw1ow1kw1pw0", [1, 2, 16, 16], [3, 1, 2, 3, 1, 0, 0], [1, 1, 1, 1, 1, 0, 0]),
    // one axis
    ("g1mb50ic3iw224oc64ow112kw7sw2pw3n\"conv1d:2\"", [1, 50, 3, 64], nil, [224, 112, 7, 2, 1, 3, 2]),
    ("ic512oc1024_iw19ow19kw3sw1dw5pw6", [1, 2, 512, 1024], nil, [19, 19, 3, 1, 6, 6, 6]),
    ("g128ic128iw16oc128ow16kw3sw1pw1", [128, 2, 128, 128], nil, [16, 16, 3, 1, 1, 1, 1]),
    // height and width apart, groups, fields in any order, twice, and underscores anywhere
    (
      "mb1_ic2ih10iw8oc4oh10ow4kh1kw1sh1sw2ph0pw0dh0dw0", [1, 1, 2, 4], [10, 10, 1, 1, 1, 0, 0], [8, 4, 1, 2, 1, 0, 0]
    ),
    ("kw3__kh5_g2oc6_ic4iw9ih8__mb3_", [2, 3, 4, 6], [8, 4, 5, 1, 1, 0, 0], [9, 7, 3, 1, 1, 0, 0]),
    ("mb1ic16oc16_ih10kh1_kh5ph2sh1", [1, 1, 16, 16], [10, 10, 5, 1, 1, 2, 2], [10, 10, 5, 1, 1, 2, 2]),
    // a window that exceeds the input by less than a stride
    ("ic1oc1ih4kh5sh2", [1, 2, 1, 1], [4, 1, 5, 2, 1, 0, 1], [4, 1, 5, 2, 1, 0, 1]),
  ]

  @Test("fields mean what benchdnn means by them", arguments: cases.indices)
  func parses(index: Int) throws {
    let (text, channels, vertical, horizontal) = Self.cases[index]
    func numbers(_ axis: DescriptorAxis) -> [Int] {
      [axis.input, axis.output, axis.window, axis.stride, axis.dilation, axis.low, axis.high]
    }
    let descriptor = try ConvolutionDescriptor(text)
    #expect(
      [descriptor.groups, descriptor.batch, descriptor.inputChannels, descriptor.outputChannels] == channels)
    #expect(descriptor.vertical.map(numbers) == vertical)
    #expect(numbers(descriptor.horizontal) == horizontal)

    let geometry = try descriptor.geometry()
    #expect(geometry.vertical.output == vertical.map { $0[1] } ?? 1)
    #expect(geometry.horizontal.output == horizontal[1])
    #expect(geometry.groups == channels[0])
    #expect(geometry.batch == channels[1])
    #expect(try descriptor.geometry(batch: 9).inputShape[0] == 9)
    #expect(try ConvolutionDescriptor(descriptor.description) == descriptor, "\(descriptor)")
  }

  @Test("names are read with and without quotes, and with the number of layers")
  func names() throws {
    func name(_ ending: String) throws -> (String, Int) {
      let descriptor = try ConvolutionDescriptor("ic1oc1ih5kh3" + ending)
      #expect(try ConvolutionDescriptor(descriptor.description) == descriptor, "\(descriptor)")
      return (descriptor.name, descriptor.occurrences)
    }
    #expect(try name("") == ("", 1))
    #expect(try name("n") == ("", 1))
    #expect(try name("n\"\"") == ("", 1))
    #expect(try name("_n\"conv 1 # no comment\"") == ("conv 1 # no comment", 1))
    #expect(try name("nconv1") == ("conv1", 1))
    #expect(try name("n\"res2a*3\"") == ("res2a", 3))
    #expect(try name("n\"res2a\"*4") == ("res2a", 4))
    #expect(try name("nres2a*5") == ("res2a", 5))
    #expect(try name("n\"a*b\"") == ("a*b", 1))
    #expect(try name("n\"a*2\"*3") == ("a*2", 3))
    #expect(try name("n\"*7\"") == ("", 7))
  }

  @Test("the canonical form has every field")
  func canonical() throws {
    #expect(
      try ConvolutionDescriptor("ic3ih7iw9oc4oh11ow6kh3kw3sw2ph2pw3n\"a*2\"").description
        == "g1mb2_ic3ih7iw9_oc4oh11ow6_kh3kw3_sh1sw2_ph2pw3_dh0dw0_n\"a*2\"")
    #expect(try ConvolutionDescriptor("ic3iw7oc4kw3dw1").description == "g1mb2_ic3iw7_oc4ow3_kw3_sw1_pw0_dw1")
  }

  @Test(
    "texts that are no descriptors say what was expected",
    arguments: [
      ("", "the field ic"), ("ic3oc4", "a height (ih, kh) or a width (iw, kw)"), ("oc4ih5kh3", "the field ic"),
      ("ic3ih5kh3", "the field oc"), ("ic0oc1ih5kh3", "ic of 1 or more"), ("g0ic1oc1ih5kh3", "g of 1 or more"),
      ("mb0ic1oc1ih5kh3", "mb of 1 or more"), ("ic1oc1kh3", "ih of 1 or more"), ("ic1oc1ih3", "kh of 1 or more"),
      ("ic1oc1ih3kh3sh0", "sh of 1 or more"), ("ic1oc1ih3kh3iw3", "kw of 1 or more"),
      ("ic1oc1ih3kh3 ", "a field such as ic, ih or oh"), ("ic1oc1ih3xh3", "a field such as ic, ih or oh"),
      ("ic1oc1ih3kh3?", "a field such as ic, ih or oh"), ("IC1", "a field such as ic, ih or oh"),
      ("ic", "a number from 0 to 1073741824 after ic"), ("ic-3", "a number from 0 to 1073741824 after ic"),
      ("ic1oc1ih1073741825kh3", "a number from 0 to 1073741824 after ih"),
      ("ic99999999999999999999999", "a number from 0 to 1073741824 after ic"),
      ("ic1oc1ih3kh5", "a window of at most the padded input, 3"),
      ("ic1oc1ih3kh5ph0sh2dh3", "a window of at most the padded input, 3"), ("ic1oc1ih10oh3kh3ph0", "oh of at least 8"),
      ("ic1oc1ih3kh3n\"open", "a quote after the name"),
      ("ic1oc1ih3kh3n\"a\"b", "the end or * and a number after the name"),
      ("ic1oc1ih3kh3n\"a\"*0", "* and a number from 1 to 1073741824"),
      ("ic1oc1ih3kh3n\"a\"*", "* and a number from 1 to 1073741824"),
      ("ic1oc1ih3kh3n\"a\"b\"", "a name without quotes in it"), ("ic1oc1ih3kh3na\"b", "a name without quotes in it"),
    ])
  func malformed(text: String, expected: String) {
    expectMalformed(text, expected: expected) { _ = try ConvolutionDescriptor(text) }
  }

  @Test("convolutions that the engine does not do are told apart from mistakes")
  func unsupported() {
    for text in ["ic3oc4id5kd3", "ic1id2ih1iw1oc1od2oh1ow1kd3kh1kw1pd2ph0pw0n", "ic1oc1ih10oh7kh3ph0"] {
      let error = #expect(throws: DataError.self) { try ConvolutionDescriptor(text) }
      guard case .unsupportedShape = error else {
        Issue.record("\(text): \(String(describing: error))")
        continue
      }
    }
  }

  @Test("what only the geometry can refuse, it refuses")
  func geometryErrors() throws {
    #expect(throws: UnfoldError.groupsDoNotDivide(groups: 2, channels: 3, of: "input channels")) {
      try ConvolutionDescriptor("g2ic3oc4ih5kh3").geometry()
    }
    #expect(throws: UnfoldError.self) { try ConvolutionDescriptor("ic3oc4ih5kh3").geometry(batch: 0) }
    let largest = "1073741824"
    let huge =
      "mb\(largest)ic\(largest)oc\(largest)ih\(largest)oh\(largest)kh\(largest)sh\(largest)ph\(largest)dh\(largest)"
    #expect(throws: UnfoldError.self) { try ConvolutionDescriptor(huge).geometry() }
  }
}
