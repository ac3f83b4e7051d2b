import Benchmark
import Unfold
import UnfoldNN

/// One step of the small classifiers of `UnfoldNN` on 64 images of 28x28 pixels: forward, loss, backward, optimiser.
func trainingSuite() {
  for architecture in [Architecture.lenet, .vgg, .resnet, .densenet] {
    register("training", "STEP", architecture.rawValue, Implementation.engine.rawValue) {
      let batch = 64
      var generator = SeededGenerator(seed: 1)
      let network = try architecture.network(
        input: [28, 28, 1], classes: 10, using: &generator, of: Float.self)
      // A rate so small that the loss stays finite for as many steps as there may be on the one batch.
      let trainer = try Trainer(
        network, optimizer: GradientDescent(momentum: 0.9), schedule: Schedule(rate: 1e-4))
      let samples = try Tensor.random([batch, 28, 28, 1])
      let batches = try TensorBatches(samples, labels: (0..<batch).map { $0 % 10 }, size: batch)
      // An epoch is the one batch: the same epoch again would be no step at all.
      var epoch = 0
      return {
        epoch += 1
        try trainer.train(on: batches, epoch: epoch)
      }
    }
  }
}
