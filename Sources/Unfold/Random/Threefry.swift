/// A random function instead of a random sequence (a counter-based generator): 64 bits for each 64-bit counter under a
/// 64-bit key, so that any number can be computed without those before it, on any thread. Only additions, rotations and
/// exclusive ors of 32-bit words, so that a loop over counters vectorises.
///
/// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011),
/// which passes all of TestU01's BigCrush from 13 rounds on. Not for cryptography.
struct Threefry {
  let key: (UInt32, UInt32)
  private let parity: UInt32

  init(key: (UInt32, UInt32)) {
    self.key = key
    // The constant is Skein's, whose round function this is: it keeps a key of zeros from being weak.
    parity = key.0 ^ key.1 ^ 0x1BD1_1BDA
  }

  /// A function of its own for each of 2^64 numbers.
  init(seed: UInt64, number: UInt64) {
    let words = Threefry(key: seed.halves).words(number.halves.0, number.halves.1)
    self.init(key: words)
  }

  /// The two random words of a counter.
  @inline(__always)
  func words(_ low: UInt32, _ high: UInt32) -> (UInt32, UInt32) {
    var (x, y) = (low &+ key.0, high &+ key.1)
    Self.mixFirst(&x, &y)
    (x, y) = (x &+ key.1, y &+ parity &+ 1)
    Self.mixSecond(&x, &y)
    (x, y) = (x &+ parity, y &+ key.0 &+ 2)
    Self.mixFirst(&x, &y)
    (x, y) = (x &+ key.0, y &+ key.1 &+ 3)
    Self.mixSecond(&x, &y)
    (x, y) = (x &+ key.1, y &+ parity &+ 4)
    Self.mixFirst(&x, &y)
    return (x &+ parity, y &+ key.0 &+ 5)
  }

  @inline(__always)
  private static func mixFirst(_ x: inout UInt32, _ y: inout UInt32) {
    mix(&x, &y, 13)
    mix(&x, &y, 15)
    mix(&x, &y, 26)
    mix(&x, &y, 6)
  }

  @inline(__always)
  private static func mixSecond(_ x: inout UInt32, _ y: inout UInt32) {
    mix(&x, &y, 17)
    mix(&x, &y, 29)
    mix(&x, &y, 16)
    mix(&x, &y, 24)
  }

  @inline(__always)
  private static func mix(_ x: inout UInt32, _ y: inout UInt32, _ distance: UInt32) {
    x = x &+ y
    y = ((y &<< distance) | (y &>> (32 &- distance))) ^ x
  }
}

extension UInt64 {
  /// The lower and the upper 32 bits.
  @inline(__always)
  var halves: (UInt32, UInt32) {
    (UInt32(truncatingIfNeeded: self), UInt32(truncatingIfNeeded: self &>> 32))
  }
}
