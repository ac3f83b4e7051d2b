import ArgumentParser
import UnfoldImages

extension BadImagePolicy: ExpressibleByArgument {}

/// The options for a training on image files.
struct ImageOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "The rows and columns of a sample, such as 64x64. (default: 64x64; for arrays, those of the first image)")
  var size: String?

  @Flag(name: .long, help: "Read image files in grey.")
  var grey = false

  @Option(
    name: .long,
    help: "What image files go through: \(Recipe.training.map(\.name).joined(separator: ", ")). (default: imagenet)")
  var recipe: String?

  @Option(
    name: .long,
    help: """
      The most megabytes of decoded images that are kept for the next epochs; 0 for none. (default: as many as all images \
      need, if 1024 are enough)
      """)
  var cache: Int?

  /// - Throws: ``CommandError/usage(message:)`` for values that cannot be, and for options without image files.
  func requireUse(of files: DataOptions) throws(CommandError) {
    if !files.hasImageFiles {
      let given = [("--size", size != nil), ("--grey", grey), ("--recipe", recipe != nil), ("--cache", cache != nil)]
      guard let option = given.first(where: \.1)?.0 else { return }
      throw .usage(option, expected: "image files in --data", found: files.data ?? "Fashion-MNIST")
    }
    if let cache, !(0...1 << 24).contains(cache) {
      throw .usage("--cache", expected: "0 to 16777216 megabytes", found: "\(cache)")
    }
    _ = try chosenRecipe()
    _ = try chosenSize()
  }

  func chosenRecipe() throws(CommandError) -> Recipe {
    guard let recipe else { return .imagenetTraining }
    do throws(ImageError) {
      return try Recipe(named: recipe)
    } catch {
      throw .usage(message: "--\(error)")
    }
  }

  /// The size of the option; nil without it.
  func chosenSize() throws(CommandError) -> ImageSize? {
    guard let size else { return nil }
    let sides = size.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let height = sides[0], let width = sides[1], (1...65_535).contains(height),
      (1...65_535).contains(width)
    else { throw .usage("--size", expected: "rows and columns such as 64x64", found: size) }
    return ImageSize(height: height, width: width)
  }
}
