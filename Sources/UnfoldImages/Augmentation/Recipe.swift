/// How an image becomes a sample: crops, resizing and random changes, in order, to images of one size.
///
/// ```swift
/// let photograph = try RasterImage(decoding: bytes)
/// let sample = try Recipe.imagenetTraining.sample(
///   from: photograph, size: ImageSize(height: 64, width: 64), random: RandomStream(seed: 1, epoch: 3, index: 17))
/// ```
///
/// What the steps do to an image follows from its stream of random numbers alone.
public struct Recipe: Hashable, Sendable {
  /// One step. Random choices are torchvision's, and so are the defaults of the named recipes.
  public enum Step: Hashable, Sendable {
    /// A random rectangle with a part of the area and an aspect ratio (width to height, log-uniform), resized to the
    /// sample's size. After ten rectangles that do not fit: the largest in the middle with a ratio in the range.
    case randomResizedCrop(area: ClosedRange<Double>, aspect: ClosedRange<Double>, filter: ResizeFilter)
    /// Resized to the sample's size, whatever the aspect ratio.
    case resize(filter: ResizeFilter)
    /// Resized so that the middle of the sample's size is a part of it: its short side is `side / part`, rounded, for a
    /// square sample; another is covered.
    case resizeAround(part: Double, filter: ResizeFilter)
    /// The middle of the sample's size.
    case centreCrop
    /// Surrounded by 0 on each side, and a random rectangle of the sample's size from that.
    case paddedCrop(padding: Int)
    /// Mirrored left to right with a probability.
    case flipHorizontally(probability: Double)
    /// Mirrored top to bottom with a probability.
    case flipVertically(probability: Double)
    /// Factors from `max(0, 1 - x)` to `1 + x` of brightness, contrast and saturation, and a turn of the hue from -x to
    /// x, in a random order.
    case colourJitter(brightness: Double, contrast: Double, saturation: Double, hue: Double)
    /// One of 14 changes with one of 31 strengths (Müller and Hutter, "TrivialAugment: Tuning-free yet state-of-the-art
    /// data augmentation", 2021; the wide space).
    case trivialAugment
    /// A random rectangle becomes 0 after normalisation, with a probability (Zhong et al., "Random erasing data
    /// augmentation", 2017).
    case erase(probability: Double, area: ClosedRange<Double>, aspect: ClosedRange<Double>)
  }

  /// What it is called.
  public var name: String
  /// The steps in order. An image of another size than the sample's is resized at the end.
  public var steps: [Step]
  /// Whether JPEG images are decoded at 1/2, 1/4 or 1/8 of their size where the sample is that much smaller. Several
  /// times as fast; values differ slightly from those of a whole image.
  public var allowsScaledDecoding: Bool

  /// A recipe.
  ///
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for a range, probability or part that cannot be.
  public init(name: String, steps: [Step], allowsScaledDecoding: Bool = false) throws(ImageError) {
    for step in steps { try step.check() }
    self.init(unchecked: name, steps, allowsScaledDecoding)
  }

  private init(unchecked name: String, _ steps: [Step], _ allowsScaledDecoding: Bool) {
    self.name = name
    self.steps = steps
    self.allowsScaledDecoding = allowsScaledDecoding
  }
}

/// The named recipes.
extension Recipe {
  private static let wholeCrop = Step.randomResizedCrop(area: 0.08...1, aspect: 3.0 / 4...4.0 / 3, filter: .bilinear)

  /// `none`: resized to the sample's size.
  public static let none = Recipe(unchecked: "none", [.resize(filter: .bilinear)], false)

  /// `flip`: resized, and mirrored left to right every second time.
  public static let flip = Recipe(
    unchecked: "flip", [.resize(filter: .bilinear), .flipHorizontally(probability: 0.5)], true)

  /// `imagenet`: a random resized crop of 8 to 100 % of the area, mirrored every second time (Szegedy et al., 2015).
  public static let imagenetTraining = Recipe(
    unchecked: "imagenet", [wholeCrop, .flipHorizontally(probability: 0.5)], true)

  /// `imagenet-wide`: with TrivialAugment and random erasing of a tenth of the images, as in torchvision's recipe of
  /// 2021 for ResNet-50.
  public static let imagenetWideTraining = Recipe(
    unchecked: "imagenet-wide",
    [
      wholeCrop, .flipHorizontally(probability: 0.5), .trivialAugment,
      .erase(probability: 0.1, area: 0.02...0.33, aspect: 0.3...3.3),
    ], true)

  /// `cifar`: 4 pixels of padding, a random crop, mirrored every second time (He et al., 2016).
  public static let cifarTraining = Recipe(
    unchecked: "cifar", [.resize(filter: .bilinear), .paddedCrop(padding: 4), .flipHorizontally(probability: 0.5)],
    false)

  /// The evaluation that belongs to ImageNet's training: the middle 224 of 256 pixels of the short side, or the same
  /// part for another size.
  public static let imagenetEvaluation = Recipe(
    unchecked: "imagenet-evaluation", [.resizeAround(part: 224.0 / 256, filter: .bilinear), .centreCrop], false)

  /// The recipes for training, by name.
  public static let training: [Recipe] = [none, flip, imagenetTraining, imagenetWideTraining, cifarTraining]

  /// The recipe for evaluation that belongs to this one.
  public var evaluation: Recipe { name.hasPrefix("imagenet") ? .imagenetEvaluation : .none }

  /// A recipe for training by its name.
  ///
  /// - Throws: ``ImageError/invalidArgument(name:expected:found:)`` for an unknown name.
  public init(named name: String) throws(ImageError) {
    guard let recipe = Self.training.first(where: { $0.name == name }) else {
      throw .invalidArgument(
        name: "recipe", expected: Self.training.map(\.name).joined(separator: ", "), found: name)
    }
    self = recipe
  }
}

extension Recipe.Step {
  fileprivate func check() throws(ImageError) {
    func require(_ condition: Bool, _ expected: String) throws(ImageError) {
      guard condition else { throw .invalidArgument(name: "recipe", expected: expected, found: "\(self)") }
    }
    switch self {
    case .randomResizedCrop(let area, let aspect, _):
      try require(area.lowerBound > 0 && area.upperBound <= 1, "areas above 0, up to 1")
      try require(aspect.lowerBound > 0 && aspect.upperBound.isFinite, "aspect ratios above 0")
    case .erase(let probability, let area, let aspect):
      try require((0...1).contains(probability), "a probability from 0 to 1")
      try require(area.lowerBound >= 0 && area.upperBound <= 1, "areas from 0 to 1")
      try require(aspect.lowerBound > 0 && aspect.upperBound.isFinite, "aspect ratios above 0")
    case .resizeAround(let part, _): try require(part > 0.01 && part <= 1, "a part above 0.01, up to 1")
    case .paddedCrop(let padding): try require((0...65_535).contains(padding), "a padding from 0 to 65535")
    case .flipHorizontally(let probability), .flipVertically(let probability):
      try require((0...1).contains(probability), "a probability from 0 to 1")
    case .colourJitter(let brightness, let contrast, let saturation, let hue):
      let factors = [brightness, contrast, saturation]
      try require(factors.allSatisfy { (0...100).contains($0) }, "factors from 0 to 100")
      try require((0...0.5).contains(hue), "a hue from 0 to 0.5")
    case .resize, .centreCrop, .trivialAugment: break
    }
  }
}
