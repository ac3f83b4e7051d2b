import Foundation
import Unfold
import UnfoldData

/// Trains the network of `Network.swift` on Fashion-MNIST with a training loop of its own: what a program looks like
/// that links the engine and brings everything else itself.
///
///     swift run -c release DigitTrainer [--images 60000] [--epochs 3] [--data FOLDER]
@main
struct DigitTrainer {
  static func main() {
    do {
      try train(Options(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("DigitTrainer: \(error)\n".utf8))
      exit(1)
    }
  }

  static func train(_ options: Options) throws {
    let data =
      try options.folder.map { try ImageClassificationData(idxFolder: $0, classNames: nil) }
      ?? ImageClassificationData.fashionMNIST()
    let training = data.training.prefix(options.images)
    let batch = 64
    var network = try Network(batch: batch, seed: 1)
    var velocities = try network.parameters.map { try Tensor<Float>(zeros: $0.shape) }

    var images = try Tensor<Float>(zeros: [batch, 28, 28, 1])
    var labels: [Int] = []
    for epoch in 1...options.epochs {
      let batches = try Batches(
        training, size: batch, shuffledBy: 1, epoch: epoch, normalization: data.normalization, augmentation: .none,
        remainder: .dropped)
      let start = Date()
      var sum: Float = 0
      for index in 0..<batches.count {
        try batches.fill(index, into: &images, labels: &labels)
        let (loss, gradients) = try network.gradients(images, labels: labels)
        sum += loss
        // Gradient descent with momentum (Polyak 1964).
        for (i, gradient) in gradients.enumerated() {
          step(&network.parameters[i], &velocities[i], gradient, rate: 0.02, momentum: 0.9)
        }
      }
      let seconds = Date().timeIntervalSince(start)
      let rate = Double(batches.count * batch) / seconds
      print(
        "epoch \(epoch): loss \(String(format: "%.4f", sum / Float(batches.count))), "
          + "test accuracy \(String(format: "%.2f", try 100 * accuracy(network, data))) %, \(Int(rate)) images/s")
    }
  }

  /// `velocity = momentum * velocity + gradient`, `parameter -= rate * velocity`.
  static func step(
    _ parameter: inout Tensor<Float>, _ velocity: inout Tensor<Float>, _ gradient: Tensor<Float>, rate: Float,
    momentum: Float
  ) {
    gradient.withUnsafeBufferPointer { gradient in
      velocity.withUnsafeMutableBufferPointer { velocity in
        parameter.withUnsafeMutableBufferPointer { parameter in
          for i in gradient.indices {
            velocity[i] = momentum * velocity[i] + gradient[i]
            parameter[i] -= rate * velocity[i]
          }
        }
      }
    }
  }

  static func accuracy(_ network: Network, _ data: ImageClassificationData) throws -> Double {
    let batches = try Batches(
      data.test, size: network.batch, normalization: data.normalization, remainder: .dropped)
    var images = try Tensor<Float>(zeros: [network.batch, 28, 28, 1])
    var labels: [Int] = []
    var right = 0
    for index in 0..<batches.count {
      try batches.fill(index, into: &images, labels: &labels)
      let scores = try network.scores(images)
      for (n, label) in labels.enumerated() {
        let best = (0..<10).max { scores[n, $0] < scores[n, $1] }
        if best == label { right += 1 }
      }
    }
    return Double(right) / Double(batches.count * network.batch)
  }
}
