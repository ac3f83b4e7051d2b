import Foundation
import Unfold

/// Checkpoints: everything that a training needs to continue as if it had never stopped.
///
/// | tensors | what |
/// |---|---|
/// | `network.` and a parameter's name | the parameter, as the engine lays it out |
/// | `optimizer.`, a number and a parameter's name | what the optimiser remembers of it, if anything |
/// | `average.` and a parameter's name | the average of the weights |
///
/// The order of the samples, their random changes and dropout are functions of seeds, epoch and step, which the
/// metadata hold; there is no generator whose state could be lost.
extension Trainer {
  private static var stateKey: String { "unfold.trainer" }

  private struct Position: Codable {
    var trainer: TrainerState
    var networkSteps: UInt64
    var optimizerSteps: Int
    var averageSteps: Int?
    /// The parameters that the optimiser remembers, in its order. Earlier versions had none: all that are trained.
    var optimizerParameters: [Remembered]?

    struct Remembered: Codable {
      var name: String
      var steps: Int
    }

    var isPossible: Bool {
      let counts = [optimizerSteps, averageSteps ?? 0] + (optimizerParameters ?? []).map(\.steps)
      return trainer.isPossible && counts.allSatisfy { 0...TrainerState.largestCount ~= $0 }
    }
  }

  /// The state of the training between two steps.
  ///
  /// - Parameter metadata: Entries of the caller's own.
  /// - Throws: ``ModelFileError/nonFiniteValue(tensor:index:)``.
  public func checkpoint(metadata: [String: String] = [:]) throws(ModelFileError) -> SafetensorsFile {
    var file = SafetensorsFile()
    for parameter in network.parameters { try file.append("network.\(parameter.name)", parameter.value) }
    let entries = optimizer.memory.entries
    for entry in entries {
      for (number, moment) in entry.moments.enumerated() {
        try file.append("optimizer.\(number).\(entry.parameter)", moment)
      }
    }
    if let average {
      for (parameter, value) in zip(network.parameters, average.values) {
        try file.append("average.\(parameter.name)", value)
      }
    }
    let position = Position(
      trainer: state, networkSteps: network.steps,
      optimizerSteps: entries.map(\.steps).max() ?? 0,
      averageSteps: average?.steps,
      optimizerParameters: entries.map { Position.Remembered(name: $0.parameter, steps: $0.steps) })
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
      let position = try? JSONDecoder().decode(Position.self, from: Data(text.utf8)), position.isPossible,
      (position.averageSteps != nil) == (average != nil)
    else {
      throw .invalidMetadata(
        key: Self.stateKey,
        expected:
          "the state of a training\(average == nil ? "" : " with averaged weights"), in numbers that it can have",
        found: file.metadata[Self.stateKey] ?? "nothing")
    }
    let values = try network.parameters.tensors("network.", in: file)
    let memory = try optimizerMemory(file, position)
    let averages = average == nil ? [] : try network.parameters.tensors("average.", in: file)
    let moments = memory.entries.reduce(0) { $0 + $1.moments.count }
    guard file.names.count == values.count + moments + averages.count else {
      let known = Set(network.parameters.map { "network.\($0.name)" })
      throw .unexpectedTensor(file.names.first { !known.contains($0) } ?? "")
    }
    let before = optimizer.memory
    optimizer.memory = memory
    // The state of another kind of optimiser cannot be used.
    guard optimizer.memory.sizes == memory.sizes else {
      optimizer.memory = before
      throw .invalidMetadata(
        key: Self.stateKey, expected: "the memory of such an optimiser",
        found: "\(moments) tensors for \(memory.entries.count) parameters")
    }
    for (parameter, value) in zip(network.parameters, values) { parameter.value = value }
    average?.values = averages
    average?.steps = position.averageSteps ?? 0
    network.steps = position.networkSteps
    state = position.trainer
  }

  /// The optimiser's state: for the parameters that the file names, or, in files of earlier versions, for all.
  private func optimizerMemory(
    _ file: SafetensorsFile, _ position: Position
  ) throws(ModelFileError) -> OptimizerMemory<Scalar> {
    let remembered =
      position.optimizerParameters
      ?? network.trainedParameters.map { Position.Remembered(name: $0.name, steps: position.optimizerSteps) }
    let shapes = Dictionary(uniqueKeysWithValues: network.parameters.map { ($0.name, $0.value.shape) })
    var memory = OptimizerMemory<Scalar>()
    for parameter in remembered {
      var moments: [Tensor<Scalar>] = []
      while let shape = file.shape(of: "optimizer.\(moments.count).\(parameter.name)") {
        let name = "optimizer.\(moments.count).\(parameter.name)"
        // Moments that have names of their own may have any shape; the others are those of the parameter of their
        // place.
        if position.optimizerParameters == nil, let expected = shapes[parameter.name], expected != shape {
          throw .wrongShape(tensor: name, expected: expected.extents, found: shape.extents)
        }
        moments.append(try file.tensor(name))
      }
      guard position.optimizerParameters != nil || !moments.isEmpty else { continue }
      memory.entries.append(.init(parameter: parameter.name, steps: parameter.steps, moments: moments))
    }
    return memory
  }
}

extension OptimizerMemory {
  /// The number of tensors for each parameter.
  fileprivate var sizes: [String: Int] {
    Dictionary(entries.map { ($0.parameter, $0.moments.count) }) { one, _ in one }
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
