import ArgumentParser

/// The options for the images and the shapes of a file that are measured.
struct SelectionOptions: ParsableArguments {
  @Option(name: .long, help: "The images of every shape. (default: the file's)")
  var batch: Int?

  @Option(name: .long, help: "Only the shapes whose name contains this.")
  var only: String?
}
