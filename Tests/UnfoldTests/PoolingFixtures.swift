import Foundation
import Testing
import Unfold

/// PyTorch's answers, written by `Tests/Fixtures/generate_pooling.py`.
struct PoolingFixtures: Decodable {
  struct Case: Decodable {
    let kind: String
    let input: [Int]
    let output: [Int]
    let values: [Double]
    let gradient: [Double]
    let window: [Int]?
    let stride: [Int]?
    let padding: [Int]?
    let dilation: [Int]?
    let ceiling: Bool?
    let countIncludesPadding: Bool?
    let alignsCorners: Bool?
  }

  let pooling: [Case]
  let resampling: [Case]

  static func load() throws -> PoolingFixtures {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/pooling.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }

  /// The elements that the script feeds in, exact in `Float`.
  static func elements<Scalar: TensorScalar>(_ shape: Shape, salt: Int) throws -> Tensor<Scalar> {
    try Tensor(shape: shape) { Scalar(Double(($0 + salt) * 7919 % 1009) / 64 - 8) }
  }
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
    return words.joined(separator: ", ")
  }

  func extent(_ numbers: [Int]?) -> Extent {
    guard let numbers, numbers.count == 2 else { return 1 }
    return Extent(numbers[0], numbers[1])
  }
}

/// The largest difference between two arrays, relative to the largest magnitude of the second, and at least 1; NaN
/// where the lengths differ or one of the elements is not a number.
func largestDifference<Scalar: TensorScalar>(_ found: [Scalar], _ expected: [Scalar]) -> Double {
  guard found.count == expected.count else { return .nan }
  let scale = expected.reduce(1) { max($0, abs(Double($1))) }
  var largest = 0.0
  for (a, b) in zip(found, expected) {
    let difference = abs(Double(a) - Double(b)) / scale
    if !(difference <= largest) { largest = difference }
    if largest.isNaN { return .nan }
  }
  return largest
}

/// A tensor full of NaN, for outputs: what an operation does not write shows.
func poisoned<Scalar: TensorScalar>(_ shape: Shape) throws -> Tensor<Scalar> {
  try Tensor(repeating: .nan, shape: shape)
}

/// Contexts of 1, 2, 3 and 8 threads.
func contextsOfThreads() throws -> [ExecutionContext] { try [1, 2, 3, 8].map { try ExecutionContext(threads: $0) } }

/// A generator of reproducible numbers in -1 to 1, many of them equal if `levels` is small.
struct Noise {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / 0x1p52 - 1
  }

  mutating func tensor<Scalar: TensorScalar>(_ shape: Shape, levels: Double = 0) throws -> Tensor<Scalar> {
    try Tensor(shape: shape) { _ in Scalar(levels == 0 ? next() : (next() * levels).rounded() / levels) }
  }
}
