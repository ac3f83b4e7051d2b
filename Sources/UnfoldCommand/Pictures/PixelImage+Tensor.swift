import Unfold
import UnfoldNN

extension PixelImage {
  /// A sample as it was before its normalisation: in colour if it has three channels, its first channel otherwise.
  ///
  /// - Parameters:
  ///   - samples: `[N, H, W, C]`, normalised as the card says.
  ///   - index: Which of them.
  init(_ samples: Tensor<Float>, at index: Int = 0, card: ModelCard) {
    let (height, width, channels) = (samples.shape[1], samples.shape[2], samples.shape[3])
    func brightness(_ y: Int, _ x: Int, _ channel: Int) -> Float {
      samples[index, y, x, channel] * Float(card.standardDeviation[channel]) + Float(card.mean[channel])
    }
    if channels == 3 {
      self.init(height: height, width: width) { y, x in
        Colour(red: brightness(y, x, 0), green: brightness(y, x, 1), blue: brightness(y, x, 2))
      }
    } else {
      self.init(height: height, width: width) { y, x in brightness(y, x, 0) }
    }
  }

  /// Filters as tiles whose taps are squares, each on a scale of its own.
  ///
  /// One channel in signed colours, three as red, green and blue around a middle grey, the mean of any other number;
  /// filters of one row, which scan series, with a row a channel.
  ///
  /// - Parameter filter: `[R, S, C, K]`.
  static func filters(_ filter: Tensor<Float>) -> PixelImage {
    let (height, width, channels, count) = (filter.shape[0], filter.shape[1], filter.shape[2], filter.shape[3])
    return grid(
      (0..<count).map { k in
        if height == 1 {
          return signedTile(height: channels, width: width) { channel, x in filter[0, x, channel, k] }
        }
        if channels != 3 {
          return signedTile(height: height, width: width) { y, x in
            (0..<channels).reduce(0) { $0 + filter[y, x, $1, k] } / Float(channels)
          }
        }
        let largest = largestMagnitude(height, width) { y, x in (0..<3).map { abs(filter[y, x, $0, k]) }.max() ?? 0 }
        func shade(_ weight: Float) -> Float { 0.5 + 0.5 * weight / largest }
        return PixelImage(height: height, width: width) { y, x in
          Colour(
            red: shade(filter[y, x, 0, k]), green: shade(filter[y, x, 1, k]), blue: shade(filter[y, x, 2, k]))
        }.enlarged(to: tileSide)
      }, line: channels == 3 && height > 1 ? .white : .line)
  }

  /// The maps of the first sample as tiles, each on a scale of its own: from 0 in black to the largest value in white,
  /// or, where there are values below 0, in signed colours.
  ///
  /// - Parameter maps: `[N, P, Q, K]`.
  static func featureMaps(_ maps: Tensor<Float>) -> PixelImage {
    let (height, width, count) = (maps.shape[1], maps.shape[2], maps.shape[3])
    let isSigned = maps.withUnsafeBufferPointer { $0.prefix(height * width * count).contains { $0 < 0 } }
    return grid(
      (0..<count).map { k in
        if isSigned { return signedTile(height: height, width: width) { y, x in maps[0, y, x, k] } }
        let largest = largestMagnitude(height, width) { y, x in maps[0, y, x, k] }
        return PixelImage(height: height, width: width) { y, x in maps[0, y, x, k] / largest }.enlarged(to: tileSide)
      })
  }

  /// About the length of a tile's longer side.
  private static let tileSide = 96

  private static func signedTile(height: Int, width: Int, _ value: (Int, Int) -> Float) -> PixelImage {
    let largest = largestMagnitude(height, width, value)
    return PixelImage(height: height, width: width) { y, x in Colour.signed(value(y, x) / largest) }
      .enlarged(to: tileSide)
  }

  /// 1 where all values are 0.
  private static func largestMagnitude(_ height: Int, _ width: Int, _ value: (Int, Int) -> Float) -> Float {
    var largest: Float = 0
    for y in 0..<height { for x in 0..<width { largest = max(largest, abs(value(y, x))) } }
    return largest > 0 ? largest : 1
  }
}
