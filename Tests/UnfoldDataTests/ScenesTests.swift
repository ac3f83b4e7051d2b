import Testing
import Unfold

@testable import UnfoldData

@Suite struct ScenesTests {
  /// Full squares of 20 x 20 pixels, one brightness a class.
  private func squares(classes: Int = 3) throws -> LabelledImages {
    var pixels: [UInt8] = []
    for label in 0..<classes { pixels += [UInt8](repeating: UInt8(255 - 40 * label), count: 400) }
    return try LabelledImages(pixels: pixels, labels: (0..<classes).map(UInt8.init), height: 20, width: 20)
  }

  @Test func aSceneFollowsFromItsNumber() throws {
    let scenes = try Scenes(of: squares(), items: 1...4, seed: 7)
    var (all, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
    try scenes.fill(0..<6, into: &all, classes: &classes)
    #expect(all.shape == [6, 64, 64, 1] && classes.count == 6 * 4096)
    var (some, someClasses) = (try Tensor<Float>(repeating: .nan, shape: [2, 64, 64, 1]), [Int]())
    try scenes.fill(3..<5, into: &some, classes: &someClasses)
    #expect(some.elements == Array(all.elements[3 * 4096..<5 * 4096]))
    #expect(someClasses == Array(classes[3 * 4096..<5 * 4096]))
    #expect(all.elements[..<4096] != all.elements[4096..<8192])
    var (other, otherClasses) = (try Tensor<Float>(zeros: [0]), [Int]())
    try Scenes(of: squares(), items: 1...4, seed: 8).fill(3..<5, into: &other, classes: &otherClasses)
    #expect(other.elements != some.elements)
  }

  @Test func rangesOfMoreScenesThanThereIsRoomForAreRefused() throws {
    let scenes = try Scenes(of: squares(), items: 1...4, seed: 7)
    for numbers in [Int.min..<Int.max, -1..<Int.max, 0..<Int.max, 0..<1 << 40] {
      var (samples, classes, boxes) = (try Tensor<Float>(zeros: [0]), [Int](), try Tensor<Float>(zeros: [0]))
      #expect(throws: UnfoldError.self, "\(numbers)") {
        try scenes.fill(numbers, into: &samples, classes: &classes)
      }
      #expect(throws: UnfoldError.self, "\(numbers)") {
        try scenes.fill(numbers, into: &samples, labels: &classes, boxes: &boxes)
      }
    }
    // The numbers themselves may be any.
    var (samples, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
    try scenes.fill(Int.max - 1..<Int.max, into: &samples, classes: &classes)
    try scenes.fill(Int.min..<Int.min + 1, into: &samples, classes: &classes)
    #expect(samples.shape == [1, 64, 64, 1])
  }

  @Test func pixelsHaveTheirItemsBrightness() throws {
    let scenes = try Scenes(of: squares(), items: 1...4, seed: 1)
    var (samples, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
    try scenes.fill(0..<200, into: &samples, classes: &classes)
    var seen = [Int](repeating: 0, count: 4)
    for (value, label) in zip(samples.elements, classes) {
      seen[label] += 1
      let grey = value * Scenes.deviation + Scenes.mean
      // At its rim an item fades.
      if label > 0 { #expect(grey > 0.15 && grey <= Float(255 - 40 * (label - 1)) / 255 + 1e-4) }
      if label == 0 { #expect(grey >= -1e-5 && grey <= 0.6) }
    }
    #expect(seen.allSatisfy { $0 > 2000 }, "\(seen)")
  }

  @Test func boxesAreTightAroundTheirItem() throws {
    let scenes = try Scenes(of: squares(), items: 1...1, seed: 2)
    var (samples, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
    var (labels, boxes) = ([Int](), try Tensor<Float>(zeros: [0, 4]))
    try scenes.fill(10..<60, into: &samples, classes: &classes)
    let drawn = samples
    try scenes.fill(10..<60, into: &samples, labels: &labels, boxes: &boxes)
    #expect(samples.elements == drawn.elements && labels.count == 50 && boxes.shape == [50, 4])
    var corners: Set<[Int]> = []
    for scene in 0..<50 {
      let mask = classes[scene * 4096..<(scene + 1) * 4096].enumerated().filter { $0.element > 0 }
      #expect(mask.allSatisfy { $0.element == labels[scene] + 1 })
      let (rows, columns) = (mask.map { $0.offset / 64 }, mask.map { $0.offset % 64 })
      let expected = [columns.min() ?? 0, rows.min() ?? 0, (columns.max() ?? 0) + 1, (rows.max() ?? 0) + 1]
      #expect((0..<4).map { Int(boxes[scene, $0] * 64) } == expected)
      #expect(14...27 ~= expected[2] - expected[0] && 14...27 ~= expected[3] - expected[1])
      corners.insert(Array(expected[..<2]))
    }
    #expect(corners.count > 40)
  }

  @Test func refusesWhatCannotBeComposed() throws {
    let images = try squares()
    #expect(throws: UnfoldError.self) { try Scenes(of: images, size: 25, items: 1...1, seed: 0) }
    #expect(throws: UnfoldError.self) { try Scenes(of: images, items: 0...1, seed: 0) }
    #expect(throws: UnfoldError.self) { try Scenes(of: images, items: 1...65, seed: 0) }
    let colour = try LabelledImages(pixels: [0, 0, 0], labels: [0], height: 1, width: 1, channels: 3)
    #expect(throws: UnfoldError.self) { try Scenes(of: colour, items: 1...1, seed: 0) }
    _ = try Scenes(of: images, size: 26, items: 1...1, seed: 0)
  }
}
