import Foundation
import Testing

@testable import UnfoldImages

struct ClassFolderTests {
  @Test("training and validation folders, sorted by bytes")
  func parts() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses("train/")
    try folder.addClasses("val/", count: 2)
    let split = try ImageSplit(path: folder.path)
    #expect(split.training.classNames == ["cat", "dog"])
    #expect(split.training.count == 12)
    #expect(split.validation.count == 4)
    #expect(split.training.stableName(of: 0) == "cat/0.jpg")
    #expect(split.training.stableName(of: 6) == "dog/deep/0.img")
    #expect(
      (0..<12).map { split.training.label(of: $0) } == [Int](repeating: 0, count: 6) + [Int](repeating: 1, count: 6))
    guard case .encoded(let bytes) = try split.training.content(of: 0) else {
      Issue.record("expected the bytes of a file")
      return
    }
    #expect(bytes == Fixtures.bytes("images/jpeg-420.jpg"))
  }

  @Test("names sort by their bytes, and may hold spaces, newlines and UTF-8")
  func names() throws {
    let folder = try TemporaryFolder()
    let names = ["B", "a b", "a\nb", "Ä", "é", "z"]
    for name in names { try folder.copy("ppm-p6.ppm", to: "\(name)/x y\n\(name).ppm") }
    let images = try ClassFolders(path: folder.path)
    #expect(
      images.classNames
        == ["B", "a\nb", "a b", "z", "Ä", "é"].sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    #expect(images.count == 6)
    for index in 0..<6 { #expect(throws: Never.self) { try images.content(of: index) } }
  }

  @Test("a share is split by the names: stable, near the share, another for another seed")
  func share() throws {
    let folder = try TemporaryFolder()
    let image = Fixtures.bytes("images/ppm-p6.ppm")
    for index in 0..<400 { try folder.write(image, to: "\(index % 2 == 0 ? "even" : "odd")/\(index).ppm") }
    func validation(_ seed: UInt64) throws -> Set<String> {
      let split = try ImageSplit(path: folder.path, validationShare: 0.2, seed: seed)
      let names = { (part: any ImageDataSet) in Set((0..<part.count).map { part.stableName(of: $0) }) }
      #expect(names(split.training).isDisjoint(with: names(split.validation)))
      #expect(split.training.count + split.validation.count == (try ClassFolders(path: folder.path).count))
      return names(split.validation)
    }
    let first = try validation(1)
    // The standard deviation is 8.
    #expect(abs(first.count - 80) < 40, "\(first.count)")
    #expect(try validation(1) == first)
    #expect(try validation(2) != first)
    for index in 0..<50 { try folder.write(image, to: "even/more-\(index).ppm") }
    let more = try validation(1)
    #expect(more.filter { !$0.contains("more") } == first)
    // Another place of the same data.
    let other = folder.path + "-moved"
    try FileManager.default.moveItem(atPath: folder.path, toPath: other)
    defer { try? FileManager.default.removeItem(atPath: other) }
    let moved = try ImageSplit(path: other, validationShare: 0.2, seed: 1).validation
    #expect(Set((0..<moved.count).map { moved.stableName(of: $0) }) == more)
    // Fixed values, computed in Python: the split of a release is that of the next.
    #expect(ImageSplit.place(of: "cat/0.jpg", seed: 0) == 0.7554760618979088)
    #expect(ImageSplit.place(of: "é", seed: 7) == 0.6672547259062666)
  }

  @Test("links that lead back end, others are followed")
  func links() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 2)
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: "\(folder.path)/cat/loop", withDestinationPath: "..")
    try manager.createSymbolicLink(atPath: "\(folder.path)/cat/self", withDestinationPath: ".")
    try manager.createSymbolicLink(atPath: "\(folder.path)/dog/more", withDestinationPath: "../cat")
    let images = try ClassFolders(path: folder.path)
    #expect(images.files.contains("dog/more/0.jpg"))
    #expect(images.files.contains("cat/0.jpg"))
    #expect(images.count < 100, "\(images.count)")
    try manager.createSymbolicLink(atPath: "\(folder.path)/cat/nothing.jpg", withDestinationPath: "nowhere")
    #expect(throws: ImageError.notFound(path: "\(folder.path)/cat/nothing.jpg")) { try ClassFolders(path: folder.path) }
    let rest = try ClassFolders(path: folder.path, onBadImage: .skip)
    #expect(rest.count == images.count)
    #expect(!rest.skipped.isEmpty)
  }

  @Test("files that are no images stop, or are left out by name")
  func others() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 2)
    try folder.write(Array("notes".utf8), to: "cat/notes.jpg")
    try folder.write([], to: "dog/empty.png")
    try folder.write([1], to: "cat/.hidden")
    let notes = ImageError.unknownFormat(
      path: "\(folder.path)/cat/notes.jpg", found: "a file that begins with 6e 6f 74 65 73")
    #expect(throws: notes) { try ImageSplit(path: folder.path, validationShare: 0.5) }
    let images = try ClassFolders(path: folder.path, onBadImage: .skip)
    #expect(images.count == 4)
    #expect(images.skipped == [notes, .unknownFormat(path: "\(folder.path)/dog/empty.png", found: "an empty file")])
  }

  @Test("bad folders are one clear line each")
  func errors() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    #expect(throws: ImageError.noImages(path: path)) { try ImageSplit(path: path, validationShare: 0.1) }
    #expect(throws: ImageError.notFound(path: "\(path)/nothing")) { try ImageSplit(path: "\(path)/nothing") }
    try folder.copy("png-rgb.png", to: "one.png")
    #expect(throws: ImageError.tooFewClasses(path: path, found: [])) { try ImageSplit(path: path) }
    #expect(
      throws: ImageError.wrongKind(
        path: "\(path)/one.png", expected: "a folder of images, or a file of many", found: "one image")
    ) { try ImageSplit(path: "\(path)/one.png") }
    for index in 0..<20 { try folder.copy("png-rgb.png", to: "cat/\(index).png") }
    #expect(throws: ImageError.tooFewClasses(path: path, found: ["cat"])) {
      try ImageSplit(path: path, validationShare: 0.5)
    }
    try folder.copy("png-rgb.png", to: "dog/a.png")
    #expect {
      try ImageSplit(path: path)
    } throws: { error in
      "\(error)"
        == "\(path): expected validation images, found none; add a folder val, or choose a validation share such as 0.1"
    }
    for share in [0, 1, -0.5, .nan] {
      #expect(throws: ImageError.self, "\(share)") { try ImageSplit(path: path, validationShare: share) }
    }
    try folder.addClasses("parts/train/", count: 2)
    try folder.copy("png-rgb.png", to: "parts/val/cat/a.png")
    try folder.copy("png-rgb.png", to: "parts/val/bird/a.png")
    #expect {
      try ImageSplit(path: "\(path)/parts")
    } throws: { error in
      "\(error)" == "\(path)/parts: expected the same classes for training and validation, found only for training dog;"
        + " only for validation bird"
    }
  }

  @Test("an unreadable file or folder is named")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 2)
    chmod("\(folder.path)/cat/0.jpg", 0)
    chmod("\(folder.path)/dog/deep", 0)
    defer { chmod("\(folder.path)/dog/deep", 0o700) }
    // The system refuses nothing to root.
    guard geteuid() != 0 else { return }
    #expect(throws: ImageError.unreadable(path: "\(folder.path)/cat/0.jpg", reason: "Permission denied")) {
      try ClassFolders(path: folder.path)
    }
    #expect(try ClassFolders(path: folder.path, onBadImage: .skip).skipped.count == 2)
  }

  @Test("files without classes: those of folders are sorted, others have their order")
  func files() throws {
    let folder = try TemporaryFolder()
    try folder.addClasses(count: 2)
    try folder.write([1, 2, 3], to: "dog/notes.txt")
    let paths = ["\(folder.path)/dog/deep/1.img", "\(folder.path)/cat"]
    let images = try ImageFiles(paths: paths)
    #expect((0..<images.count).map { images.name(of: $0) } == [paths[0], "\(paths[1])/0.jpg", "\(paths[1])/1.jpg"])
    let notes = ImageError.unknownFormat(
      path: "\(folder.path)/dog/notes.txt", found: "a file that begins with 01 02 03")
    #expect(throws: notes) { try ImageFiles(paths: ["\(folder.path)/dog"]) }
    #expect(try ImageFiles(paths: ["\(folder.path)/dog"], onBadImage: .skip).skipped == [notes])
    #expect(throws: ImageError.notFound(path: "nothing")) { try ImageFiles(paths: ["nothing"]) }
    #expect(throws: ImageError.noImages(path: "nothing")) { try ImageFiles(paths: ["nothing"], onBadImage: .skip) }
  }

  /// Three images of 5 x 7 pixels, one of 1 x 1 and one that is damaged.
  @Test func decodedBytesAreThoseOfTheHeaders() throws {
    let folder = try TemporaryFolder()
    let ppm = Array("P6 7 5 255\n".utf8) + [UInt8](repeating: 1, count: 105)
    for name in ["a/1.ppm", "a/2.ppm", "b/3.ppm"] { try folder.write(ppm, to: name) }
    try folder.write(Array("P6 1 1 255\n".utf8) + [1, 2, 3], to: "b/4.ppm")
    try folder.write(Array("P6 x".utf8), to: "b/5.ppm")
    let images = try ClassFolders(path: folder.path)
    #expect(images.decodedBytes(channels: 3, atMost: 318) == 318)
    #expect(images.decodedBytes(channels: 1, atMost: 1000) == 106)
    #expect(images.decodedBytes(channels: 3, atMost: 317) == nil)
  }
}
