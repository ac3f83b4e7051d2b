import Unfold

/// Dropout by its definition, an element at a time. The methods have the names and parameters of `Dropout`'s own.
public struct ReferenceDropout: Sendable {
  let dropout: Dropout

  /// output[i] = input[i] mask[i].
  public func forward<Scalar: TensorScalar>(
    _ input: Tensor<Scalar>, step: UInt64
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try expectElements(input, "dropout input")
    let x = input.elements
    // What is dropped is a multiple of 2^-32.
    let dropped = min((dropout.probability * 4_294_967_296).rounded(), 4_294_967_295) / 4_294_967_296
    return try Tensor(shape: input.shape) { i in
      x[i] * (isDropped(i, step: step) ? 0 : Scalar(1 / (1 - dropped)))
    }
  }

  /// inputGradient[i] = outputGradient[i] mask[i].
  public func inputGradient<Scalar: TensorScalar>(
    _ outputGradient: Tensor<Scalar>, step: UInt64
  ) throws(UnfoldError) -> Tensor<Scalar> {
    try forward(outputGradient, step: step)
  }

  /// Elements come in blocks of 256: element l and element 128 + l share a random word pair.
  public func isDropped(_ element: Int, step: UInt64) -> Bool {
    let counter = element / 256 * 128 + element % 128
    let word = element % 256 < 128 ? 0 : 1
    let words = threefry(key: threefry(key: halves(dropout.seed), halves(step)), halves(UInt64(counter)))
    return Double(words[word]) < min((dropout.probability * 4_294_967_296).rounded(), 4_294_967_295)
  }

  private func halves(_ number: UInt64) -> [UInt32] {
    [UInt32(number % 4_294_967_296), UInt32(number / 4_294_967_296)]
  }

  /// Threefry-2x32 with 20 rounds, as the paper's table and its loop give it.
  private func threefry(key: [UInt32], _ counter: [UInt32]) -> [UInt32] {
    let rotations = [13, 15, 26, 6, 17, 29, 16, 24]
    let keys = key + [0x1BD1_1BDA ^ key[0] ^ key[1]]
    var (x, y) = (counter[0] &+ keys[0], counter[1] &+ keys[1])
    for round in 0..<20 {
      x = x &+ y
      let distance = UInt32(rotations[round % 8])
      y = (y << distance | y >> (32 - distance)) ^ x
      if round % 4 == 3 {
        let injection = round / 4 + 1
        x = x &+ keys[injection % 3]
        y = y &+ keys[(injection + 1) % 3] &+ UInt32(injection)
      }
    }
    return [x, y]
  }
}

extension Dropout {
  /// The same dropout, element by element.
  public var reference: ReferenceDropout { ReferenceDropout(dropout: self) }
}
