import Benchmark
import Unfold
import UnfoldNN

/// One step of every network of `UnfoldNN` on 64 images of 28x28 pixels: forward, loss, backward, optimiser.
func trainingSuite() {
  for architecture in Architecture.allCases {
    register("training", "STEP", architecture.rawValue, Implementation.engine.rawValue) {
      let batch = 64
      var generator = SeededGenerator(seed: 1)
      let network = try architecture.network(
        input: [28, 28, 1], classes: 10, using: &generator, of: Float.self)
      // A rate so small that the loss stays finite for as many steps as there may be on the one batch.
      let trainer = Trainer(
        network, optimizer: try GradientDescent(momentum: 0.9), schedule: try Schedule(rate: 1e-4))
      let samples = try Tensor.random([batch, 28, 28, 1])
      let batches = try TensorBatches(samples, labels: (0..<batch).map { $0 % 10 }, size: batch)
      return { try trainer.train(on: batches) }
    }
  }
}
