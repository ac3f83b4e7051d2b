import Foundation
import Testing
import Unfold

@testable import UnfoldData

@Suite("Image classification data")
struct ImageClassificationDataTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a small data set: 6 and 4 images of 2x3 pixels, 3 classes.
  private func writeFolder(separator: String = "-", packed: Bool = false, except missing: String? = nil) throws {
    for (part, count) in [("train", 6), ("t10k", 4)] {
      let pixels = (0..<count * 6).map { UInt8($0 * 5) }
      let labels = (0..<count).map { UInt8($0 % 3) }
      for (kind, bytes) in [
        ("images\(separator)idx3", idx([count, 2, 3], pixels)), ("labels\(separator)idx1", idx([count], labels)),
      ] {
        let name = "\(part)-\(kind)-ubyte" + (packed ? ".gz" : "")
        if name != missing { try folder.write(packed ? gzip(bytes) : bytes, as: name) }
      }
    }
  }

  @Test("a folder is read under each of its files' names", arguments: ["-", "."], [false, true])
  func folders(separator: String, packed: Bool) throws {
    try writeFolder(separator: separator, packed: packed)
    let data = try ImageClassificationData(idxFolder: folder.path)
    #expect(data.training.count == 6)
    #expect(data.test.count == 4)
    #expect(data.training.batchShape(6) == [6, 2, 3, 1])
    #expect(data.training.pixels == (0..<36).map { UInt8($0 * 5) })
    #expect(data.test.labels == [0, 1, 2, 0])
    #expect(data.classNames == ["0", "1", "2"])
    #expect(data.normalization == PixelNormalization(of: data.training))
  }

  @Test(
    "colour images are found under the name that their axes give them, and under the other one",
    arguments: ["-idx4-", ".idx4-", "-idx4.", ".idx4.", "-idx3-", ".idx3."], [false, true])
  func colourFolders(format: String, packed: Bool) throws {
    for (part, count) in [("train", 5), ("t10k", 2)] {
      let pixels = idx([count, 2, 2, 3], (0..<count * 12).map { UInt8($0 * 4) })
      let labels = idx([count], (0..<count).map { UInt8($0 % 2) })
      let ending = packed ? ".gz" : ""
      try folder.write(packed ? gzip(pixels) : pixels, as: "\(part)-images\(format)ubyte\(ending)")
      let name = format.replacingOccurrences(of: "4", with: "1").replacingOccurrences(of: "3", with: "1")
      try folder.write(packed ? gzip(labels) : labels, as: "\(part)-labels\(name)ubyte\(ending)")
    }
    let data = try ImageClassificationData(idxFolder: folder.path)
    #expect(data.training.batchShape(5) == [5, 2, 2, 3])
    #expect(data.training.pixels == (0..<60).map { UInt8($0 * 4) })
    #expect(data.test.labels == [0, 1])
    #expect(data.normalization.channels == 3)
  }

  @Test("grey images may be named by four axes too")
  func greyFolderNamedByFourAxes() throws {
    try writeFolder()
    for part in ["train", "t10k"] {
      try FileManager.default.moveItem(
        atPath: "\(folder.path)/\(part)-images-idx3-ubyte", toPath: "\(folder.path)/\(part)-images-idx4-ubyte")
    }
    #expect(try ImageClassificationData(idxFolder: folder.path).training.batchShape(6) == [6, 2, 3, 1])
  }

  @Test("a missing folder, a file in its place, and missing files are told apart, with the advice")
  func missing() throws {
    let path = folder.path
    let error = #expect(throws: DataError.self) {
      try ImageClassificationData.fashionMNIST(folder: path + "/nowhere")
    }
    guard case .notFound(path + "/nowhere", let advice) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(advice.contains("dataset-fashion-mnist"))
    #expect(
      throws: DataError.incompleteFolder(
        path: path,
        missing: [
          "train-images-idx3-ubyte or train-images-idx4-ubyte", "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte or t10k-images-idx4-ubyte", "t10k-labels-idx1-ubyte",
        ],
        advice: "")
    ) { try ImageClassificationData(idxFolder: path) }
    try writeFolder(packed: true, except: "t10k-labels-idx1-ubyte.gz")
    #expect(throws: DataError.incompleteFolder(path: path, missing: ["t10k-labels-idx1-ubyte"], advice: "")) {
      try ImageClassificationData(idxFolder: path)
    }
    let file = try folder.write([], as: "file")
    #expect(throws: DataError.wrongKind(path: file, expected: "a folder of IDX files", found: "a file")) {
      try ImageClassificationData(idxFolder: file)
    }
    try FileManager.default.createDirectory(
      atPath: path + "/t10k-labels-idx1-ubyte", withIntermediateDirectories: false)
    #expect(
      throws: DataError.wrongKind(path: path + "/t10k-labels-idx1-ubyte", expected: "a file", found: "a directory")
    ) { try ImageClassificationData(idxFolder: path) }
  }

  @Test("parts that do not fit each other are refused")
  func misfits() throws {
    func error(_ name: String, _ bytes: [UInt8], classNames: [String]? = nil) throws -> DataError? {
      try writeFolder()
      try folder.write(bytes, as: name)
      return #expect(throws: DataError.self) {
        try ImageClassificationData(idxFolder: folder.path, classNames: classNames)
      }
    }
    let path = folder.path
    let images = path + "/t10k-images-idx3-ubyte"
    let labels = path + "/t10k-labels-idx1-ubyte"
    #expect(
      try error("t10k-labels-idx1-ubyte", idx([3], [0, 1, 2]))
        == .countMismatch(images: 4, imagesPath: images, labels: 3, labelsPath: labels))
    #expect(
      try error("t10k-labels-idx1-ubyte", idx([4], [0, 1, 3, 0]))
        == .labelOutOfRange(path: labels, index: 2, label: 3, classes: 3))
    #expect(
      try error("t10k-labels-idx1-ubyte", idx([4], [0, 0, 0, 0]), classNames: ["only"])
        == .labelOutOfRange(path: path + "/train-labels-idx1-ubyte", index: 1, label: 1, classes: 1))
    #expect(
      try error("t10k-images-idx3-ubyte", idx([4, 3, 2], [UInt8](repeating: 0, count: 24)))
        == .malformed(
          path: images, field: "image size", expected: "that of the training images, 2x3x1", found: "3x2x1"))
    #expect(
      try error("t10k-images-idx3-ubyte", idx([4], [0, 0, 0, 0]))
        == .malformed(path: images, field: "axes", expected: "3 [N, H, W] or 4 [N, H, W, C]", found: "1 [4]"))
    #expect(
      try error("t10k-images-idx3-ubyte", idx([0, 2, 3], []))
        == .malformed(path: images, field: "extents", expected: "1 or more each", found: "[0, 2, 3]"))
    #expect(
      try error("t10k-images-idx3-ubyte", idx([4, 1, 1, 257], [UInt8](repeating: 0, count: 4 * 257)))
        == .malformed(path: images, field: "channels", expected: "at most 256", found: "257"))
    #expect(
      try error("t10k-labels-idx1-ubyte", idx([2, 2], [0, 0, 0, 0]))
        == .malformed(path: labels, field: "axes", expected: "1 [N]", found: "2 [2, 2]"))
    #expect(
      try error("t10k-images-idx3-ubyte", idx([4, 1, 1], [UInt8](repeating: 0, count: 16), type: 0x0d))
        == .malformed(path: images, field: "element type", expected: "unsigned bytes (0x08)", found: "0x0d"))
  }

  @Test("colour images keep their channels, from a file and from memory")
  func colour() throws {
    let pixels = (0..<24).map { UInt8($0) }
    let images = try LabelledImages(
      imagesPath: folder.write(idx([2, 2, 2, 3], pixels), as: "images"),
      labelsPath: folder.write(idx([2], [1, 0]), as: "labels"))
    #expect(images == (try LabelledImages(pixels: pixels, labels: [1, 0], height: 2, width: 2, channels: 3)))
    #expect(images.batchShape(5) == [5, 2, 2, 3])
    #expect(images.prefix(1).pixels == Array(pixels.prefix(12)))
    #expect(images.prefix(1).labels == [1])
    #expect(images.prefix(-1).count == 0)
    #expect(images.prefix(99) == images)
    let reversed = try LabelledImages(pixels: pixels, labels: [0, 1], height: 2, width: 2, channels: 3)
    let data = try ImageClassificationData(training: images, test: reversed, classNames: ["a", "b"])
    #expect(data.normalization.channels == 3)
    #expect(throws: UnfoldError.self) {
      try ImageClassificationData(training: images, test: reversed, classNames: ["a"])
    }
  }

  @Test("images from memory must fill their extents")
  func invalidImages() {
    #expect(throws: UnfoldError.self) { try LabelledImages(pixels: [], labels: [], height: 0, width: 1) }
    #expect(throws: UnfoldError.self) { try LabelledImages(pixels: [1], labels: [1], height: 1, width: -1) }
    #expect(throws: UnfoldError.self) {
      try LabelledImages(pixels: [], labels: [], height: 1, width: 1, channels: 257)
    }
    #expect(throws: UnfoldError.self) { try LabelledImages(pixels: [1, 2], labels: [1], height: 1, width: 1) }
    #expect(throws: UnfoldError.self) {
      try LabelledImages(pixels: [1], labels: [1, 2], height: .max, width: .max)
    }
    // No image at all, but of a size that nothing can be computed with.
    #expect(throws: UnfoldError.self) {
      try LabelledImages(pixels: [], labels: [], height: .max, width: .max).rotated(seed: 1)
    }
    #expect(throws: UnfoldError.self) {
      try LabelledImages(pixels: [], labels: [], height: 1 << 40, width: 1 << 20, channels: 256)
    }
  }

  @Test(
    "Fashion-MNIST as Debian packages it",
    .enabled(if: FileManager.default.fileExists(atPath: ImageClassificationData.fashionMNISTFolder)))
  func fashionMNIST() throws {
    let data = try ImageClassificationData.fashionMNIST()
    #expect(data.training.count == 60_000)
    #expect(data.test.count == 10_000)
    #expect(data.training.batchShape(1) == [1, 28, 28, 1])
    #expect(data.training.labels.prefix(5) == [9, 0, 0, 3, 0])
    #expect(data.test.labels.prefix(5) == [9, 2, 1, 1, 6])
    #expect(data.classNames[9] == "Ankle boot")
    for (images, share) in [(data.training, 6000), (data.test, 1000)] {
      #expect(Set(images.labels).sorted() == Array(0...9))
      #expect((0..<10).allSatisfy { label in images.labels.count { $0 == label } == share })
    }
    // The constants that are published for the data set.
    #expect(abs(data.normalization.mean[0] - 0.2860) < 1e-4)
    #expect(abs(data.normalization.standardDeviation[0] - 0.3530) < 1e-4)
  }
}
