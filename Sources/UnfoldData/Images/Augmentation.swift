import Unfold

/// Random changes to the images of a training set that leave their class as it is: a mirror image, a move by some
/// pixels. What they do to an image follows from the seed, the epoch and the image's number alone, so that neither the
/// size nor the order of the batches, nor the number of threads, changes it.
public struct Augmentation: Hashable, Sendable {
  /// Whether every second image, on average, is mirrored left to right.
  public let flipsHorizontally: Bool
  /// The most pixels that an image is moved by, along each axis and in each direction. What moves in from outside is
  /// 0, the darkest pixel.
  public let maximumShift: Int

  /// No change.
  public static let none = Augmentation(flipsHorizontally: false, unchecked: 0)

  /// A choice of changes.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a shift below 0 or above 65,535.
  public init(flipsHorizontally: Bool = false, maximumShift: Int = 0) throws(UnfoldError) {
    guard (0...65_535).contains(maximumShift) else {
      throw .invalidArgument("shift", expected: "0 to 65535 pixels", found: "\(maximumShift)")
    }
    self.init(flipsHorizontally: flipsHorizontally, unchecked: maximumShift)
  }

  private init(flipsHorizontally: Bool, unchecked maximumShift: Int) {
    self.flipsHorizontally = flipsHorizontally
    self.maximumShift = maximumShift
  }

  /// What is done to one image: it is mirrored first and moved then, down and to the right by positive numbers.
  struct Change: Hashable {
    var isFlipped = false
    var down = 0
    var right = 0
  }

  func change(seed: UInt64, epoch: Int, sample: Int) -> Change {
    guard self != .none else { return Change() }
    // All three are drawn whatever is asked for, so that the shift is the same with flips as without.
    var generator = SeededGenerator(
      seed: seed, keys: UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: sample))
    let down = generator.integer(in: -maximumShift...maximumShift)
    let right = generator.integer(in: -maximumShift...maximumShift)
    let isFlipped = generator.next() >> 63 == 1
    return Change(isFlipped: flipsHorizontally && isFlipped, down: down, right: right)
  }
}

extension Augmentation.Change {
  /// Writes the changed image, `height x width x channels`, to `target`.
  func apply(
    to source: UnsafePointer<UInt8>, target: UnsafeMutablePointer<UInt8>, height: Int, width: Int, channels: Int
  ) {
    let row = width * channels
    target.initialize(repeating: 0, count: height * row)
    // The rows and columns of the target that the moved source covers; none where it has moved out.
    let rows = max(down, 0)..<max(min(height + down, height), max(down, 0))
    let columns = max(right, 0)..<max(min(width + right, width), max(right, 0))
    for y in rows {
      let from = source + (y - down) * row
      let to = target + y * row
      if isFlipped {
        for x in columns {
          let mirrored = width - 1 - (x - right)
          for channel in 0..<channels { to[x * channels + channel] = from[mirrored * channels + channel] }
        }
      } else {
        let start = columns.lowerBound * channels
        (to + start).update(from: from + start - right * channels, count: columns.count * channels)
      }
    }
  }
}
