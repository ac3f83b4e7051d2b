/// The number of the step. Random choices of a step are a function of it.
struct RandomStep {
  /// Of the network.
  var seed: UInt64
  /// The number of the step.
  var number: UInt64 = 0
}
