import Unfold

/// Scenes composed of the images of a data set: items of random size at random places on a canvas whose every pixel's
/// class and whose items' boxes are known. A scene is a function of the seed and its number; nothing is stored.
///
/// ```swift
/// let scenes = try Scenes(of: data.training, items: 1...4, seed: 1)
/// var (samples, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
/// try scenes.fill(0..<16, into: &samples, classes: &classes)      // [16, 64, 64, 1], 16 x 64 x 64 classes, 0 the ground
/// ```
///
/// The ground is a slope of grey with noise. An item is drawn 0.7 to 1.3 times as large as its image, so that it lies
/// within the canvas; of the ones before it, it covers at most 30 % of the smaller box. A pixel belongs to an item
/// where that is brighter than ``threshold``.
public struct Scenes: Sendable {
  /// Where the items come from: one channel.
  public let images: LabelledImages
  /// The canvas' rows and columns.
  public let size: Int
  /// How many items are tried; the first always fits.
  public let items: ClosedRange<Int>
  /// The seed of all scenes.
  public let seed: UInt64

  /// The brightness, as a part of white, from which on a pixel belongs to an item.
  public static let threshold: Float = 0.15
  /// What is subtracted from the greys, 0 to 1, and what they are then divided by.
  public static let (mean, deviation): (Float, Float) = (0.25, 0.25)

  /// Scenes of images.
  ///
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` for images of several channels, a canvas that is not
  ///   1.3 times as large as an image or beyond 4096, and a range of items that is not within 1 to 64.
  public init(
    of images: LabelledImages, size: Int = 64, items: ClosedRange<Int>, seed: UInt64
  ) throws(UnfoldError) {
    guard images.channels == 1, images.count > 0 else {
      throw .invalidArgument(
        "images of scenes", expected: "one channel, 1 or more images", found: "\(images.channels), \(images.count)")
    }
    let smallest = (max(images.height, images.width) * 13 + 9) / 10
    guard smallest...4096 ~= size else {
      throw .invalidArgument("size of a scene", expected: "\(smallest) to 4096", found: "\(size)")
    }
    guard 1...64 ~= items.lowerBound, items.upperBound <= 64 else {
      throw .invalidArgument("items of a scene", expected: "1 to 64", found: "\(items)")
    }
    self.images = images
    self.size = size
    self.items = items
    self.seed = seed
  }

  /// Composes scenes for segmentation.
  ///
  /// - Parameters:
  ///   - numbers: Those of the scenes.
  ///   - samples: Becomes `[N, size, size, 1]`, normalised; its memory is used again where it has that shape.
  ///   - classes: Becomes the class of each pixel, 0 for the ground and 1 + the label for an item.
  public func fill(
    _ numbers: Range<Int>, into samples: inout Tensor<Float>, classes: inout [Int]
  ) throws(UnfoldError) {
    try prepare(&samples, numbers)
    classes.removeAll(keepingCapacity: true)
    let pixels = size * size
    for (index, number) in numbers.enumerated() {
      classes.append(contentsOf: repeatElement(0, count: pixels))
      draw(number, at: index, of: &samples) { pixel, item in classes[index * pixels + pixel] = item.label + 1 }
    }
  }

  /// Composes scenes for localisation: the class and the box of the first item; more items only cover the ground.
  ///
  /// - Parameters:
  ///   - numbers: Those of the scenes.
  ///   - samples: Becomes `[N, size, size, 1]`, normalised; its memory is used again where it has that shape.
  ///   - labels: Becomes the label of each scene's item.
  ///   - boxes: Becomes `[N, 4]`: left, top, right and bottom of its pixels, as parts of the canvas.
  public func fill(
    _ numbers: Range<Int>, into samples: inout Tensor<Float>, labels: inout [Int], boxes: inout Tensor<Float>
  ) throws(UnfoldError) {
    try prepare(&samples, numbers)
    let boxesShape = Shape(numbers.count, 4)
    if boxes.shape != boxesShape { boxes = try Tensor(uninitialized: boxesShape) }
    labels.removeAll(keepingCapacity: true)
    for (index, number) in numbers.enumerated() {
      var (left, top, right, bottom) = (size, size, 0, 0)
      let item = draw(number, at: index, of: &samples) { pixel, _ in
        let (y, x) = pixel.quotientAndRemainder(dividingBy: size)
        (left, top, right, bottom) = (min(left, x), min(top, y), max(right, x + 1), max(bottom, y + 1))
      }
      labels.append(item?.label ?? 0)
      boxes.withUnsafeMutableBufferPointer { boxes in
        boxes[4 * index] = Float(left) / Float(size)
        boxes[4 * index + 1] = Float(top) / Float(size)
        boxes[4 * index + 2] = Float(right) / Float(size)
        boxes[4 * index + 3] = Float(bottom) / Float(size)
      }
    }
  }

  private func prepare(_ samples: inout Tensor<Float>, _ numbers: Range<Int>) throws(UnfoldError) {
    let (count, overflow) = numbers.upperBound.subtractingReportingOverflow(numbers.lowerBound)
    guard !overflow else {
      throw .invalidArgument("numbers of scenes", expected: "at most \(Int.max) of them", found: "\(numbers)")
    }
    let shape = Shape(count, size, size, 1)
    if samples.shape != shape { samples = try Tensor(uninitialized: shape) }
  }

  /// Draws one scene over a sample; `mark` is called for every pixel that an item is drawn on, later items last.
  ///
  /// - Returns: The first item.
  @discardableResult
  private func draw(
    _ number: Int, at index: Int, of samples: inout Tensor<Float>, mark: (_ pixel: Int, SceneItem) -> Void
  ) -> SceneItem? {
    var generator = SeededGenerator(seed: seed, keys: UInt64(truncatingIfNeeded: number))
    return samples.withUnsafeMutableBufferPointer { samples in
      let canvas = UnsafeMutableBufferPointer(rebasing: samples[index * size * size..<(index + 1) * size * size])
      drawGround(on: canvas, &generator)
      let first = withUnsafeTemporaryAllocation(of: SceneItem.self, capacity: items.upperBound) { places in
        let placed = placeItems(in: places, &generator)
        for item in placed { item.draw(images, on: canvas, size: size) { mark($0, item) } }
        return placed.first
      }
      for pixel in canvas.indices { canvas[pixel] = (canvas[pixel] - Self.mean) / Self.deviation }
      return first
    }
  }

  private func drawGround(on canvas: UnsafeMutableBufferPointer<Float>, _ generator: inout SeededGenerator) {
    let level = 0.05 + 0.2 * generator.uniform(as: Float.self)
    let (down, right) = (generator.uniform(as: Float.self) - 0.5, generator.uniform(as: Float.self) - 0.5)
    let step = 0.2 / Float(size)
    for y in 0..<size {
      for x in 0..<size {
        let slope = (Float(y) - Float(size) / 2) * down + (Float(x) - Float(size) / 2) * right
        let noise = 0.06 * (generator.uniform(as: Float.self) - 0.5)
        canvas[y * size + x] = max(0, min(1, level + step * slope + noise))
      }
    }
  }

  /// - Parameter places: Room for all items, uninitialised.
  /// - Returns: Those that have been placed.
  private func placeItems(
    in places: UnsafeMutableBufferPointer<SceneItem>, _ generator: inout SeededGenerator
  ) -> Slice<UnsafeMutableBufferPointer<SceneItem>> {
    var count = 0
    for _ in 0..<generator.integer(in: items) {
      // A crowded canvas has no room left: then there are fewer items.
      for _ in 0..<20 {
        let image = generator.integer(in: 0...images.count - 1)
        let scale = 0.7 + 0.6 * generator.uniform(as: Float.self)
        let (height, width) = (Int(Float(images.height) * scale), Int(Float(images.width) * scale))
        let item = SceneItem(
          image: image, label: Int(images.labels[image]), scale: scale,
          top: generator.integer(in: 0...size - height), left: generator.integer(in: 0...size - width),
          height: height, width: width)
        if places[..<count].allSatisfy({ item.covers($0) <= 0.3 }) {
          places.initializeElement(at: count, to: item)
          count += 1
          break
        }
      }
    }
    return places[..<count]
  }
}
