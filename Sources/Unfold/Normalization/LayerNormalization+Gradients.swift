extension LayerNormalization {
  @specialized(where Scalar == Float) @specialized(where Scalar == Double)
  public func _differentiate<Scalar: TensorScalar>(
    _ outputGradient: UnsafePointer<Scalar>?, _ input: UnsafePointer<Scalar>, _ scale: UnsafePointer<Scalar>,
    _ saved: SavedMoments<Scalar>, into inputGradient: UnsafeMutablePointer<Scalar>,
    scaleGradient: UnsafeMutablePointer<Scalar>, shiftGradient: UnsafeMutablePointer<Scalar>,
    _ context: ExecutionContext
  ) throws(UnfoldError) {
    let pass = LayerGradientPass(
      partition: partition, input: input, outputGradient: outputGradient, inputGradient: inputGradient,
      scale: scale, mean: saved.mean.base, remainder: saved.meanRemainder.base,
      inverse: saved.inverseDeviation.base)
    if partition.isLong {
      try pass.runLong(into: scaleGradient, shiftGradient, context)
    } else {
      try pass.runShort(into: scaleGradient, shiftGradient, context)
    }
  }
}
