import Unfold

extension [ParameterDescription] {
  /// The scale and the shift of a normalisation.
  static func scaleAndShift(_ shape: Shape) -> [ParameterDescription] {
    [
      ParameterDescription("weight", role: .scale, shape: shape, start: .constant(1)),
      ParameterDescription("bias", role: .scale, shape: shape, start: .constant(0)),
    ]
  }

  /// The running averages of a normalisation.
  static func runningMoments(_ shape: Shape) -> [ParameterDescription] {
    [
      ParameterDescription("running_mean", role: .statistic, shape: shape, start: .constant(0)),
      ParameterDescription("running_var", role: .statistic, shape: shape, start: .constant(1)),
    ]
  }
}

extension RunningMoments {
  /// Exchanges the averages with the third and fourth parameter: a value that is written in place must have one owner
  /// only.
  mutating func swap(with parameters: [Parameter<Scalar>]) {
    Swift.swap(&mean, &parameters[2].value)
    Swift.swap(&variance, &parameters[3].value)
  }
}
