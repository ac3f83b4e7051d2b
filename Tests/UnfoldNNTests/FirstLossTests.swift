import Glibc
import Testing
import Unfold

@testable import UnfoldNN

/// How the networks of the zoo begin.
@Suite struct FirstLossTests {
  private static func input(of architecture: Architecture) -> Shape {
    switch architecture {
    case .vgg11, .vgg13, .vgg16, .vgg19: [32, 32, 3]
    case .tdnn: [1, 29, 12]
    case .inceptionV3: [107, 107, 3]
    case .fcn, .deepLabV3: [32, 32, 3]
    default: architecture.usualInput[0] >= 224 ? [64, 64, 3] : [32, 32, 3]
    }
  }

  /// A network that has seen nothing should believe little: its loss is near that of guessing, ln K. With Glorot's logits
  /// it was several times that.
  @Test(arguments: Architecture.allCases) func isNearThatOfGuessing(_ architecture: Architecture) throws {
    let shape = Self.input(of: architecture)
    // The loss of two classes is the smallest, and the first to rise. Large networks take a second to draw.
    let isLarge = [.vgg11, .vgg13, .vgg16, .vgg19].contains(architecture)
    for classes in isLarge ? [2] : [2, 1000] {
      var generator = SeededGenerator(seed: 1)
      let network: Network<Float> = try architecture.network(input: shape, classes: classes, using: &generator)
      let images = try Tensor<Float>(shape: Shape([4] + shape.extents)) { _ in generator.normal() }
      try network.run(images, mode: .training)
      let loss = try network.withOutput { (logits) in
        let labels = (0..<logits.count / classes).map { $0 % classes }
        return try LabelCrossEntropy(averaging: .rows).valueAndGradient(logits, labels: labels).value
      }
      #expect(abs(Double(loss) / log(Double(classes)) - 1) < 0.5, "\(architecture), \(classes) classes: \(loss)")
    }
  }

  /// Adam's first steps are as large as its rate in every weight. In the dense layer of 64 x 64 images, 16,384 weights a
  /// unit, they add up: without the warm-up and with large first logits every unit was dead after a few steps, and the loss
  /// stood at ln 5.
  @Test(arguments: [1, 2, 3]) func aDenseLayerOfManyInputsSurvivesAdam(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let network: Network<Float> = try Architecture.lenet.network(input: [64, 64, 3], classes: 5, using: &generator)
    // Stripes of five widths and any phase over a brightness and a colour that mean nothing.
    let samples = 160
    let labels = (0..<samples).map { $0 % 5 }
    var images = try Tensor<Float>(zeros: [samples, 64, 64, 3])
    for sample in 0..<samples {
      let phase = 6.3 * generator.uniform(as: Float.self)
      for channel in 0..<3 {
        let (base, height): (Float, Float) = (generator.normal(), 0.2 + 0.6 * generator.uniform(as: Float.self))
        for y in 0..<64 {
          for x in 0..<64 {
            let wave = sin(phase + Float(x + y) * 0.2 * Float(1 + labels[sample]))
            images[sample, y, x, channel] = base + height * wave
          }
        }
      }
    }
    let (epochs, size) = (12, 16)
    let steps = epochs * samples / size
    let trainer = try Trainer(
      network, optimizer: Adam(),
      schedule: Schedule(rate: 0.001, warmUp: Schedule.usualWarmUp(steps: steps), decay: .cosine(total: steps)))
    var loss = Double.infinity
    for epoch in 1...epochs {
      let source = try TensorBatches(images, labels: labels, size: size, shuffledBy: seed, epoch: epoch)
      loss = try #require(try trainer.train(on: source, epoch: epoch)).loss
    }
    #expect(loss < 0.9 * log(5), "seed \(seed): \(loss)")
    #expect(trainer.watch.findings == [], "seed \(seed)")
  }

  @Test func adamsRateFallsWithLayersThatNothingNormalises() throws {
    for (architecture, input, fans) in [
      // Dense, dense, 5x5, 5x5: each of these is followed by a relu alone.
      (.lenet, [28, 28, 1], [128, 3136, 800, 25]), (.lenet, [64, 64, 3], [128, 16_384, 800, 75]),
      // Everything but the last layer is normalised; of a detector also not the dense layers behind the map.
      (.resnet, [28, 28, 1], [128]), (.densenet, [28, 28, 1], [176]), (.tdnn, [1, 29, 12], [128]),
      (.detector, [64, 64, 1], [128, 128, 2048]), (.unetResize, [64, 64, 1], [16, 288, 576, 1152]),
      (
        .vgg11, [224, 224, 3], [4096, 4096, 25_088, 4608, 4608, 4608, 2304, 2304, 1152, 576, 27]
      ),
    ] as [(Architecture, Shape, [Int])] {
      let graph = try architecture.graph(input: input, classes: 10)
      #expect(graph.unnormalizedFans == fans, "\(architecture) \(input)")
      let rate = 0.001 * min(1, 192 / fans.reduce(0) { $0 + Double($1).squareRoot() })
      #expect(abs(graph.usualAdamRate / rate - 1) < 1e-12, "\(architecture) \(input)")
    }
    #expect(try Architecture.lenet.graph(input: [64, 64, 3], classes: 5).usualAdamRate == 0.001)
    let deep = try Architecture.vgg16.graph(input: [224, 224, 3], classes: 1000).usualAdamRate
    #expect(deep > 0.0002 && deep < 0.00025, "\(deep)")
  }
}
