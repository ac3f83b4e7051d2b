import Testing
import Unfold

@testable import UnfoldNN

/// Finite differences in Double through the whole networks of the zoo, in training mode: the slope of a random linear
/// function of all outputs along the gradient of each parameter, and of the input.
@Suite struct ZooGradientTests {
  private static func input(of architecture: Architecture) -> Shape {
    switch architecture {
    case .vgg11, .vgg13, .vgg16, .vgg19: [32, 32, 1]
    case .tdnn: [1, 13, 3]
    case .inceptionV3: [107, 107, 1]
    case .fcn, .deepLabV3: [32, 32, 1]
    // A last map of 2 x 2, so that a normalisation has more than the two values that are always plus and minus one.
    default: architecture.usualInput[0] >= 224 ? [64, 64, 1] : [16, 16, 2]
    }
  }

  @Test(arguments: Architecture.allCases) func gradientsAreSlopes(of architecture: Architecture) throws {
    var generator = SeededGenerator(seed: 17)
    let shape = Self.input(of: architecture)
    let network = try Network<Double>(
      architecture.graph(input: shape, classes: 3), needsInputGradients: true, using: &generator)
    // The first factors of a layer scale are so small that no slope could be measured before them.
    for parameter in network.trainedParameters where [.bias, .scale, .factor].contains(parameter.role) {
      let start = parameter.value.elements
      parameter.value = try Tensor(shape: parameter.value.shape) { start[$0] + 0.1 * generator.normal() }
    }
    var input = try Tensor<Double>(shape: Shape([4] + shape.extents)) { _ in generator.normal() }
    let weights = try network.graph.outputs.map { output in
      try Tensor<Double>(shape: Shape([4] + network.graph.nodes[output].shape.extents)) { _ in generator.normal() }
    }

    func value() throws -> Double {
      network.steps = 0
      try network.run(input, mode: .training)
      var sum = 0.0
      for (index, weights) in weights.enumerated() {
        try network.withOutput(index) { (output) in
          for (y, weight) in zip(output.elements, weights.elements) { sum += y * weight }
        }
      }
      return sum
    }

    _ = try value()
    for (index, weights) in weights.enumerated() {
      try network.withGradient(ofOutput: index) { (_, gradient) in
        gradient.withUnsafeMutableBufferPointer { gradient in
          for (place, weight) in weights.elements.enumerated() { gradient[place] = weight }
        }
      }
    }
    try network.backward()

    /// Along the gradient itself, one unit long: its length must be the slope. In a direction that moves every element
    /// as much, hundreds of thousands of relus are moved so far that some change sides, and slopes are none.
    func compare(_ name: String, _ gradient: [Double], move: ([Double], Double) throws -> Void) throws {
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(norm > 0, "\(architecture), \(name): a gradient of zeros would prove nothing")
      let direction = gradient.map { $0 / norm }
      // Shorter where the slope is steep, and so the curvature.
      let step = 1e-6 / max(10, norm)
      try move(direction, step)
      let above = try value()
      try move(direction, -2 * step)
      let below = try value()
      try move(direction, step)
      let slope = (above - below) / (2 * step)
      // The shift at the end of an inverted residual is taken out again by the next normalisation: its gradient is zero
      // but for roundings, and so is the slope.
      let bound = norm < 1e-12 ? 1e-6 : 1e-4 * norm
      #expect(abs(norm - slope) <= bound, "\(architecture), \(name): \(norm), slope \(slope)")
    }

    let inputGradient = try network.inputGradient().elements
    let gradients = network.trainedParameters.map { $0.gradient.elements }
    try compare("input", inputGradient) { direction, step in
      input.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] += step * direction[i] } }
    }
    // Of the deepest networks some of each part: neighbours are alike.
    let stride = max(1, gradients.count / 12)
    for index in Swift.stride(from: 0, to: gradients.count, by: stride) {
      let parameter = network.trainedParameters[index]
      try compare(parameter.name, gradients[index]) { direction, step in
        parameter.value.withUnsafeMutableBufferPointer { for i in $0.indices { $0[i] += step * direction[i] } }
      }
    }
  }
}
