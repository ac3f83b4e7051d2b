import Testing
import Unfold

@Suite struct TensorArithmeticTests {
  private let a = try? Tensor<Float>([1, -2, 3.5, 8, 0, 5], shape: [2, 3])
  private let b = try? Tensor<Float>([4, 2, -1.5, 0.25, 7, 5], shape: [2, 3])

  @Test func operatorsWorkElementByElement() throws {
    let (a, b) = (try #require(a), try #require(b))
    #expect(try a + b == Tensor([5, 0, 2, 8.25, 7, 10], shape: [2, 3]))
    #expect(try a - b == Tensor([-3, -4, 5, 7.75, -7, 0], shape: [2, 3]))
    #expect(try a * b == Tensor([4, -4, -5.25, 2, 0, 25], shape: [2, 3]))
    #expect(try (a - b) * (a + b) == a * a - b * b)
  }

  @Test func otherShapesAreRefused() throws {
    let (a, b) = (try #require(a), try #require(b).reshaped(to: [3, 2]))
    let bodies: [() throws -> Tensor<Float>] = [{ try a + b }, { try a - b }, { try a * b }]
    for body in bodies {
      let error = #expect(throws: UnfoldError.self) { try body() }
      guard case .shapeMismatch(_, [2, 3], [3, 2])? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
    let empty = try Tensor<Float>(zeros: [0, 3])
    #expect(throws: UnfoldError.self) { try empty - empty }
    #expect(throws: UnfoldError.self) { try empty.sum() }
    #expect(throws: UnfoldError.self) { try empty.mean() }
    #expect(throws: UnfoldError.self) { try empty.max() }
  }

  @Test func reductionsOfAFewNumbers() throws {
    let a = try #require(a)
    #expect(try a.sum() == 15.5)
    #expect(try a.mean() == Float(15.5 / 6))
    #expect(try a.max() == 8)
    #expect(try Tensor<Double>([-3], shape: []).max() == -3)
    let nan = try Tensor<Float>([1, .nan, 3], shape: [3])
    #expect(try nan.max().isNaN && nan.sum().isNaN)
    #expect(try Tensor<Float>([.infinity, 1, 2], shape: [3]).max() == .infinity)
  }

  /// A sum in single precision would stop at 2^24; and the order does not depend on the threads.
  @Test func sumsAreAccumulatedInDoublePrecision() throws {
    let count = 1 << 24 + 12_345
    let ones = try Tensor<Float>(shape: [count]) { $0 == 0 ? 16_777_216 : 1 }
    #expect(try ones.sum() == Float(16_777_216 + count - 1))
    let thirds = try Tensor<Float>(shape: [3, 100_003]) { Float($0 % 7) / 3 }
    let exact = thirds.elements.reduce(0.0) { $0 + Double($1) }
    for threads in 1...3 {
      let context = try ExecutionContext(threads: threads)
      #expect(try thirds.sum(context: context) == Float(exact))
      #expect(try thirds.mean(context: context) == Float(exact / 300_009))
      #expect(try thirds.max(context: context) == 2)
    }
  }

  @Test func samplesAreCopies() throws {
    var batch = try Tensor<Float>(shape: [5, 2, 3]) { Float($0) }
    let middle = try batch[samples: 1..<3]
    batch[1, 0, 0] = -1
    #expect(try middle == Tensor(shape: [2, 2, 3]) { Float($0 + 6) })
    #expect(try batch[samples: 4..<4].shape == [0, 2, 3])
    #expect(try batch[samples: 0..<5] == batch)
    for range in [-1..<2, 3..<6, 6..<7, Int.min..<Int.max] {
      let error = #expect(throws: UnfoldError.self) { try batch[samples: range] }
      #expect("\(String(describing: error))".contains("0..<5"))
    }
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [])[samples: 0..<1] }
  }
}
