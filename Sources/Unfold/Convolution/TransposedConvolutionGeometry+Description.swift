extension TransposedConvolutionGeometry: CustomStringConvertible {
  /// One line with every number, for messages and tables.
  public var description: String {
    let (vertical, horizontal) = (adjoint.vertical, adjoint.horizontal)
    var words = [
      "\(inputShape) by \(outputShape[3]) filters of \(vertical.window)x\(horizontal.window)",
      "transposed to \(outputShape)",
    ]
    if vertical.stride > 1 || horizontal.stride > 1 { words.append("stride \(vertical.stride)x\(horizontal.stride)") }
    if [vertical.low, vertical.high, horizontal.low, horizontal.high].contains(where: { $0 > 0 }) {
      words.append("padding \(vertical.low)+\(vertical.high) x \(horizontal.low)+\(horizontal.high)")
    }
    if vertical.dilation > 1 || horizontal.dilation > 1 {
      words.append("dilation \(vertical.dilation)x\(horizontal.dilation)")
    }
    if adjoint.groups > 1 { words.append("\(adjoint.groups) groups") }
    return words.joined(separator: ", ")
  }
}
