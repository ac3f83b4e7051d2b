import Unfold

/// The whole output of `unfold accuracy`.
struct AccuracyReport: CommandReport, Codable, Equatable {
  var machine: MachineDescription
  /// ISO 8601.
  var date: String
  /// Those of PyTorch, where it was measured.
  var versions: [String: String]
  var samples: [AccuracySample]
  var summaries: [AccuracySummary]

  init(machine: MachineDescription, date: String, versions: [String: String] = [:], samples: [AccuracySample]) {
    self.machine = machine
    self.date = date
    self.versions = versions
    self.samples = samples
    summaries = AccuracySummary.all(of: samples)
  }

  /// The machine, the kernels and all versions, in a few sentences.
  var circumstances: [String] {
    var lines = Comparison(machine: machine, date: date, versions: versions, cells: []).circumstances
    if let kernels = machine.kernels, let first = lines.first { lines[0] = "\(first) · kernels for \(kernels)" }
    return lines
  }

  /// A table for each family that there is.
  var tables: [(title: String, table: TextTable)] {
    AccuracyFamily.allCases.compactMap { family in
      let rows = summaries.filter { $0.family == family }
      return rows.isEmpty ? nil : (family.title, table(of: rows, family))
    }
  }

  /// The tables as text, for a screen of a given width.
  func lines(width: Int) -> [String] {
    let sentence = "In 1e-7 of the root mean square of the truth: the rms of the error, in brackets the worst."
    return tables.flatMap { [$0.title, ""] + $0.table.fitted(to: width).lines + [""] } + sentence.wrapped(to: width)
  }

  /// The tables in Markdown, and what they depend on.
  var markdown: String {
    let sections = tables.map { "### \($0.title)\n\n" + $0.table.markdownLines.joined(separator: "\n") + "\n\n" }
    return sections.joined() + circumstances.map { "<sub>\(Markup.escaped($0))</sub>  \n" }.joined()
  }

  private func table(of rows: [AccuracySummary], _ family: AccuracyFamily) -> TextTable {
    let contenders = (family.algorithms.map { ("\($0)", "\($0)") } + PeerAccuracy.titles)
      .filter { name, _ in rows.contains { $0.errors[name] != nil } }
    // On a narrow screen.
    var leftOut = ["\(ConvolutionAlgorithm.blas)": 3]
    for (name, _) in PeerAccuracy.titles { leftOut[name] = 2 }
    var table = TextTable(
      [.init("numbers", .left, isCut: true), .init("shapes", leftOut: 1), .init("pass", .left)]
        + contenders.map { .init($0.1, leftOut: leftOut[$0.0] ?? 0) })
    for row in rows {
      table.append(
        [row.data, "\(row.shapes)", row.direction.title] + contenders.map { row.errors[$0.0]?.text ?? "" })
    }
    return table
  }
}
