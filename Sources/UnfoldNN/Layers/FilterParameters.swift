import Unfold

extension [ParameterDescription] {
  /// A filter, and the bias after it where there is one, which starts with zeros.
  static func filter(
    _ shape: Shape, role: ParameterRole = .filter, start: ParameterDescription.Start, bias: Shape?
  ) -> [ParameterDescription] {
    let filter = ParameterDescription("weight", role: role, shape: shape, start: start)
    guard let bias else { return [filter] }
    return [filter, ParameterDescription("bias", role: .bias, shape: bias, start: .constant(0))]
  }
}
