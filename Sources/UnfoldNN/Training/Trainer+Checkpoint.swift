import Foundation
import Unfold

/// Checkpoints: everything that a training needs to go on as if it had never stopped.
///
/// | tensors | what |
/// |---|---|
/// | `network.` and a parameter's name | the parameter, as the engine lays it out |
/// | `optimizer.`, a number and a parameter's name | what the optimiser remembers of it |
/// | `average.` and a parameter's name | the average of the weights |
///
/// The order of the samples, their random changes and dropout are functions of seeds, epoch and step, which the metadata
/// hold; there is no generator whose state could be lost.
extension Trainer {
  private static var stateKey: String { "unfold.trainer" }

  private struct Position: Codable {
    var trainer: TrainerState
    var networkSteps: UInt64
    var optimizerSteps: Int
    var averageSteps: Int?
  }

  /// The training as it stands between two steps.
  ///
  /// - Parameter metadata: What the caller wants to find again.
  /// - Throws: ``ModelFileError/nonFiniteValue(tensor:index:)``.
  public func checkpoint(metadata: [String: String] = [:]) throws(ModelFileError) -> SafetensorsFile {
    var file = SafetensorsFile()
    for parameter in network.parameters { try file.append("network.\(parameter.name)", parameter.value) }
    let memory = optimizer.memory
    for (number, moments) in memory.moments.enumerated() {
      for (parameter, moment) in zip(network.trainedParameters, moments) {
        try file.append("optimizer.\(number).\(parameter.name)", moment)
      }
    }
    if let average {
      for (parameter, value) in zip(network.parameters, average.values) {
        try file.append("average.\(parameter.name)", value)
      }
    }
    let position = Position(
      trainer: state, networkSteps: network.steps, optimizerSteps: memory.steps, averageSteps: average?.steps)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Whole and finite numbers, which JSON always has a form for.
    let text = (try? encoder.encode(position)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    file.metadata = metadata.merging([Self.stateKey: text]) { $1 }
    return file
  }

  /// Goes back to a checkpoint. Where it throws, nothing has changed.
  ///
  /// - Throws: ``ModelFileError`` unless the file is the checkpoint of such a network and optimiser.
  public func restore(_ file: SafetensorsFile) throws(ModelFileError) {
    guard let text = file.metadata[Self.stateKey],
      let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8)),
      (position.averageSteps != nil) == (average != nil)
    else {
      throw .invalidMetadata(
        key: Self.stateKey, expected: "the state of a training\(average == nil ? "" : " with averaged weights")",
        found: file.metadata[Self.stateKey] ?? "nothing")
    }
    let values = try network.parameters.tensors("network.", in: file)
    var moments: [[Tensor<Scalar>]] = []
    while let first = network.trainedParameters.first, file.shape(of: "optimizer.\(moments.count).\(first.name)") != nil
    {
      moments.append(try network.trainedParameters.tensors("optimizer.\(moments.count).", in: file))
    }
    let averages = average == nil ? [] : try network.parameters.tensors("average.", in: file)
    let expected = (values.count + moments.count * network.trainedParameters.count + averages.count)
    guard file.names.count == expected else {
      let known = Set(network.parameters.map { "network.\($0.name)" })
      throw .unexpectedTensor(file.names.first { !known.contains($0) } ?? "")
    }
    for (parameter, value) in zip(network.parameters, values) { parameter.value = value }
    optimizer.memory = OptimizerMemory(steps: position.optimizerSteps, moments: moments)
    average?.values = averages
    average?.steps = position.averageSteps ?? 0
    network.steps = position.networkSteps
    state = position.trainer
  }
}

extension Array {
  /// The tensors of a file that belong to parameters, in their shapes.
  fileprivate func tensors<Scalar>(
    _ prefix: String, in file: SafetensorsFile
  ) throws(ModelFileError) -> [Tensor<Scalar>] where Element == Parameter<Scalar> {
    var tensors: [Tensor<Scalar>] = []
    for parameter in self {
      let name = prefix + parameter.name
      guard let shape = file.shape(of: name) else { throw .missingTensor(name) }
      guard shape == parameter.value.shape else {
        throw .wrongShape(tensor: name, expected: parameter.value.shape.extents, found: shape.extents)
      }
      tensors.append(try file.tensor(name))
    }
    return tensors
  }
}
