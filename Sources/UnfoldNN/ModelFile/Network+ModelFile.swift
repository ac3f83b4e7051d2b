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
  /// PyTorch's files have one tensor more for each batch normalisation, `num_batches_tracked`: the batches that it has
  /// seen, which nothing depends on while its momentum is a number. It is known and ignored.
  ///
  /// - Throws: ``ModelFileError`` unless the file has exactly the network's parameters, in their shapes and in an element
  ///   type that fits, all of them finite.
  public func load(_ file: SafetensorsFile) throws(ModelFileError) {
    let known = Set(parameters.map { FileName($0.name) })
    for name in file.names where !known.contains(FileName(name)) && !Self.countsBatches(name, known) {
      throw .unexpectedTensor(name)
    }
    var values: [Tensor<Scalar>] = []
    for parameter in parameters { values.append(try parameter.value(in: file)) }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
  }

  /// Whether a tensor is the count of a batch normalisation: it stands beside running averages that the network has.
  static func countsBatches(_ name: String, _ known: Set<FileName>) -> Bool {
    let count = ".num_batches_tracked"
    return name.hasSuffix(count) && known.contains(FileName(name.dropLast(count.count) + ".running_mean"))
  }
}

extension Parameter {
  /// The parameter's value in a file, in the engine's layout.
  func value(in file: SafetensorsFile) throws(ModelFileError) -> Tensor<Scalar> {
    guard let shape = file.shape(of: name) else { throw .missingTensor(name) }
    guard shape == fileShape else { throw .wrongShape(tensor: name, expected: fileShape.extents, found: shape.extents) }
    let tensor: Tensor<Scalar> = try file.tensor(name)
    do { return try value(fromFile: tensor) } catch { throw .memory(error, tensor) }
  }
}

extension ModelFileError {
  /// The shapes have been checked, so that a change of layout can fail only for lack of memory.
  fileprivate static func memory<Scalar>(_ error: UnfoldError, _ tensor: Tensor<Scalar>) -> ModelFileError {
    if case .outOfMemory(let bytes) = error { return .memory(bytes: bytes) }
    return .memory(bytes: tensor.count * MemoryLayout<Scalar>.stride)
  }
}
