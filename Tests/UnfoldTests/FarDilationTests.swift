import Testing

@testable import Unfold

/// The orders in which the pixels of far dilations are taken, against each pixel by itself.
@Suite struct FarDilationTests {
  /// Every pixel of a line is in one tile, and no tile is empty.
  @Test func tilesCoverEachPixelOnce() {
    for pixels in 1...40 {
      for dilation in [1, 2, 3, 4, 6, 12, 33, 50] {
        for size in [1, 2, 4] {
          let line = TileLine(pixels, dilation: dilation, tile: size)
          let tiles = (0..<line.count).map { tile in
            (0..<size).map { line.firstPixel(of: tile) + $0 * dilation }.filter { $0 < pixels }
          }
          #expect(
            tiles.flatMap { $0 }.sorted() == Array(0..<pixels) && tiles.allSatisfy { !$0.isEmpty },
            "\(pixels) pixels, dilation \(dilation), tiles of \(size): \(tiles)")
        }
      }
    }
  }

  /// Every pixel is in one region, and all pixels of a region have the same taps on the image; so have parts of regions.
  @Test func regionsHaveTheSameTaps() throws {
    for (input, window, stride, dilation, padding) in [
      (33, 3, 1, 12, 12), (33, 3, 1, 36, 36), (20, 3, 2, 5, 7), (9, 2, 1, 8, 8), (17, 5, 1, 4, 11), (40, 3, 3, 13, 20),
    ] {
      let geometry = try ConvolutionGeometry(
        input: [2, input, input + 3, 8], filters: 3, window: Extent(window, window), stride: Extent(stride, stride),
        padding: .symmetric(padding, padding), dilation: Extent(dilation, dilation))
      let lowering = Lowering(input: geometry, group: 0)
      func taps(_ p: Int, _ q: Int) -> [Int] {
        (0..<window * window).filter { tap in
          (0..<input).contains(p * stride - padding + tap / window * dilation)
            && (0..<input + 3).contains(q * stride - padding + tap % window * dilation)
        }
      }
      for tile in [lowering.pixels, 7, 64] {
        var seen: [Int] = []
        for first in Swift.stride(from: 0, to: lowering.pixels, by: tile) {
          let pixels = first..<min(first + tile, lowering.pixels)
          var offset = 0
          lowering.forEachRegion(in: pixels) { regionRange in
            var regionTaps: Set<[Int]> = []
            regionRange.forEachRange { range in
              #expect(range.offset == offset)
              for q in range.columns {
                seen.append((range.image * lowering.outputHeight + range.row) * lowering.outputWidth + q)
                regionTaps.insert(taps(range.row, q))
              }
              offset += range.columns.count
            }
            #expect(regionTaps.count == 1, "\(geometry), \(regionRange)")
          }
          #expect(offset == pixels.count)
        }
        #expect(seen.sorted() == Array(0..<lowering.pixels), "\(geometry), tiles of \(tile)")
      }
    }
  }
}
