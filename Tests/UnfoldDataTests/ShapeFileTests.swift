import Foundation
import Testing
import Unfold

@testable import UnfoldData

@Suite("Shape files")
struct ShapeFileTests {
  @Test("comments, blank lines, several descriptors a line, line ends of every kind")
  func layout() throws {
    let text = """
      # a header

      ic1oc2ih5kh3n"one"   # after a descriptor
        ic1oc3ih5kh3n"t w # o"\tic1oc4iw5kw3n"three"#close
      #ic1oc9ih5kh3
      ic1oc5ih5kh3
      """
    for text in [text, text.replacingOccurrences(of: "\n", with: "\r\n")] {
      let file = try ShapeFile<ConvolutionDescriptor>(text: text, path: "shapes")
      #expect(file.entries.map(\.line) == [3, 4, 4, 6])
      #expect(file.descriptors.map(\.outputChannels) == [2, 3, 4, 5])
      #expect(file.descriptors.map(\.name) == ["one", "t w # o", "three", ""])
      #expect(file.skipped == [])
    }
    #expect(try ShapeFile<ConvolutionDescriptor>(text: "", path: "shapes").entries == [])
  }

  @Test("options that multiply the shapes beyond all use are refused")
  func multiplied() throws {
    // A line of 4 KB and as many descriptors would stand for ten million shapes.
    let batches = "--mb=" + [String](repeating: "1", count: 1100).joined(separator: ",")
    let text = batches + "\n" + String(repeating: "ic1oc1ih5kh3\n", count: 1000)
    #expect {
      try ShapeFile<ConvolutionDescriptor>(text: text, path: "shapes")
    } throws: { error in
      guard case .malformedShape("shapes", 955, _, let expected, "more")? = error as? DataError else { return false }
      return expected == "at most 1048576 shapes in a file"
    }
  }

  @Test("batch options are honoured, others and three spatial axes reported")
  func options() throws {
    let text = """
      --reset --cfg=f32 --dir=FWD_B mb7ic1oc1ih5kh3
      --mb=3,0,5
      mb7ic1oc2ih5kh3
      --mb=0
      mb7ic1oc3ih5kh3
      --mb=4 mb7ic1oc4ih5kh3 --reset mb7ic1oc5ih5kh3
      --alg=wino
      ic16oc16_id5od5kd3pd1_n"3d"
      ic1oc1ih10oh7kh3ph0
      """
    let file = try ShapeFile<ConvolutionDescriptor>(text: text, path: "shapes")
    #expect(file.descriptors.map(\.batch) == [7, 3, 7, 5, 7, 4, 7])
    #expect(file.descriptors.map(\.outputChannels) == [1, 2, 2, 2, 3, 4, 5])
    #expect(
      file.skipped == [
        .init(line: 1, text: "--cfg=f32", reason: "this option is not known here"),
        .init(line: 1, text: "--dir=FWD_B", reason: "this option is not known here"),
        .init(line: 7, text: "--alg=wino", reason: "this option is not known here"),
        .init(line: 8, text: "ic16oc16_id5od5kd3pd1_n\"3d\"", reason: "three spatial axes"),
        .init(line: 9, text: "ic1oc1ih10oh7kh3ph0", reason: "oh7 needs a negative padding of -1"),
      ])
  }

  @Test("a file of convolutions has ordinary and transposed ones, by the driver that it names")
  func drivers() throws {
    let text = """
      ic1oc1ih5kh3 --deconv ic2oc1ih5kh3
      --mb=3,4 ic3oc1ih5kh3sh2
      --reset ic4oc1ih5kh3 ic5oc1id2kd1
      --conv ic6oc1ih5kh3
      """
    let ordinary = try ShapeFile<ConvolutionDescriptor>(text: text, path: "shapes")
    #expect(ordinary.descriptors.map(\.inputChannels) == [1, 6] && ordinary.entries.map(\.line) == [1, 4])
    #expect(ordinary.skipped == [])
    let transposed = try ShapeFile<TransposedConvolutionDescriptor>(text: text, path: "shapes")
    #expect(transposed.descriptors.map(\.inputChannels) == [2, 3, 3, 4])
    #expect(transposed.descriptors.map(\.batch) == [2, 3, 4, 2])
    #expect(transposed.descriptors.map(\.horizontal.output) == [7, 11, 11, 7])
    #expect(transposed.skipped == [.init(line: 3, text: "ic5oc1id2kd1", reason: "three spatial axes")])
    // A file that names no driver has none.
    #expect(try ShapeFile<TransposedConvolutionDescriptor>(text: "ic1oc1ih5kh3", path: "shapes").entries == [])
    #expect(throws: DataError.self) {
      try ShapeFile<TransposedConvolutionDescriptor>(text: "--deconv\nic1oc1ih5kh2ph3", path: "shapes")
    }
  }

  @Test("algorithms are remembered from their line on, crossed with batches, and end with --reset")
  func algorithms() throws {
    let text = """
      mb7ic1ih4kh2
      --alg=avg_np
      mb7ic2ih4kh2 mb7ic3ih4kh2
      --mb=0,5 --alg=MAX,avg_p,pooling_avg_exclude_padding
      mb7ic4ih4kh2
      --dir=FWD_D
      --reset mb7ic5ih4kh2
      """
    let file = try ShapeFile<PoolingDescriptor>(text: text, path: "shapes")
    #expect(file.descriptors.map(\.channels) == [1, 2, 3, 4, 4, 4, 4, 4, 4, 5])
    #expect(
      file.descriptors.map(\.algorithm) == [
        .maximum, .mean, .mean, .maximum, .maximum, .meanCountingPadding, .meanCountingPadding, .mean, .mean, .maximum,
      ])
    #expect(file.descriptors.map(\.batch) == [7, 7, 7, 7, 5, 7, 5, 7, 5, 7])
    #expect(file.entries.map(\.line) == [1, 3, 3, 5, 5, 5, 5, 5, 5, 7])
    #expect(
      file.skipped == [.init(line: 6, text: "--dir=FWD_D", reason: "this option is not known here")])

    let resamplings = try ShapeFile<ResamplingDescriptor>(
      text: "ic1ih2oh4 --alg=linear\nic2ih2oh4\n--alg=resampling_nearest ic3ih2oh4 ic4id2od4", path: "shapes")
    #expect(resamplings.descriptors.map(\.algorithm) == [.nearest, .linear, .nearest])
    #expect(resamplings.skipped == [.init(line: 3, text: "ic4id2od4", reason: "three spatial axes")])
  }

  @Test("unknown algorithms are mistakes", arguments: ["--alg=", "--alg=mean", "--alg=max,", "--alg=linear"])
  func unknownAlgorithms(option: String) {
    let error = #expect(throws: DataError.self) {
      try ShapeFile<PoolingDescriptor>(text: "\n" + option, path: "shapes")
    }
    guard case .malformedShape("shapes", 2, option, let expected, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(expected.hasPrefix("some of avg_np, avg_p, max, "))
  }

  @Test("mistakes are reported with file, line and text")
  func mistakes() throws {
    #expect(
      throws: DataError.malformedShape(
        path: "shapes", line: 3, text: "ic1oc1", expected: "a height (ih, kh) or a width (iw, kw)", found: "none")
    ) { try ShapeFile<ConvolutionDescriptor>(text: "\n# two\n  ic1oc1 # three\n", path: "shapes") }
    for option in ["--mb=", "--mb=x", "--mb=1,,2", "--mb=-1", "--mb=99999999999"] {
      #expect(throws: DataError.self, "\(option)") {
        try ShapeFile<ConvolutionDescriptor>(text: option, path: "shapes")
      }
    }
  }

  @Test("files that cannot be read, and bytes that are no text")
  func files() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataError.notFound(path: folder.path + "/none", advice: "")) {
      try ShapeFile<ConvolutionDescriptor>(path: folder.path + "/none")
    }
    #expect(throws: DataError.self) { try ShapeFile<ConvolutionDescriptor>(path: folder.path) }
    let binary = try folder.write((0...255).map { UInt8($0) }, as: "binary")
    #expect(throws: DataError.self) { try ShapeFile<ConvolutionDescriptor>(path: binary) }
    let long = try folder.write(
      [UInt8](repeating: 0x20, count: ShapeFile<ConvolutionDescriptor>.largestLength + 1), as: "long")
    #expect(throws: DataError.self) { try ShapeFile<ConvolutionDescriptor>(path: long) }
    let fine = try folder.write(Array("ic1oc1ih5kh3\n".utf8), as: "fine")
    #expect(try ShapeFile<ConvolutionDescriptor>(path: fine).descriptors == [ConvolutionDescriptor("ic1oc1ih5kh3")])
  }

  @Test("damaged shape files give an error or valid descriptors, never a trap")
  func fuzz() throws {
    try fuzz("awkward") { (descriptor: ConvolutionDescriptor) throws in
      #expect(try ConvolutionDescriptor(descriptor.description) == descriptor)
      guard let geometry = try? descriptor.geometry() else { return }
      #expect(geometry.vertical.output == descriptor.vertical?.output ?? 1, "\(descriptor)")
      #expect(geometry.horizontal.output == descriptor.horizontal.output, "\(descriptor)")
    }
    try fuzz("dcgan", after: "--deconv\n") { (descriptor: TransposedConvolutionDescriptor) throws in
      #expect(try TransposedConvolutionDescriptor(descriptor.description) == descriptor)
      guard let geometry = try? descriptor.geometry() else { return }
      #expect(geometry.outputShape[1] == descriptor.vertical?.output ?? 1, "\(descriptor)")
      #expect(geometry.outputShape[2] == descriptor.horizontal.output, "\(descriptor)")
    }
    try fuzz("pooling") { (descriptor: PoolingDescriptor) throws in
      #expect(try PoolingDescriptor(descriptor.description, algorithm: descriptor.algorithm) == descriptor)
      guard let geometry = try? descriptor.geometry() else { return }
      #expect(geometry.vertical.output == descriptor.vertical?.output ?? 1, "\(descriptor)")
      #expect(geometry.horizontal.output == descriptor.horizontal.output, "\(descriptor)")
    }
    try fuzz("resampling") { (descriptor: ResamplingDescriptor) throws in
      #expect(try ResamplingDescriptor(descriptor.description, algorithm: descriptor.algorithm) == descriptor)
      guard let geometry = try? descriptor.geometry() else { return }
      #expect(geometry.outputShape[1] == descriptor.vertical?.output ?? 1, "\(descriptor)")
      #expect(geometry.outputShape[2] == descriptor.horizontal.output, "\(descriptor)")
    }
  }

  /// Damages lines of a file and checks what can still be read, after a line that is sound.
  private func fuzz<Descriptor: ShapeDescriptor>(
    _ name: String, after start: String = "", check: (Descriptor) throws -> Void
  ) throws {
    let content = try String(contentsOfFile: "\(RepositoryShapeTests.folder)/\(name).txt", encoding: .utf8)
    let lines = content.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { Array($0.utf8) }
    let alphabet = Array("0123456789gmbicodhwksp_n\"*#- ".utf8)
    var generator = SeededGenerator(seed: 6)
    var parsed = 0
    for _ in 0..<20_000 {
      var line = lines[generator.integer(in: 0...lines.count - 1)]
      for _ in 0..<generator.integer(in: 1...4) {
        let place = generator.integer(in: 0...line.count - 1)
        let letter = alphabet[generator.integer(in: 0...alphabet.count - 1)]
        switch generator.integer(in: 0...3) {
        case 0: line[place] = letter
        case 1: line.insert(letter, at: place)
        case 2 where line.count > 1: line.remove(at: place)
        default: line[place] ^= 1 << UInt8(generator.integer(in: 0...7))
        }
      }
      let text = start + String(decoding: line, as: UTF8.self)
      guard let file = try? ShapeFile<Descriptor>(text: text, path: "fuzz") else { continue }
      parsed += file.descriptors.count
      try file.descriptors.forEach(check)
    }
    #expect(parsed > 2000)
  }
}
