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
      let file = try ShapeFile(text: text, path: "shapes")
      #expect(file.entries.map(\.line) == [3, 4, 4, 6])
      #expect(file.descriptors.map(\.outputChannels) == [2, 3, 4, 5])
      #expect(file.descriptors.map(\.name) == ["one", "t w # o", "three", ""])
      #expect(file.skipped == [])
    }
    #expect(try ShapeFile(text: "", path: "shapes").entries == [])
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
      ic16oc16_id5od5kd3pd1_n"3d"
      ic1oc1ih10oh7kh3ph0
      """
    let file = try ShapeFile(text: text, path: "shapes")
    #expect(file.descriptors.map(\.batch) == [7, 3, 7, 5, 7, 4, 7])
    #expect(file.descriptors.map(\.outputChannels) == [1, 2, 2, 2, 3, 4, 5])
    #expect(
      file.skipped == [
        .init(line: 1, text: "--cfg=f32", reason: "this option is not known here"),
        .init(line: 1, text: "--dir=FWD_B", reason: "this option is not known here"),
        .init(line: 7, text: "ic16oc16_id5od5kd3pd1_n\"3d\"", reason: "three spatial axes"),
        .init(line: 8, text: "ic1oc1ih10oh7kh3ph0", reason: "oh7 needs a negative padding of -1"),
      ])
  }

  @Test("mistakes are reported with file, line and text")
  func mistakes() throws {
    #expect(
      throws: DataError.malformedShape(
        path: "shapes", line: 3, text: "ic1oc1", expected: "a height (ih, kh) or a width (iw, kw)", found: "none")
    ) { try ShapeFile(text: "\n# two\n  ic1oc1 # three\n", path: "shapes") }
    for option in ["--mb=", "--mb=x", "--mb=1,,2", "--mb=-1", "--mb=99999999999"] {
      #expect(throws: DataError.self, "\(option)") { try ShapeFile(text: option, path: "shapes") }
    }
  }

  @Test("files that cannot be read, and bytes that are no text")
  func files() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataError.notFound(path: folder.path + "/none", advice: "")) {
      try ShapeFile(path: folder.path + "/none")
    }
    #expect(throws: DataError.self) { try ShapeFile(path: folder.path) }
    let binary = try folder.write((0...255).map { UInt8($0) }, as: "binary")
    #expect(throws: DataError.self) { try ShapeFile(path: binary) }
    let long = try folder.write([UInt8](repeating: 0x20, count: ShapeFile.largestLength + 1), as: "long")
    #expect(throws: DataError.self) { try ShapeFile(path: long) }
    let fine = try folder.write(Array("ic1oc1ih5kh3\n".utf8), as: "fine")
    #expect(try ShapeFile(path: fine).descriptors == [ConvolutionDescriptor("ic1oc1ih5kh3")])
  }

  // MARK: The files of this repository

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Benchmarks/Shapes").standardizedFileURL.path

  /// Layers and, for one image, multiplications with their additions in units of a million, as the papers give them
  /// for the convolutions (ResNet-50: 3.8e9, MobileNet: 569e6 less 1.024e6 of the classifier, VGG-19: 19.6e9 less its
  /// dense layers).
  static let networks: [(name: String, layers: Int, millions: ClosedRange<Double>)] = [
    ("resnet-50", 53, 3_800...3_900), ("vgg-19", 16, 19_400...19_600), ("mobilenet-v1", 27, 565...570),
    ("lenet", 2, 10...11), ("time-delay", 9, 0...1000),
  ]

  @Test("the networks' files have the layers and the operations of the papers", arguments: networks.indices)
  func networkFiles(index: Int) throws {
    let (name, layers, millions) = Self.networks[index]
    let file = try ShapeFile(path: "\(Self.folder)/\(name).txt")
    #expect(file.skipped == [])
    #expect(file.descriptors.reduce(0) { $0 + $1.occurrences } == layers)
    #expect(Set(file.descriptors.map(\.name)).count == file.descriptors.count)
    #expect(Set(try file.descriptors.map { try $0.geometry(batch: 1) }).count == file.descriptors.count)
    let operations = try file.descriptors.reduce(0.0) {
      try $0 + $1.geometry(batch: 1).operations / 2 * Double($1.occurrences)
    }
    #expect(millions.contains(operations / 1e6), "\(operations / 1e6)")
  }

  @Test("the awkward shapes are valid, small, named, and as awkward as they should be")
  func awkward() throws {
    let file = try ShapeFile(path: Self.folder + "/awkward.txt")
    let geometries = try file.descriptors.map { try $0.geometry() }
    #expect(file.skipped == [])
    #expect(Set(file.descriptors.map(\.name)).count == file.descriptors.count)
    #expect(Set(geometries).count == geometries.count)
    #expect(geometries.reduce(0) { $0 + $1.operations } < 2e7)
    #expect(Set(geometries.map(\.batch)) == [1, 2, 3])
    #expect(file.descriptors.contains { $0.vertical == nil })
    #expect(geometries.contains { $0.vertical.low > $0.vertical.high })
    #expect(geometries.contains { $0.vertical.low < $0.vertical.high })
    #expect(geometries.contains { $0.vertical.stride > $0.vertical.covered })
    #expect(geometries.contains { $0.vertical.covered > $0.vertical.input && $0.vertical.dilation > 1 })
    #expect(geometries.contains { $0.groups > 1 && !$0.isDepthwise })
    #expect(geometries.contains { $0.isDepthwise && $0.outputChannels > $0.inputChannels })
  }

  @Test("damaged shape files give an error or valid descriptors, never a trap")
  func fuzz() throws {
    let awkward = try String(contentsOfFile: Self.folder + "/awkward.txt", encoding: .utf8)
    let lines = awkward.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { Array($0.utf8) }
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
      let text = String(decoding: line, as: UTF8.self)
      guard let file = try? ShapeFile(text: text, path: "fuzz") else { continue }
      for descriptor in file.descriptors {
        parsed += 1
        #expect(try ConvolutionDescriptor(descriptor.description) == descriptor, "\(text)")
        if let geometry = try? descriptor.geometry() {
          #expect(geometry.vertical.output == descriptor.vertical?.output ?? 1, "\(text)")
          #expect(geometry.horizontal.output == descriptor.horizontal.output, "\(text)")
        }
      }
    }
    #expect(parsed > 2000)
  }
}
