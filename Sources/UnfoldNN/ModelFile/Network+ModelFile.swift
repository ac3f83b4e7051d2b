import Unfold

extension Network {
  /// All parameters under PyTorch's names and in its layouts, see ``ParameterRole``.
  ///
  /// - Throws: ``ModelFileError/nonFiniteValue(tensor:index:)``, and where memory is short.
  public func modelFile() throws(ModelFileError) -> SafetensorsFile {
    var file = SafetensorsFile()
    for parameter in parameters {
      let value: Tensor<Scalar>
      do { value = try parameter.fileValue() } catch { throw .memory(error, parameter.value) }
      try file.append(parameter.name, value)
    }
    return file
  }

  /// Replaces all parameters by those of a file. Where it throws, the network is unchanged.
  ///
  /// - Throws: ``ModelFileError`` unless the file has exactly the network's parameters, in their shapes and element
  ///   type, all of them finite.
  public func load(_ file: SafetensorsFile) throws(ModelFileError) {
    let known = Set(parameters.map(\.name))
    if let other = file.names.first(where: { !known.contains($0) }) { throw .unexpectedTensor(other) }
    var values: [Tensor<Scalar>] = []
    for parameter in parameters {
      guard let shape = file.shape(of: parameter.name) else { throw .missingTensor(parameter.name) }
      guard shape == parameter.fileShape else {
        throw .wrongShape(
          tensor: parameter.name, expected: parameter.fileShape.extents, found: shape.extents)
      }
      let tensor: Tensor<Scalar> = try file.tensor(parameter.name)
      do { values.append(try parameter.value(fromFile: tensor)) } catch { throw .memory(error, tensor) }
    }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
  }
}

extension ModelFileError {
  /// The shapes have been checked, so that memory is all that can be short when a layout is changed.
  fileprivate static func memory<Scalar>(_ error: UnfoldError, _ tensor: Tensor<Scalar>) -> ModelFileError {
    if case .outOfMemory(let bytes) = error { return .memory(bytes: bytes) }
    return .memory(bytes: tensor.count * MemoryLayout<Scalar>.stride)
  }
}
