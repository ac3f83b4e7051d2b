import ArgumentParser

/// `unfold report`: a comparison as pictures, or a run of bench as a page.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Draw a comparison of Unfold with others, or write a run of bench as a page.",
    discussion: """
      A comparison is a JSON file that `unfold compare` or the scripts in Benchmarks/peers wrote; a run is one that \
      `unfold bench --output` wrote, and only has a page. The written files need no scripts, fonts or other files.
      """)

  @Argument(help: "The comparison, or the run of bench.")
  var file: String

  @Option(name: .long, help: "Draw the ratios and the most important layers into this file.")
  var svg: String?

  @Option(name: .long, help: "Write a page with everything into this file.")
  var html: String?

  @Option(name: .long, help: "Replace the section between the marks `where-we-lose` in this Markdown file.")
  var readme: String?

  func run() throws {
    guard svg != nil || html != nil || readme != nil else {
      throw CommandError.usage("report", expected: "--svg, --html or --readme", found: "none of them")
    }
    let json = try InputFile(file).bytes()
    if BenchFile.isOne(json) { return try write(BenchPage(try BenchFile(json: json, path: file))) }
    let comparison = try Comparison(json: json, path: file)
    guard !comparison.cells.isEmpty else {
      throw CommandError.file(path: file, reason: "expected at least one cell, found none")
    }
    // All outputs are made before any is written: an error in one leaves the others as they were.
    var files: [(OutputFile, String)] = []
    if let svg { files.append((try output(svg, "--svg", [file]), ReportPicture(comparison).svg)) }
    if let html { files.append((try output(html, "--html", [file, svg]), ReportPage(comparison).html)) }
    if let readme {
      let text = try InputFile(readme).text()
      let page = try output(readme, "--readme", [file, svg, html])
      files.append((page, try LossSection(comparison).replaced(in: text, path: readme)))
    }
    for (file, text) in files {
      try file.write(text)
      try Terminal.output.writeLine("wrote \(file.path)")
    }
  }

  private func write(_ page: BenchPage) throws {
    for (option, path) in [("--svg", svg), ("--readme", readme)] where path != nil {
      throw CommandError.usage(option, expected: "a comparison", found: "\(file), a run of bench; use --html")
    }
    guard let html else { return }
    let file = try output(html, "--html", [file])
    try file.write(page.html)
    try Terminal.output.writeLine("wrote \(file.path)")
  }

  private func output(_ path: String, _ option: String, _ others: [String?]) throws(CommandError) -> OutputFile {
    let file = try OutputFile(path)
    try file.requireOther(option, than: others)
    return file
  }
}
