extension ReportPage {
  /// The ratios of every family, pass and number of threads.
  var summarySection: HTMLPage.Section? {
    let summaries = comparison.summaries(against: peer)
    guard !summaries.isEmpty else { return nil }
    var table = HTMLTable(
      header: [
        .name(""), .name("pass"), .number("threads"), .number("shapes"), .number("geometric mean"), .number("minimum"),
        .number("below 1"), .name("worst three"),
      ])
    for summary in summaries {
      let worst = summary.worstThree.map { "\($0.cell.name) \($0.ratio.ratioText)" }
      table.rows.append([
        .name(summary.family.title), .name(summary.pass), .number("\(summary.threads)"),
        .number("\(summary.entries.count)"), .ratio(summary.geometricMean), .ratio(summary.minimum),
        .number("\(summary.losses)"), HTMLTable.Cell(text: worst.joined(separator: " · "), style: "left quiet wrap"),
      ])
    }
    let theirs = peer == .pytorch ? "PyTorch's, in the faster of its two layouts" : "the naive loops'"
    return HTMLPage.Section(
      title: "Unfold/\(peer.title)",
      content: [
        paragraph("Unfold's speed divided by \(theirs): above 1, Unfold is faster. Every shape counts once."),
        table.html,
      ])
  }

  /// Peak resident memory.
  var memorySection: HTMLPage.Section? {
    let entries = comparison.memory
    guard !entries.isEmpty else { return nil }
    func bytes(_ entry: Comparison.Memory, _ contender: Contender) -> Double? {
      contender.implementations.compactMap { entry.bytes[$0] }.filter(\.isFinite).min()
    }
    let present = Contender.allCases.filter { contender in entries.contains { bytes($0, contender) != nil } }
    var table = HTMLTable(
      header: [.name("shape"), .name("pass"), .number("batch"), .number("threads")]
        + present.map { .number($0.title) })
    var rows: [BarChart.Row] = []
    for entry in entries {
      let cell = Comparison.Cell(suite: "", name: entry.name, direction: entry.direction, seconds: [:])
      table.rows.append(
        [.name(entry.name), .name(cell.pass), .number(entry.batch.map(String.init)), .number("\(entry.threads)")]
          + present.map { .number(bytes(entry, $0).map { ($0 / 1_048_576).text(places: 1) }) })
      rows.append(
        BarChart.Row(
          name: entry.name,
          detail: cell.pass + (entry.batch.map { ", \(imageText($0))" } ?? "") + ", \(threadText(entry.threads))",
          panels: [
            present.compactMap { contender in
              bytes(entry, contender).map { BarChart.Bar(contender: contender, value: $0 / 1_048_576) }
            }
          ]))
    }
    let chart = BarChart(titles: ["peak resident memory"], rows: rows, unit: "MiB")
    return HTMLPage.Section(
      title: "Memory",
      content: [
        paragraph(
          "What is added to the memory of a new process at its peak, in MiB: weights, tensors and scratch, without the "
            + "libraries."),
        legend(present), drawing(chart.svgElements(width: 900), width: 900, height: chart.height), table.html,
      ])
  }

  /// How it was measured, and on what.
  var methodSection: HTMLPage.Section? {
    var content = [
      paragraph(
        "The implementations alternate on each shape within one session, so that the drift of the machine's clock "
          + "cancels. A round is the fastest of several runs of one implementation; the tables show the median of the "
          + "rounds, and a ratio is the median of the rounds' ratios. GFLOP/s count the multiplications and additions "
          + "of the direct definition, for every algorithm.")
    ]
    let notes = unique(
      comparison.cells.flatMap { cell in
        (cell.notes ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
      })
    if !notes.isEmpty {
      content.append(Markup.element("ul", [:], notes.map { Markup.element("li", text: $0) }.joined()))
    }
    if !comparison.rates.isEmpty {
      var table = HTMLTable(
        header: [.number("threads"), .number("multiply-adds in registers, GFLOP/s"), .number("sgemm, GFLOP/s")])
      table.rows = comparison.rates.map {
        [.number("\($0.threads)"), .number($0.peak?.text(places: 1)), .number($0.sgemm?.text(places: 1))]
      }
      content.append(table.html)
    }
    if let machine = comparison.machine {
      var table = HTMLTable(header: [.name("machine"), .name("")])
      table.rows = [
        ("processor", machine.processor), ("cores", "\(machine.availableCores)"),
        ("instruction sets", machine.instructionSets.joined(separator: " ")), ("built for", machine.buildLevel),
        ("kernels", machine.kernels ?? "unknown"),
        ("OpenBLAS", "\(machine.openBLAS.version), core \(machine.openBLAS.core)"),
      ].map { [.name($0.0), .name($0.1)] }
      content.append(table.html)
    }
    return HTMLPage.Section(title: "How it was measured", content: content)
  }
}
