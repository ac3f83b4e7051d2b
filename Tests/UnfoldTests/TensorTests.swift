import Testing

@testable import Unfold

@Suite struct TensorTests {
  @Test func aCopyIsIndependent() throws {
    let first = try Tensor<Float>([1, 2, 3, 4], shape: [2, 2])
    var second = first
    second[0, 1] = 9
    #expect(first.elements == [1, 2, 3, 4])
    #expect(second.elements == [1, 9, 3, 4])
  }

  @Test func memoryIsAlignedToCacheLines() throws {
    for count in [1, 3, 17, 1000, 100_003] {
      let tensor = try Tensor<Float>(zeros: [count])
      #expect(tensor.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) % 64 } == 0)
    }
  }

  @Test func layoutsAreConvertedByIndex() throws {
    // Element (n, c, h, w) of the NCHW tensor is 1000 n + 100 c + 10 h + w.
    let nchw = try Tensor<Double>(shape: [2, 3, 4, 5]) { index in
      Double(1000 * (index / 60) + 100 * (index / 20 % 3) + 10 * (index / 5 % 4) + index % 5)
    }
    let nhwc = try Tensor(nchw: nchw)
    #expect(nhwc.shape == [2, 4, 5, 3])
    #expect(nhwc[1, 3, 4, 2] == 1234 && nhwc[0, 2, 1, 0] == 21)
    #expect(try nhwc.nchw() == nchw)
    let rsck = try Tensor(oihw: nchw)
    #expect(rsck.shape == [4, 5, 3, 2])
    #expect(rsck[3, 4, 2, 1] == 1234 && rsck[2, 1, 0, 0] == 21)
    #expect(try rsck.oihw() == nchw)
  }

  @Test func transpositionsOfOddShapes() throws {
    for shape in [[3], [1, 5], [4, 1, 3], [2, 3, 5, 7], [0, 4]] as [Shape] {
      let tensor = try Tensor<Float>(shape: shape) { Float($0) }
      let order = Array((0..<shape.rank).reversed())
      #expect(try tensor.transposed(order).transposed(order) == tensor, "\(shape)")
    }
    #expect(try Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed([1, 0]).elements == [1, 4, 2, 5, 3, 6])
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [2, 3]).transposed([0, 0]) }
  }

  @Test func wrongShapesAreErrors() {
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [2, -3]) }
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [.max, 2]) }
    #expect(throws: UnfoldError.self) { try Tensor<Double>(zeros: [1 << 60, 1]) }
    #expect(throws: UnfoldError.invalidArgument("elements", expected: "6 for shape [2, 3]", found: "5")) {
      try Tensor<Float>([1, 2, 3, 4, 5], shape: [2, 3])
    }
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [2, 3]).reshaped(to: [7]) }
    #expect(throws: UnfoldError.self) { try Tensor<Float>(zeros: [2, 3]).nchw() }
  }

  @Test func registerTransposesMatchIndexing() throws {
    for (rows, columns) in [(1, 1), (8, 8), (16, 24), (7, 9), (8, 11), (19, 8), (33, 41)] {
      let source = try Tensor<Float>(shape: [rows, columns]) { Float($0) }
      var target = try Tensor<Float>.poisoned([columns, rows])
      transpose(
        from: source.base, stride: columns, rows: rows, columns: columns, into: target.mutableBase(), stride: rows)
      #expect(try target == source.transposed([1, 0]), "\(rows) x \(columns)")
    }
  }

  @Test func productsMatchHandComputedOnes() throws {
    let a = try Tensor<Double>([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let b = try Tensor<Double>([1, 0, -1, 2, 3, 1], shape: [3, 2])
    #expect(try matrixMultiply(a, b).elements == [8, 7, 17, 16])
    #expect(throws: UnfoldError.self) { try matrixMultiply(a, a) }
    #expect(throws: UnfoldError.self) { try matrixMultiply(Tensor<Double>(zeros: [0, 3]), b) }
  }

  @Test func aBasisIsOrthonormalAndKeepsTheSpan() throws {
    var generator = SeededGenerator(seed: 8)
    for (m, n) in [(1, 1), (5, 5), (40, 7), (64, 64)] {
      let matrix = try Tensor<Double>(random: [m, n], &generator)
      let q = try orthonormalBasis(matrix)
      let gram = try matrixMultiply(q.transposed([1, 0]), q)
      let r = try matrixMultiply(q.transposed([1, 0]), matrix)
      let back = try matrixMultiply(q, r)
      for i in 0..<n {
        for j in 0..<n { #expect(abs(gram[i, j] - (i == j ? 1 : 0)) < 1e-13) }
        #expect(r[i, i] > 0)
      }
      for (x, y) in zip(back.elements, matrix.elements) { #expect(abs(x - y) < 1e-13) }
    }
    #expect(throws: UnfoldError.self) { try orthonormalBasis(Tensor<Float>(zeros: [3, 4])) }
  }
}
