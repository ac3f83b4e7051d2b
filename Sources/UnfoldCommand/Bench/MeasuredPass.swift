import Unfold
import UnfoldNN

/// A pass whose speed is measured: it has its tensors and can run many times into the same results.
protocol MeasuredPass {
  /// The multiplications and additions of one run by the direct definition; 0 where they are no measure of the work.
  var operations: Double { get }

  /// The bytes of the tensors that it has.
  var tensorBytes: Int { get }

  /// Runs once.
  mutating func run(context: ExecutionContext) throws
}

/// A pass of a whole network, whose layers can be measured too.
protocol MeasuredNetworkPass: MeasuredPass {
  /// Where the time of each layer goes; nil reads no clock.
  var profile: PassProfile? { get nonmutating set }
}

extension MeasuredPass {
  /// Runs until the time is up, at least `fewest` times. Returns the seconds of each run.
  mutating func times(seconds: Double, fewest: Int, context: ExecutionContext) throws -> [Double] {
    // 20,000 runs tell as much as more: a bound for the JSON of tiny shapes.
    let most = 20_000
    var times: [Double] = []
    let start = monotonicSeconds()
    var last = start
    while times.count < fewest || (last - start < seconds && times.count < most) {
      let before = monotonicSeconds()
      try run(context: context)
      last = monotonicSeconds()
      times.append(last - before)
    }
    return times
  }
}
