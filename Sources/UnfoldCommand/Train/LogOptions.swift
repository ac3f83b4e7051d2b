import ArgumentParser
import UnfoldNN
import UnfoldTensorBoard

/// The options for logs of a training.
struct LogOptions: ParsableArguments {
  @Option(
    name: .long,
    help: """
      Write losses, rates, histograms of weights and gradients, pictures and the graph into this folder, for \
      `tensorboard --logdir`.
      """,
    completion: .directory)
  var tensorboard: String?

  @Option(name: .long, help: "Write a line for each epoch to this CSV file, for `unfold curves` and tables.")
  var csv: String?

  /// The CSV file, checked.
  ///
  /// - Parameter others: The other files of the training.
  /// - Throws: ``CommandError``.
  func table(besides others: [String]) throws(CommandError) -> OutputFile? {
    guard let csv else { return nil }
    let file = try OutputFile(csv)
    try file.requireOther("--csv", than: others)
    return file
  }
}
