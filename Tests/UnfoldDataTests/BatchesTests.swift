import Testing
import Unfold

@testable import UnfoldData

@Suite("Batches")
struct BatchesTests {
  /// Images of which every pixel is different from its neighbours'.
  static func images(_ count: Int, height: Int = 5, width: Int = 4, channels: Int = 1) throws -> LabelledImages {
    var generator = SeededGenerator(seed: 11)
    let pixels = (0..<count * height * width * channels).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    return try LabelledImages(
      pixels: pixels, labels: (0..<count).map { UInt8($0 % 10) }, height: height, width: width, channels: channels)
  }

  static func plain(_ channels: Int = 1) throws -> PixelNormalization {
    try PixelNormalization(
      mean: [Double](repeating: 0, count: channels), standardDeviation: [Double](repeating: 1, count: channels))
  }

  @Test("every image is seen once, the remainder kept or dropped", arguments: [1, 3, 7, 20, 21, 50])
  func covers(size: Int) throws {
    let images = try Self.images(21)
    let kept = try Batches(images, size: size, normalization: Self.plain())
    #expect(kept.count == (21 + size - 1) / size)
    #expect(try (0..<kept.count).flatMap { try Array(kept.samples(of: $0)) } == Array(0..<21))
    let dropped = try Batches(
      images, size: size, shuffledBy: 5, epoch: 0, normalization: Self.plain(), remainder: .dropped)
    #expect(dropped.count == 21 / size)
    let seen = try (0..<dropped.count).flatMap { try Array(dropped.samples(of: $0)) }
    #expect(seen.count == 21 / size * size)
    #expect(Set(seen).count == seen.count)
    for index in 0..<kept.count {
      let batch = try kept.batch(index)
      #expect(batch.images.shape == (try kept.shape(of: index)))
      #expect(batch.labels == (try kept.samples(of: index).map { Int(images.labels[$0]) }))
    }
  }

  @Test("the order follows from seed and epoch")
  func order() throws {
    let images = try Self.images(100)
    func order(_ seed: UInt64, _ epoch: Int) throws -> [Int] {
      try Batches(images, size: 8, shuffledBy: seed, epoch: epoch, normalization: Self.plain(), remainder: .kept).order
    }
    #expect(try order(1, 1) == order(1, 1))
    #expect(try order(1, 1) != order(1, 2))
    #expect(try order(1, 2) != order(2, 1))
    #expect(try order(1, 1).sorted() == Array(0..<100))
  }

  @Test("pixels are normalised by channel, in Float and Double", arguments: [1, 2, 3])
  func normalises(channels: Int) throws {
    let images = try Self.images(6, channels: channels)
    let normalization = try PixelNormalization(
      mean: (0..<channels).map { 0.2 + 0.1 * Double($0) },
      standardDeviation: (0..<channels).map { 0.3 + 0.2 * Double($0) })
    let batches = try Batches(images, size: 4, normalization: normalization)
    var single = try Tensor<Float>(repeating: .nan, shape: batches.shape(of: 1))
    var double = try Tensor<Double>(repeating: .nan, shape: batches.shape(of: 1))
    var labels = [-1, -1, -1, -1, -1]
    try batches.fill(1, into: &single, labels: &labels)
    try batches.fill(1, into: &double, labels: &labels)
    #expect(labels == [4, 5])
    for n in 0..<2 {
      for y in 0..<5 {
        for x in 0..<4 {
          for c in 0..<channels {
            let pixel = Double(images.pixels[(((n + 4) * 5 + y) * 4 + x) * channels + c])
            let expected = (pixel / 255 - (0.2 + 0.1 * Double(c))) / (0.3 + 0.2 * Double(c))
            #expect(abs(double[n, y, x, c] - expected) < 1e-12)
            #expect(single[n, y, x, c] == Float(double[n, y, x, c]))
          }
        }
      }
    }
  }

  @Test("the constants of a set give it mean 0 and standard deviation 1")
  func constants() throws {
    let images = try Self.images(30, channels: 2)
    let all = try Batches(images, size: 30, normalization: PixelNormalization(of: images)).batch(0, of: Double.self)
    for channel in 0..<2 {
      let values = stride(from: channel, to: all.images.count, by: 2).map { all.images.elements[$0] }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean) < 1e-12)
      #expect(abs(variance - 1) < 1e-12)
    }
    let flat = try LabelledImages(pixels: [51, 51], labels: [0, 0], height: 1, width: 1)
    #expect(PixelNormalization(of: flat) == (try PixelNormalization(mean: [0.2], standardDeviation: [1])))
    let none = try LabelledImages(pixels: [], labels: [], height: 1, width: 1)
    #expect(PixelNormalization(of: none) == (try PixelNormalization(mean: [0], standardDeviation: [1])))
  }

  @Test("memory is used again for batches of one shape, and replaced where it is shared")
  func reuse() throws {
    let batches = try Batches(Self.images(10), size: 4, normalization: Self.plain())
    var tensor = try Tensor<Float>(zeros: [4, 5, 4, 1])
    var labels: [Int] = []
    let before = tensor.withUnsafeBufferPointer { $0.baseAddress }
    try batches.fill(0, into: &tensor, labels: &labels)
    #expect(tensor.withUnsafeBufferPointer { $0.baseAddress } == before)
    let first = tensor
    try batches.fill(1, into: &tensor, labels: &labels)
    #expect(first == (try batches.batch(0).images))
    #expect(tensor == (try batches.batch(1).images))
    try batches.fill(2, into: &tensor, labels: &labels)
    #expect(tensor.shape == [2, 5, 4, 1])
    #expect(labels == [8, 9])
  }

  @Test("a changed image does not depend on the size or order of the batches")
  func independence() throws {
    let images = try Self.images(24, height: 7, width: 6)
    let augmentation = try Augmentation(flipsHorizontally: true, maximumShift: 2)
    var bySample: [Int: [Float]] = [:]
    for (size, backwards) in [(1, false), (5, true), (24, false)] {
      let batches = try Batches(
        images, size: size, shuffledBy: 3, epoch: 4, normalization: Self.plain(), augmentation: augmentation,
        remainder: .kept)
      for index in backwards ? (0..<batches.count).reversed() : Array(0..<batches.count) {
        let elements = try batches.batch(index).images.elements
        for (place, sample) in try batches.samples(of: index).enumerated() {
          let image = Array(elements[place * 42..<(place + 1) * 42])
          #expect(bySample[sample, default: image] == image, "sample \(sample), batches of \(size)")
          bySample[sample] = image
        }
      }
    }
    #expect(bySample.count == 24)
  }

  @Test("wrong sizes, channels and indices are refused")
  func refusals() throws {
    let images = try Self.images(5)
    #expect(throws: UnfoldError.self) { try Batches(images, size: 0, normalization: Self.plain()) }
    #expect(throws: UnfoldError.self) { try Batches(images, size: 2, normalization: Self.plain(3)) }
    let batches = try Batches(images, size: 2, normalization: Self.plain())
    for index in [-1, 3, .max] { #expect(throws: UnfoldError.self) { try batches.batch(index) } }
    #expect(throws: UnfoldError.self) { try PixelNormalization(mean: [], standardDeviation: []) }
    #expect(throws: UnfoldError.self) { try PixelNormalization(mean: [0], standardDeviation: [0]) }
    #expect(throws: UnfoldError.self) { try PixelNormalization(mean: [.nan], standardDeviation: [1]) }
    #expect(throws: UnfoldError.self) { try PixelNormalization(mean: [0], standardDeviation: [1, 1]) }
    #expect(throws: UnfoldError.self) { try Augmentation(maximumShift: -1) }
    #expect(throws: UnfoldError.self) { try Augmentation(maximumShift: .max) }
    let huge = try Batches(images, size: .max, normalization: Self.plain())
    #expect(huge.count == 1)
  }
}
