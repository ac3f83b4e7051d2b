import Testing
import Unfold

@testable import UnfoldData

@Suite("Augmentation")
struct AugmentationTests {
  @Test("mirroring and moving do what they say, pixel by pixel", arguments: [1, 3])
  func changes(channels: Int) throws {
    let (height, width) = (4, 5)
    let images = try BatchesTests.images(1, height: height, width: width, channels: channels)
    let table = (0..<256 * channels).map { Float($0) + 0.5 }
    for isFlipped in [false, true] {
      for down in -6...6 {
        for right in -6...6 {
          var target = [Float](repeating: .nan, count: images.pixels.count)
          Augmentation.Change(isFlipped: isFlipped, down: down, right: right).apply(
            to: images.pixels, table, into: &target, height: height, width: width, channels: channels)
          for y in 0..<height {
            for x in 0..<width {
              // Where this pixel was before the move, and before the reflection.
              let (fromY, movedX) = (y - down, x - right)
              let isInside = 0 <= fromY && fromY < height && 0 <= movedX && movedX < width
              let fromX = isFlipped ? width - 1 - movedX : movedX
              for c in 0..<channels {
                let pixel = isInside ? images.pixels[(fromY * width + fromX) * channels + c] : 0
                let expected = table[256 * c + Int(pixel)]
                #expect(
                  target[(y * width + x) * channels + c] == expected,
                  "pixel \(y), \(x), \(c), down \(down), right \(right), flipped \(isFlipped)")
              }
            }
          }
        }
      }
    }
  }

  @Test("all shifts in range occur about equally often, and half of the images are mirrored")
  func frequencies() throws {
    let augmentation = try Augmentation(flipsHorizontally: true, maximumShift: 2)
    var counts: [Augmentation.Change: Int] = [:]
    for sample in 0..<50_000 { counts[augmentation.change(seed: 1, epoch: 0, sample: sample), default: 0] += 1 }
    #expect(counts.count == 50)
    // Chi-squared with 49 degrees of freedom exceeds 94 once in 10,000 times.
    let chiSquared = counts.values.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
    #expect(chiSquared < 94, "\(counts)")
  }

  @Test("the change follows from seed, epoch and sample, and the shift not from whether images are mirrored")
  func determinism() throws {
    let both = try Augmentation(flipsHorizontally: true, maximumShift: 3)
    let shifts = try Augmentation(maximumShift: 3)
    var differing = [0, 0, 0]
    for sample in 0..<100 {
      let change = both.change(seed: 7, epoch: 2, sample: sample)
      #expect(change == both.change(seed: 7, epoch: 2, sample: sample))
      let shift = shifts.change(seed: 7, epoch: 2, sample: sample)
      #expect(shift == Augmentation.Change(isFlipped: false, down: change.down, right: change.right))
      differing[0] += change != both.change(seed: 8, epoch: 2, sample: sample) ? 1 : 0
      differing[1] += change != both.change(seed: 7, epoch: 3, sample: sample) ? 1 : 0
      differing[2] += change != both.change(seed: 7, epoch: 2, sample: sample + 1) ? 1 : 0
      #expect(Augmentation.none.change(seed: 7, epoch: 2, sample: sample) == Augmentation.Change())
    }
    #expect(differing.allSatisfy { $0 > 80 }, "\(differing)")
  }

  @Test("what moves in is the darkest pixel, normalised like any other")
  func background() throws {
    let images = try LabelledImages(
      pixels: [UInt8](repeating: 255, count: 64 * 9), labels: [UInt8](repeating: 0, count: 64), height: 3, width: 3)
    let normalization = try PixelNormalization(mean: [0.25], standardDeviation: [0.5])
    let batch = try Batches(
      images, size: 64, shuffledBy: 1, epoch: 0, normalization: normalization,
      augmentation: Augmentation(maximumShift: 2), remainder: .kept
    ).batch(0)
    #expect(Set(batch.images.elements) == [-0.5, 1.5])
  }
}
