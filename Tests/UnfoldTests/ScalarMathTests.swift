import Glibc
import Testing

@testable import Unfold

/// The polynomials of `Float`, judged by the C library in `Double`.
@Suite struct ScalarMathTests {
  struct Function: CustomStringConvertible, Sendable {
    let description: String
    let float: @Sendable (Float) -> Float
    let double: @Sendable (Double) -> Double
    /// Units in the last place of the result, as the function's comment derives them. A sweep of every seventh `Float`
    /// found 0.99 for exp, 1.42 for expm1, 2.50 for tanh, 0.94 for log and 1.46 for log1p; that of every 2,003rd 5.36 for
    /// the normal tail.
    let bound: Double
    var domain: ClosedRange<Float> = -Float.infinity ... .infinity

    static let all = [
      Function(description: "exp", float: { Float._exp($0) }, double: { exp($0) }, bound: 1.03),
      Function(description: "expm1", float: { Float._expm1($0) }, double: { expm1($0) }, bound: 1.5),
      Function(description: "tanh", float: { Float._tanh($0) }, double: { tanh($0) }, bound: 3),
      Function(
        description: "normal tail", float: { Float._normalTail($0).tail },
        double: { 0.5 * erfc($0 / 2.0.squareRoot()) }, bound: 6, domain: 0 ... .infinity),
      Function(
        description: "normal density", float: { Float._normalTail($0).density },
        double: { exp(-0.5 * $0 * $0) / (2 * Double.pi).squareRoot() }, bound: 3, domain: 0 ... .infinity),
      Function(description: "log", float: { Float._log($0) }, double: { log($0) }, bound: 1),
      Function(description: "log1p", float: { Float._log1p($0) }, double: { log1p($0) }, bound: 1.5, domain: 0...1),
    ]
  }

  /// The error in units of the last place of the true result, a subnormal one included. Infinity where only one of the
  /// two is infinite or NaN, but for a result that rounds to the largest `Float` and came out as infinity.
  static func ulps(_ value: Float, _ truth: Double) -> Double {
    if value.isNaN || truth.isNaN { return value.isNaN && truth.isNaN ? 0 : .infinity }
    let rounded = Float(truth)
    if value == rounded { return value.isInfinite ? 0 : abs(Double(value) - truth) / Double(rounded.magnitude.ulp) }
    if rounded.isInfinite || value.isInfinite {
      return abs(truth) > Double(Float.greatestFiniteMagnitude.nextDown) && value.sign == rounded.sign ? 1 : .infinity
    }
    return abs(Double(value) - truth) / Double(rounded.magnitude.ulp)
  }

  /// Every 2,003rd of all 2^32 bit patterns, which covers every exponent and both signs thousands of times, infinities
  /// and NaNs included.
  @Test(arguments: Function.all) func errorIsBounded(_ function: Function) {
    var worst = (error: 0.0, argument: Float(0))
    var tried = 0
    for pattern in stride(from: 0, through: Int(UInt32.max), by: 2_003) {
      let x = Float(bitPattern: UInt32(pattern))
      guard x.isNaN || function.domain.contains(x) else { continue }
      tried += 1
      let error = Self.ulps(function.float(x), function.double(Double(x)))
      if !(error <= worst.error) { worst = (error, x) }
    }
    #expect(tried > 500_000)
    #expect(worst.error <= function.bound, "\(function)(\(worst.argument)): \(worst.error) ulp")
  }

  /// Neighbourhoods in which a branch-free function could slip: where it overflows, underflows or saturates, where its
  /// selects switch, and where range reduction changes the multiple of ln 2.
  @Test(arguments: Function.all) func errorIsBoundedAtEdges(_ function: Function) {
    let magnitudes: [Float] = [
      0, 1, 4, 3.92, 9.02, 17.33, 18, 87.34, 88.73, 89, 103.98, 104, 0.5, 0.41421356, 0.70710678, 1.41421356, 2,
      .leastNormalMagnitude, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
    ]
    let halves = (0..<300).map { (Float($0) + 0.5) * 0.6931472 / 2 }
    for centre in magnitudes + halves {
      for sign in [Float(1), -1] {
        let first = Int(centre.bitPattern)
        for pattern in max(first - 300, 0)...min(first + 300, Int(Float.infinity.bitPattern)) {
          let x = sign * Float(bitPattern: UInt32(pattern))
          guard function.domain.contains(x) else { continue }
          let error = Self.ulps(function.float(x), function.double(Double(x)))
          if error > function.bound { Issue.record("\(function)(\(x)) = \(function.float(x)): \(error) ulp") }
        }
      }
    }
  }

  @Test func specialValues() {
    #expect(Float._exp(-.infinity) == 0 && Float._exp(.infinity) == .infinity && Float._exp(0) == 1)
    #expect(Float._exp(89) == .infinity && Float._exp(-104) == 0 && Float._exp(-103.9) == .leastNonzeroMagnitude)
    #expect(Float._exp(-88) > 0 && !Float._exp(-88).isNormal)
    #expect(Float._expm1(-.infinity) == -1 && Float._expm1(.infinity) == .infinity && Float._expm1(0) == 0)
    #expect(Float._tanh(.infinity) == 1 && Float._tanh(-.infinity) == -1 && Float._tanh(-0.0).sign == .minus)
    #expect(Float._normalTail(.infinity) == (0, 0) && Float._normalTail(0) == (0.5, 0.3989423))
    #expect(Float._log(0) == -.infinity && Float._log(-0.0) == -.infinity && Float._log(.infinity) == .infinity)
    #expect(Float._log(1) == 0 && Float._log(-1).isNaN && Float._log(-.infinity).isNaN)
    #expect(Float._log1p(0) == 0)
    for function in Function.all { #expect(function.float(.nan).isNaN, "\(function)") }
  }

  /// In a vector loop and in its remainder: a run of any length gives what one element gives.
  @Test(arguments: ActivationCase.all) func runsOfAnyLengthAgree(_ test: ActivationCase) throws {
    let values = (0..<67).map { Float($0 - 33) * 0.37 }
    for count in 0...values.count {
      var run = values
      run.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        test.activation.apply(base, count: count)
      }
      for (i, value) in values.enumerated() {
        var single = value
        if i < count { test.activation.apply(&single, count: 1) }
        #expect(run[i].bitPattern == single.bitPattern, "\(test) \(value) in a run of \(count)")
      }
    }
  }
}
