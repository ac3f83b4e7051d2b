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
  /// - Throws: `UnfoldError.invalidArgument(_:expected:found:)` for a shift below 0 or above 65,535.
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
    // All three numbers are always drawn, so that the shift is the same with flips as without.
    var generator = SeededGenerator(
      seed: seed, keys: UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: sample))
    let down = generator.integer(in: -maximumShift...maximumShift)
    let right = generator.integer(in: -maximumShift...maximumShift)
    let isFlipped = generator.next() >> 63 == 1
    return Change(isFlipped: flipsHorizontally && isFlipped, down: down, right: right)
  }
}

extension Augmentation.Change {
  /// The rows or columns of the changed image that the moved one covers; none where it has moved out.
  func covered(_ extent: Int, movedBy distance: Int) -> Range<Int> {
    max(distance, 0)..<max(min(extent + distance, extent), max(distance, 0))
  }

  /// The column of the image that comes to a column of the changed one.
  func origin(of column: Int, _ width: Int) -> Int { isFlipped ? width - 1 - (column - right) : column - right }
}
