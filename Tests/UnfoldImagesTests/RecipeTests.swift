import Testing

@testable import UnfoldImages

struct RecipeTests {
  let size = ImageSize(height: 24, width: 31)

  private func stream(_ index: Int, epoch: Int = 1, seed: UInt64 = 1) -> RandomStream {
    RandomStream(seed: seed, epoch: epoch, index: index)
  }

  @Test(
    "every recipe gives samples of the size, the same for the same numbers",
    arguments: Recipe.training + [.imagenetEvaluation])
  func sizes(_ recipe: Recipe) throws {
    for name in ["png-rgb.png", "png-grey.png", "ppm-p6.ppm"] {
      let image = try Fixtures.image(name)
      for source in [image, image.grey, try image.cropped(top: 0, left: 0, height: 1, width: 1)] {
        for index in 0..<40 {
          let sample = try recipe.sample(from: source, size: size, random: stream(index))
          #expect(sample.image.size == size)
          #expect(sample.image.channels == source.channels)
          #expect(sample == (try recipe.sample(from: source, size: size, random: stream(index))))
        }
      }
    }
  }

  @Test("seed, epoch and image each change a sample")
  func streams() {
    let streams = [
      stream(0), stream(1), stream(0, epoch: 2), stream(1, epoch: 0), stream(0, seed: 2), stream(2, seed: 0),
      stream(1, epoch: 2, seed: 3), stream(2, epoch: 1, seed: 3), stream(3, epoch: 2, seed: 1),
    ]
    let first = streams.map { stream in
      var stream = stream
      return stream.next()
    }
    #expect(Set(first).count == streams.count)
  }

  @Test("random numbers are even")
  func uniform() {
    var counts = [Int](repeating: 0, count: 7)
    var sum = 0.0
    for index in 0..<20_000 {
      var stream = stream(index)
      counts[stream.integer(below: 7)] += 1
      let number = stream.uniform(in: 2...5)
      #expect(number >= 2 && number < 5)
      sum += number
    }
    // The standard deviations are 49.5 and 0.0061.
    #expect(counts.allSatisfy { abs($0 - 20_000 / 7) < 250 }, "\(counts)")
    #expect(abs(sum / 20_000 - 3.5) < 0.03, "\(sum / 20_000)")
  }

  @Test("ImageNet's evaluation is torchvision's resize and centre crop")
  func evaluation() throws {
    let image = try Fixtures.image("png-rgb.png")
    let sample = try Recipe.imagenetEvaluation.sample(
      from: image, size: ImageSize(height: 28, width: 28), random: stream(0))
    // 28 / 224 * 256 = 32 pixels of the short side.
    let expected = try image.resized(height: 32, width: 32 * 53 / 37, filter: .bilinear)
    #expect(try sample.image == expected.centreCropped(height: 28, width: 28))
  }

  @Test("random crops have areas and ratios of their ranges, and lie within the image")
  func crops() {
    let image = ImageSize(height: 300, width: 400)
    var areas: [Double] = []
    for index in 0..<2000 {
      var stream = stream(index)
      let part = stream.rectangle(in: image, area: 0.08...1, aspect: 0.75...4.0 / 3)
      #expect(part.top >= 0 && part.left >= 0 && part.height >= 1 && part.width >= 1)
      #expect(part.top + part.height <= 300 && part.left + part.width <= 400)
      let ratio = Double(part.width) / Double(part.height)
      #expect(ratio > 0.74 && ratio < 1.36, "\(part)")
      areas.append(Double(part.height * part.width) / 120_000)
    }
    #expect(areas.min() ?? 0 > 0.078 && areas.min() ?? 1 < 0.1)
    #expect(areas.max() ?? 0 > 0.93)
    let mean = areas.reduce(0, +) / 2000
    // The mean of 20,000 rectangles of torchvision is 0.4332; the deviation of 2,000 is 0.005.
    #expect(abs(mean - 0.4332) < 0.02, "\(mean)")
  }

  @Test("where no crop fits, the largest in the middle is taken")
  func fallback() {
    var stream = stream(0)
    let tall = stream.rectangle(in: ImageSize(height: 1000, width: 10), area: 1...1, aspect: 0.75...4.0 / 3)
    #expect(tall == Rectangle(top: 493, left: 0, height: 13, width: 10))
    let wide = stream.rectangle(in: ImageSize(height: 9, width: 500), area: 1...1, aspect: 0.75...4.0 / 3)
    #expect(wide == Rectangle(top: 0, left: 244, height: 9, width: 12))
  }

  @Test("half of the images are mirrored")
  func flips() throws {
    let image = try Fixtures.image("png-rgb.png")
    let recipe = try Recipe(name: "flip", steps: [.flipHorizontally(probability: 0.5)])
    var flipped = 0
    for index in 0..<400 {
      let sample = try recipe.sample(from: image, size: image.size, random: stream(index)).image
      #expect(sample == image || sample == image.flippedHorizontally)
      if sample == image.flippedHorizontally { flipped += 1 }
    }
    // The standard deviation is 10.
    #expect(abs(flipped - 200) < 50, "\(flipped)")
    #expect(image.flippedHorizontally != image)
    #expect(image.flippedHorizontally.flippedHorizontally == image)
    #expect(image.flippedVertically.pixels.prefix(image.rowBytes) == image.pixels.suffix(image.rowBytes))
  }

  @Test("TrivialAugment uses all of its changes")
  func trivial() throws {
    let image = try Fixtures.image("png-rgb.png")
    let recipe = try Recipe(name: "trivial", steps: [.trivialAugment])
    var results: Set<RasterImage> = []
    var unchanged = 0
    for index in 0..<600 {
      let sample = try recipe.sample(from: image, size: image.size, random: stream(index)).image
      results.insert(sample)
      if sample == image { unchanged += 1 }
    }
    // 14 changes of 31 strengths, most with two signs; the identity, and the weakest of most others, change nothing.
    #expect(results.count > 200, "\(results.count)")
    #expect(unchanged > 40 && unchanged < 160, "\(unchanged)")
    let strongest = TrivialChange.posterize.apply(to: image, strength: 30, isNegative: true)
    #expect(strongest == image.posterized(bits: 2))
    #expect(TrivialChange.moveX.apply(to: image, strength: 30, isNegative: true) == image.moved(right: -32))
    #expect(TrivialChange.solarize.apply(to: image, strength: 0, isNegative: false) == image.solarized(from: 255))
  }

  @Test("erased pixels are 0 after normalisation")
  func erase() throws {
    let image = RasterImage(height: 20, width: 30, channels: 3, value: 200)
    let recipe = try Recipe(name: "erase", steps: [.erase(probability: 1, area: 0.1...0.2, aspect: 0.5...2)])
    let table = NormalizationTable(.imagenet)
    for index in 0..<50 {
      let sample = try recipe.sample(from: image, size: image.size, random: stream(index))
      let values = [Float](unsafeUninitializedCapacity: 1800) { buffer, count in
        table.write(sample, to: UnsafeMutableBufferPointer(rebasing: buffer[..<1800]))
        count = 1800
      }
      let zeros = values.count { $0 == 0 }
      let part = try #require(sample.erased.first)
      #expect(zeros == part.height * part.width * 3)
      #expect(zeros > 1800 / 13 && zeros < 1800 / 4, "\(zeros)")
    }
  }

  @Test("normalisation is that of the formula")
  func normalization() throws {
    let image = RasterImage(unchecked: [0, 128, 255, 17, 18, 19], height: 1, width: 2, channels: 3)
    let table = NormalizationTable(.imagenet)
    let values = [Float](unsafeUninitializedCapacity: 6) { buffer, count in
      table.write(PreparedImage(image: image), to: UnsafeMutableBufferPointer(rebasing: buffer[..<6]))
      count = 6
    }
    // By torch: (torch.tensor(pixels, dtype=torch.uint8) / 255 - mean) / deviation.
    let expected: [Float] = [-2.1179039, 0.2051822, 2.6400001, -1.8267832, -1.7205882, -1.4732897]
    for (value, wanted) in zip(values, expected) { #expect(abs(value - wanted) < 3e-7, "\(values)") }
  }

  @Test("recipes are found by name, and impossible ones are errors")
  func names() throws {
    #expect(try Recipe(named: "imagenet") == .imagenetTraining)
    #expect(
      throws: ImageError.invalidArgument(
        name: "recipe", expected: "none, flip, imagenet, imagenet-wide, cifar", found: "imagenot")
    ) { try Recipe(named: "imagenot") }
    for step in [
      .flipVertically(probability: 1.5), .randomResizedCrop(area: 0...1, aspect: 1...1, filter: .bilinear),
      .colourJitter(brightness: -1, contrast: 0, saturation: 0, hue: 0), .paddedCrop(padding: -1),
      .resizeAround(part: 0, filter: .bilinear), .erase(probability: 0, area: 0...2, aspect: 1...1),
    ] as [Recipe.Step] {
      #expect(throws: ImageError.self, "\(step)") { try Recipe(name: "x", steps: [step]) }
    }
    #expect(throws: ImageError.self) {
      try Recipe.none.sample(
        from: Fixtures.image("ppm-p6.ppm"), size: ImageSize(height: 0, width: 1), random: stream(0))
    }
  }
}
