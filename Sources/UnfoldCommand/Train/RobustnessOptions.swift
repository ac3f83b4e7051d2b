import ArgumentParser
import Unfold
import UnfoldNN

/// The options for a stable training that can be resumed.
struct RobustnessOptions: ParsableArguments {
  @Option(name: .long, help: "Clip the norm of the gradient of all weights to this.")
  var clip: Double?

  @Option(name: .long, help: "The part of each target that is spread over all classes, 0 to less than 1.")
  var labelSmoothing = 0.0

  @Option(name: .long, help: "Keep an exponential moving average of the weights with this decay, for example 0.999.")
  var average: Double?

  @Option(name: .long, help: "The folder of the checkpoints. (default: beside the model file)")
  var checkpoints: String?

  @Option(name: .long, help: "The steps between two checkpoints; one is written after each epoch, too.")
  var checkpointEvery = 1000

  @Flag(name: .long, help: "Continue from the newest checkpoint, if there is one.")
  var resume = false

  @Flag(name: .long, help: "Discard an unfinished training of the same folder or model file: remove its checkpoints.")
  var discard = false

  /// - Throws: ``CommandError/usage(message:)`` for numbers out of range and options that contradict each other.
  func check() throws(CommandError) {
    guard checkpointEvery >= 1 else {
      throw .usage("--checkpoint-every", expected: "1 or more", found: "\(checkpointEvery)")
    }
    guard 0..<1 ~= labelSmoothing else {
      throw .usage("--label-smoothing", expected: "0 to less than 1", found: labelSmoothing.messageText)
    }
    if let average, !(0..<1 ~= average) {
      throw .usage("--average", expected: "0 to less than 1", found: average.messageText)
    }
    guard !(resume && discard) else { throw .usage("--discard", expected: "no --resume beside it", found: "both") }
    _ = try clipping()
  }

  /// - Throws: ``CommandError/usage(message:)`` for an invalid bound.
  func clipping() throws(CommandError) -> GradientClipping? {
    guard let clip else { return nil }
    return try CommandError.checkingUsage { try GradientClipping(clip) }
  }
}
