import Foundation
import Testing
import Unfold

@testable import UnfoldCommand

@Suite struct PixelImageTests {
  @Test(arguments: [(1, 1), (1, 300), (17, 3), (64, 65)]) func greyComesBackFromPNG(height: Int, width: Int) throws {
    var generator = SeededGenerator(seed: 1)
    let bytes = (0..<height * width).map { _ in UInt8(generator.integer(in: 0...255)) }
    let image = PixelImage(height: height, width: width) { y, x in Float(bytes[y * width + x]) / 255 }
    let decoded = try DecodedPNG(image.png())
    #expect(decoded.size == [height, width, 1])
    #expect(decoded.pixels == bytes)
  }

  @Test(arguments: [(1, 1), (5, 7), (33, 2)]) func coloursComeBackFromPNG(height: Int, width: Int) throws {
    var generator = SeededGenerator(seed: 2)
    let bytes = (0..<height * width * 3).map { _ in UInt8(generator.integer(in: 0...255)) }
    let image = PixelImage(height: height, width: width) { y, x in
      let first = (y * width + x) * 3
      return Colour(Int(bytes[first]) << 16 | Int(bytes[first + 1]) << 8 | Int(bytes[first + 2]))
    }
    let decoded = try DecodedPNG(image.png())
    #expect(decoded.size == [height, width, 3])
    #expect(decoded.pixels == bytes)
  }

  @Test func anImageWithoutPixelsIsRefused() {
    let empty = PixelImage.grid([])
    #expect(throws: CommandError.self) { try empty.png() }
  }

  @Test func pixelsBecomeSquares() {
    let image = PixelImage(height: 1, width: 2) { _, x in Float(x) }
    #expect(image.enlarged(by: 3).pixels == [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255])
    #expect(image.enlarged(to: 7) == image.enlarged(by: 3), "the longer side is 6")
    #expect(image.enlarged(to: 1) == image, "never smaller")
    let coloured = PixelImage(height: 2, width: 1) { y, _ in Colour(y == 0 ? 0x102030 : 0xA0B0C0) }.enlarged(by: 2)
    #expect((0..<4).map { coloured[$0, 1].text } == ["#102030", "#102030", "#a0b0c0", "#a0b0c0"])
  }

  @Test func tilesStandInRowsBetweenLines() {
    // Five tiles of 2 x 3 in three columns: tile i is grey i * 0.2.
    let tiles = (0..<5).map { i in PixelImage(height: 2, width: 3) { _, _ in Float(i) * 0.2 } }
    let grid = PixelImage.grid(tiles, columns: 3, gap: 1)
    #expect(grid.size == [1 + 2 * 3, 1 + 3 * 4, 3])
    var counts: [String: Int] = [:]
    for y in 0..<grid.height { for x in 0..<grid.width { counts[grid[y, x].text, default: 0] += 1 } }
    #expect(
      counts == [
        "#000000": 6, "#333333": 6, "#666666": 6, "#999999": 6, "#cccccc": 6, "#8c959f": 7 * 13 - 30,
      ])
    for (index, tile) in tiles.enumerated() {
      let (top, left) = (1 + index / 3 * 3, 1 + index % 3 * 4)
      #expect(grid[top, left] == tile[0, 0] && grid[top + 1, left + 2] == tile[1, 2], "tile \(index)")
    }
  }

  @Test(arguments: [1, 2, 7, 16, 24, 32, 64, 96, 100, 512]) func everyTileIsOnTheGrid(count: Int) {
    // A tile is marked by one white pixel.
    let tiles = (0..<count).map { _ in PixelImage(height: 5, width: 5) { y, x in y == 2 && x == 2 ? 1 : 0 } }
    let grid = PixelImage.grid(tiles)
    var marks = 0
    for y in 0..<grid.height { for x in 0..<grid.width where grid[y, x] == .white { marks += 1 } }
    #expect(marks == count)
    #expect(grid.width >= grid.height && grid.width <= max(5 * grid.height, 16), "\(grid.width) x \(grid.height)")
  }

  @Test func aRowHasItsImagesAtTheTop() {
    let row = PixelImage.row(
      [PixelImage(height: 1, width: 2) { _, _ in 0 }, PixelImage(height: 3, width: 1) { _, _ in 0.2 }], gap: 2)
    #expect(row.size == [3, 5, 3])
    let texts = (0..<3).map { y in (0..<5).map { row[y, $0].text } }
    let (black, white, grey) = ("#000000", "#ffffff", "#333333")
    #expect(
      texts == [
        [black, black, white, white, grey], [white, white, white, white, grey], [white, white, white, white, grey],
      ])
  }

  @Test func brightnessIsClippedAndRounded() {
    let brightness: [Float] = [-1, 0, 0.001, 0.5, 0.999, 1, 7, .infinity, .nan, -.infinity]
    let bytes: [UInt8] = [0, 0, 0, 128, 255, 255, 255, 255, 0, 0]
    #expect(brightness.map(byte) == bytes)
  }

  @Test func signsHaveColours() {
    let (blue, middle, red) = (Colour.signed(-1), Colour.signed(0), Colour.signed(1))
    #expect(blue.text == "#2166ac" && middle.text == "#f7f7f7" && red.text == "#b2182b")
    // Half way between 0x21 and 0xF7 is 140, between 0x66 and 0xF7 174.5, between 0xAC and 0xF7 209.5.
    #expect(Colour.signed(-0.5) == Colour(140 << 16 | 175 << 8 | 210))
    #expect(Colour.signed(5) == red)
  }

  @Test func classesDiffer() {
    let colours = (0..<60).map { Colour.ofClass($0) }
    #expect(Set(colours.map(\.text)).count == 60)
    func distance(_ a: Colour, _ b: Colour) -> Int {
      abs(Int(a.red) - Int(b.red)) + abs(Int(a.green) - Int(b.green)) + abs(Int(a.blue) - Int(b.blue))
    }
    for a in 0..<10 { for b in 0..<a { #expect(distance(colours[a], colours[b]) > 60, "classes \(a) and \(b)") } }
  }
}
