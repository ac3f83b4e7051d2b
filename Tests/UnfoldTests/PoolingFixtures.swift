import Foundation
import Testing
import Unfold

/// PyTorch's values, written by `Tests/Fixtures/generate_pooling.py`.
struct PoolingFixtures: Decodable {
  struct Case: Decodable {
    let kind: String
    let input, output: [Int]
    let values, gradient: [Double]
    let window, stride, padding, dilation: [Int]?
    let ceiling, countIncludesPadding: Bool?
    let divisor: Int?
    let sides: [Int]?
    let value: Double?
    let alignsCorners: Bool?
  }

  let pooling, adaptive, padding, resampling: [Case]

  static func load() throws -> PoolingFixtures { try Fixture.load("pooling") }
}

extension PoolingFixtures.Case: CustomStringConvertible {
  var description: String {
    var words = ["\(kind) \(input)"]
    for (name, value) in [("window", window), ("stride", stride), ("padding", padding), ("dilation", dilation)] {
      if let value { words.append("\(name) \(value)") }
    }
    for (name, value) in [("ceiling", ceiling), ("counting", countIncludesPadding), ("corners", alignsCorners)] {
      if let value { words.append("\(name) \(value)") }
    }
    if let divisor { words.append("divisor \(divisor)") }
    if let sides { words.append("sides \(sides)") }
    return words.joined(separator: ", ")
  }

  func extent(_ numbers: [Int]?) -> Extent {
    guard let numbers, numbers.count == 2 else { return 1 }
    return Extent(numbers[0], numbers[1])
  }
}

extension Tensor {
  /// The largest difference to `expected`, relative to the largest magnitude in it and at least 1; NaN where the shapes
  /// differ or one of the elements is not a number.
  func largestDifference(to expected: Tensor) -> Double {
    guard shape == expected.shape else { return .nan }
    let scale = expected.elements.reduce(1) { Swift.max($0, abs(Double($1))) }
    var largest = 0.0
    for (a, b) in zip(elements, expected.elements) {
      let difference = abs(Double(a) - Double(b)) / scale
      guard !difference.isNaN else { return .nan }
      largest = Swift.max(largest, difference)
    }
    return largest
  }

  /// The derivative of `sum of weights * operation(self)` for one element, by a central difference.
  func centralDifference(
    of element: Int, step: Scalar, weights: Tensor, _ operation: (Tensor) throws -> Tensor
  ) throws -> Scalar {
    let values = try [step, -step].map { shift in
      var shifted = self
      shifted.withUnsafeMutableBufferPointer { $0[element] += shift }
      return zip(try operation(shifted).elements, weights.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return (values[0] - values[1]) / (2 * step)
  }
}
