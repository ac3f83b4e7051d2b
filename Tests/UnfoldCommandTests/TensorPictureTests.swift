import Testing
import Unfold
import UnfoldNN

@testable import UnfoldCommand

/// Filters, maps and samples as pictures: which value becomes which colour where.
@Suite struct TensorPictureTests {
  /// Expects colours at the middles of a tile's elements.
  ///
  /// - Parameters:
  ///   - columns: The tiles of a row.
  ///   - expected: By row and column of the elements.
  private func expect(
    _ picture: PixelImage, tile: Int, columns: Int, _ expected: [[String]], _ place: SourceLocation = #_sourceLocation
  ) {
    let (height, width, gap) = (expected.count, expected[0].count, 4)
    let factor = 96 / max(height, width)
    let top = gap + tile / columns * (height * factor + gap)
    let left = gap + tile % columns * (width * factor + gap)
    let found = (0..<height).map { y in
      (0..<width).map { x in picture[top + y * factor + factor / 2, left + x * factor + factor / 2].text }
    }
    #expect(found == expected, "tile \(tile)", sourceLocation: place)
  }

  private let blue = "#2166ac"
  private let middle = "#f7f7f7"
  private let red = "#b2182b"

  @Test func filtersOfOneChannelAreSigned() throws {
    // Filter 0 is [[1, 0], [-1, 0]], filter 1 a hundredth of [[0, 1], [0, -1]]: each has a scale of its own.
    let filter = try Tensor<Float>([1, 0, 0, 0.01, -1, 0, 0, -0.01], shape: [2, 2, 1, 2])
    let picture = PixelImage.filters(filter)
    #expect(picture.size == [104, 204, 3])
    expect(picture, tile: 0, columns: 2, [[red, middle], [blue, middle]])
    expect(picture, tile: 1, columns: 2, [[middle, red], [middle, blue]])
  }

  @Test func filtersOfThreeChannelsAreColours() throws {
    // [R, S, C, K] = [2, 1, 3, 1]: red alone, then minus green.
    let picture = PixelImage.filters(try Tensor([2, 0, 0, 0, -1, 0], shape: [2, 1, 3, 1]))
    expect(picture, tile: 0, columns: 1, [["#ff8080"], ["#804080"]])
  }

  @Test func filtersOfOtherChannelsAreTheirMean() throws {
    // Channels 1 and 3 give 2; -4 and 2 give -1: half of the scale.
    let picture = PixelImage.filters(try Tensor([1, 3, -4, 2], shape: [2, 1, 2, 1]))
    expect(picture, tile: 0, columns: 1, [[red], [Colour.signed(-0.5).text]])
  }

  @Test func filtersOfSeriesHaveARowAChannel() throws {
    // [1, 3, 2, 1]: channel 0 is 1 0 -1, channel 1 is 0 1 0.
    let picture = PixelImage.filters(try Tensor([1, 0, 0, 1, -1, 0], shape: [1, 3, 2, 1]))
    #expect(picture.size == [72, 104, 3])
    expect(picture, tile: 0, columns: 1, [[red, middle, blue], [middle, red, middle]])
  }

  @Test func mapsGoFromBlackToTheirLargestValue() throws {
    // [1, 1, 2, 2]: map 0 is 4 2, map 1 is 0 0: dead.
    let picture = PixelImage.featureMaps(try Tensor([4, 0, 2, 0], shape: [1, 1, 2, 2]))
    expect(picture, tile: 0, columns: 1, [["#ffffff", "#808080"]])
    expect(picture, tile: 1, columns: 1, [["#000000", "#000000"]])
  }

  @Test func mapsBelowZeroAreSigned() throws {
    let picture = PixelImage.featureMaps(try Tensor([4, 1, -4, 0, 0, 0], shape: [1, 1, 3, 2]))
    expect(picture, tile: 0, columns: 1, [[red, blue, middle]])
    expect(picture, tile: 1, columns: 1, [[red, middle, middle]])
  }

  @Test func valuesThatAreNoNumbersDoNotTrap() throws {
    let maps = try Tensor<Float>([.nan, .infinity, -.infinity, 1], shape: [1, 2, 2, 1])
    #expect(PixelImage.featureMaps(maps).height == 104)
    #expect(PixelImage.filters(try maps.reshaped(to: [2, 2, 1, 1])).height == 104)
  }

  @Test func samplesAreWhatTheyWereBeforeTheirNormalisation() throws {
    func card(_ channels: Int, _ mean: [Double], _ deviation: [Double]) throws -> ModelCard {
      try ModelCard(
        architecture: .lenet, inputShape: [1, 2, channels], classes: ["a"], mean: mean, standardDeviation: deviation)
    }
    // (x - 0.25) / 0.5 of 51/255 and 204/255, as the second of two samples.
    let grey = try Tensor<Float>([9, 9, -0.1, 1.1], shape: [2, 1, 2, 1])
    #expect(PixelImage(grey, at: 1, card: try card(1, [0.25], [0.5])).pixels == [51, 204])
    let coloured = try Tensor<Float>([1, 0, -1, 0, 0, 0], shape: [1, 1, 2, 3])
    #expect(
      PixelImage(coloured, card: try card(3, [0.2, 0.4, 0.6], [0.2, 0.2, 0.2])).pixels == [102, 102, 102, 51, 102, 153])
    let two = try Tensor<Float>([1, 7, 0, 7], shape: [1, 1, 2, 2])
    #expect(PixelImage(two, card: try card(2, [0, 0], [1, 1])).pixels == [255, 0], "the first channel")
  }
}
