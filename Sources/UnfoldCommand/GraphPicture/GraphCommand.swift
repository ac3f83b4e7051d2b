import ArgumentParser
import UnfoldNN

/// `unfold graph`: a network as a drawing.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw a network's graph as SVG.",
    discussion: """
      From top to bottom, a box for each layer. A normalisation, activation or dropout that is a layer's only reader is \
      in the layer's box.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(name: .long, help: "The drawing. (default: the network's name with -graph.svg)")
  var svg: String?

  func run() throws {
    let choice = try network.choice()
    let file = try OutputFile(svg ?? "\(choice.name)-graph.svg")
    try file.requireOther("--svg", than: [network.modelFile])
    try file.write(GraphPicture(BoxGraph(choice.graph), title: choice.title).svg)
    try Terminal.output.writeLine(file.path)
  }
}
