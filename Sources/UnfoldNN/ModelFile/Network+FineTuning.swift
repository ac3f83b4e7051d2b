import Unfold

/// What a network took from the file of another training, see ``Network/takeWeights(of:newHead:)``.
public struct WeightTransfer: Equatable, Sendable {
  /// The parameters that have the file's values.
  public internal(set) var taken: [String] = []
  /// The parameters of the head, if it was replaced: they keep the values that they had.
  public internal(set) var newHead: [String] = []
  /// The file's tensors that the network has no use for, such as the second classifier of torchvision's Inception.
  public internal(set) var ignored: [String] = []
}

extension Network {
  /// Takes the weights of another training as its own first ones, for fine-tuning. Where it throws, nothing has changed.
  ///
  /// ```swift
  /// var generator = SeededGenerator(seed: 1)
  /// let network: Network<Float> = try Architecture.resnet18.network(input: [64, 64, 3], classes: 5, using: &generator)
  /// let transfer = try network.takeWeights(of: SafetensorsFile(path: "resnet18.safetensors"))
  /// for parameter in network.parameters where !transfer.newHead.contains(parameter.name) {
  ///   parameter.rateFactor = 0.1
  /// }
  /// ```
  ///
  /// The head is what makes the outputs: the last layers with parameters. It keeps its own weights where the file's have
  /// another shape, as for another number of classes. Everything else must be in the file, in its shape; a tensor that
  /// the network does not have is left alone.
  ///
  /// - Parameters:
  ///   - file: PyTorch's names and layouts, see ``ParameterRole``; also `F16` and `BF16`.
  ///   - newHead: Whether the head keeps its weights in any case: for other classes of the same number.
  /// - Throws: ``ModelFileError/missingTensor(_:)``, ``ModelFileError/wrongShape(tensor:expected:found:)``, and as
  ///   ``SafetensorsFile/tensor(_:of:)``.
  @discardableResult
  public func takeWeights(of file: SafetensorsFile, newHead: Bool = false) throws(ModelFileError) -> WeightTransfer {
    var transfer = WeightTransfer()
    var values: [(Parameter<Scalar>, Tensor<Scalar>)] = []
    let heads = Set(graph.heads)
    for (index, parameters) in nodeParameters.enumerated() {
      let isHead = heads.contains(index)
      if isHead, newHead || !parameters.allSatisfy({ file.shape(of: $0.name) == $0.fileShape }) {
        transfer.newHead += parameters.map(\.name)
        continue
      }
      for parameter in parameters {
        values.append((parameter, try parameter.value(in: file)))
        transfer.taken.append(parameter.name)
      }
    }
    let known = Set((transfer.taken + transfer.newHead).map(FileName.init))
    transfer.ignored = file.names.filter { !known.contains(FileName($0)) && !Self.countsBatches($0, known) }
    for (parameter, value) in values { parameter.value = value }
    return transfer
  }
}

extension Graph {
  /// The last nodes with parameters before each output.
  fileprivate var heads: [Int] {
    outputs.flatMap { output in
      var (found, waiting, seen) = ([Int](), [output], Set([output]))
      while let index = waiting.popLast() {
        if parameters(of: index).isEmpty {
          waiting += nodes[index].inputs.filter { seen.insert($0).inserted }
        } else {
          found.append(index)
        }
      }
      return found
    }
  }
}
