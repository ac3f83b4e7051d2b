import ArgumentParser
import Unfold
import UnfoldNN

/// What keeps a training from going astray, and lets it go on after it has stopped.
struct RobustnessOptions: ParsableArguments {
  @Option(name: .long, help: "Shorten gradients that are longer than this, all weights together.")
  var clip: Double?

  @Option(name: .long, help: "How much of each target is spread over all classes, 0 to less than 1.")
  var labelSmoothing = 0.0

  @Option(name: .long, help: "Keep an average of the weights of which this part survives a step, for example 0.999.")
  var average: Double?

  @Option(name: .long, help: "The folder of the checkpoints. (default: beside the model file)")
  var checkpoints: String?

  @Option(name: .long, help: "The steps between two checkpoints; one is written after each epoch, too.")
  var checkpointEvery = 1000

  @Flag(name: .long, help: "Go on from the newest checkpoint, if there is one.")
  var resume = false

  func validate() throws {
    guard checkpointEvery >= 1 else {
      throw ValidationError("--checkpoint-every: expected 1 or more, found \(checkpointEvery)")
    }
    guard 0..<1 ~= labelSmoothing else {
      throw ValidationError("--label-smoothing: expected 0 to less than 1, found \(labelSmoothing)")
    }
  }

  /// - Throws: `UnfoldError` for a bound that is none.
  func clipping() throws(UnfoldError) -> GradientClipping? {
    guard let clip else { return nil }
    return try GradientClipping(clip)
  }
}
