extension ReportPage {
  /// A section for each suite with convolutions: for each number of threads bars and a table.
  var suiteSections: [HTMLPage.Section] {
    comparison.suites.compactMap { suite in
      let cells = comparison.cells.filter { $0.suite == suite && $0.isConvolution }
      let layers = unique(cells.map(\.layer))
      let content = comparison.threadCounts.flatMap { threads -> [String] in
        let cells = cells.filter { $0.threads == threads && $0.seconds(.unfold) != nil }
        guard !cells.isEmpty else { return [] }
        let chart = BarChart(layers, of: comparison, threads: threads, headings: false)
        return [
          Markup.element("h3", text: "\(suite), \(threadText(threads))"),
          legend(chart.contenders, limit: chart.limit != nil),
          BarScale(chart).note.map(paragraph) ?? "",
          drawing(chart.svgElements(width: 1060), width: 1060, height: chart.height), rateTable(cells).html,
        ]
      }
      return content.isEmpty ? nil : HTMLPage.Section(title: suite, content: content)
    }
  }

  /// A row for each layer and batch, a group of columns for each pass. The last two say which rival is the fastest.
  private func rateTable(_ cells: [Comparison.Cell]) -> HTMLTable {
    struct Line: Hashable {
      var layer: MeasuredLayer
      var batch: Int
    }
    let passes = comparison.passes(of: cells)
    let contenders = Dictionary(
      uniqueKeysWithValues: passes.map { pass in (pass, comparison.contenders(in: cells.filter { $0.pass == pass })) })
    let lines = Dictionary(grouping: cells) { Line(layer: $0.layer, batch: $0.batch) }
    var table = HTMLTable(
      groups: [("", 3)] + passes.map { ("\($0), GFLOP/s", (contenders[$0]?.count ?? 0) + 3) },
      header: [.name("layer"), .name("shape"), .number("batch")]
        + passes.flatMap { pass -> [HTMLTable.Cell] in
          var cells = titles((contenders[pass] ?? []).map(\.title))
          cells.append(.number("Unfold/\(peer.title)"))
          cells.append(.number("Unfold/fastest rival"))
          cells.append(.name("fastest rival"))
          return cells
        })
    for line in unique(cells.map { Line(layer: $0.layer, batch: $0.batch) }) {
      guard let members = lines[line], let first = members.first else { continue }
      var row: [HTMLTable.Cell] = [.name(first.shortName), .quiet(first.shapeText), .number("\(first.batch)")]
      for pass in passes {
        let cell = members.first { $0.pass == pass }
        var numbers = (contenders[pass] ?? []).map { HTMLTable.Cell.number(cell?.rate($0)?.shortText) }
        let fastest = cell?.fastestRival
        numbers.append(.ratio(cell?.ratio(to: peer)))
        numbers.append(.ratio(fastest?.ratio))
        numbers.append(.quiet(fastest?.contender.title ?? ""))
        numbers[0] = numbers[0].opening
        row += numbers
      }
      table.rows.append(row)
    }
    return table
  }

  private func titles(_ titles: [String]) -> [HTMLTable.Cell] {
    titles.enumerated().map { $0 == 0 ? HTMLTable.Cell.number($1).opening : .number($1) }
  }

  /// Pooling, resampling, activations, dense layers, trainings and inference: a section each, whole networks last.
  var otherSections: [HTMLPage.Section] {
    let cells = comparison.cells.filter { !$0.isConvolution && $0.seconds(.unfold) != nil }
    let families = unique(cells.map(\.family))
    return (families.filter { !$0.isNetwork } + families.filter(\.isNetwork)).map { family in
      let cells = cells.filter { $0.family == family }
      let title = family.title.prefix(1).uppercased() + family.title.dropFirst()
      let sentence =
        switch family {
        case .training: "Images a second of whole training steps: forward, loss, gradients and update; more is better."
        case .inference: "Images a second of whole networks in inference; more is better."
        default: "Milliseconds of one run; less is better."
        }
      let ratios = "The ratios are of speeds: above 1, Unfold is faster."
      return HTMLPage.Section(title: title, content: [paragraph("\(sentence) \(ratios)"), timeTable(cells).html])
    }
  }

  /// A row a cell, in images a second for networks, else in milliseconds; a ratio to each of the others, and who of them
  /// is the fastest rival.
  private func timeTable(_ cells: [Comparison.Cell]) -> HTMLTable {
    let contenders = comparison.contenders(in: cells)
    let others = contenders.filter { $0 != .unfold }
    var table = HTMLTable(
      header: [.name("shape"), .name("pass"), .number("batch"), .number("threads")]
        + titles(contenders.map(\.title)) + titles(others.map { "\(Contender.unfold.title)/\($0.title)" }))
    table.header.append(.name("fastest rival"))
    for cell in cells {
      var numbers = contenders.map { contender in
        HTMLTable.Cell.number((cell.imageRate(contender) ?? cell.seconds(contender).map { $0 * 1e3 })?.shortText)
      }
      var ratios = others.map { HTMLTable.Cell.ratio(cell.ratio(to: $0)) }
      numbers[0] = numbers[0].opening
      if !ratios.isEmpty { ratios[0] = ratios[0].opening }
      ratios.append(.quiet(cell.fastestRival?.contender.title ?? ""))
      table.rows.append(
        [.name(cell.name), .name(cell.pass), .number("\(cell.batch)"), .number("\(cell.threads)")] + numbers + ratios)
    }
    return table
  }

  /// Time against batch.
  var batchSection: HTMLPage.Section? {
    plotSection(
      "Time against batch", comparison.batchPlots(limit: 8),
      "How long an image takes when several are given at a time, on \(threadText(comparison.threadCounts.last ?? 1)).")
  }

  /// Time against threads.
  var threadSection: HTMLPage.Section? {
    plotSection("Time against threads", comparison.threadPlots(limit: 8), "How long a run takes on more threads.")
  }

  private func plotSection(_ title: String, _ plots: [LinePlot], _ sentence: String) -> HTMLPage.Section? {
    guard !plots.isEmpty else { return nil }
    let size = LinePlot.size
    let elements = plots.enumerated().map { index, plot in
      let (x, y) = (Double(index % 3) * size.width, Double(index / 3) * size.height)
      return Markup.element(
        "g", ["transform": "translate(\(Int(x)),\(Int(y)))"], plot.svgElements.joined(separator: "\n"))
    }
    let found = Set(plots.flatMap(\.lines).map(\.contender))
    let height = size.height * Double((plots.count + 2) / 3)
    return HTMLPage.Section(
      title: title,
      content: [
        paragraph(sentence), legend(Contender.allCases.filter(found.contains)),
        drawing(elements, width: 3 * size.width, height: height),
      ])
  }
}
