/// A page with everything that one run of `unfold bench` holds.
struct BenchPage {
  let run: BenchFile

  init(_ run: BenchFile) { self.run = run }

  var html: String {
    switch run {
    case .shapes(let report):
      HTMLPage(
        title: "Speed of \(CompareCommand.suite(ofPath: report.shapes))",
        introduction: introduction(report.machine, report.threads, report.rates, report.doubts),
        sections: sections(report)
      ).html
    case .network(let report):
      HTMLPage(
        title: NetworkTable(report, width: 80).title,
        introduction: introduction(report.machine, report.runs.map(\.threads), [], report.doubts),
        sections: sections(report)
      ).html
    }
  }

  private func introduction(
    _ machine: MachineDescription, _ threads: [Int], _ rates: [MachineRates], _ doubts: [String]?
  ) -> [String] {
    [machine.summary(threads: threads)] + [SpeedTable.yardstick(rates)].compactMap { $0 }
      + (doubts ?? []).map { "Doubtful: \($0)." }
  }
}

// A run over shapes.

extension BenchPage {
  private func sections(_ report: SpeedReport) -> [HTMLPage.Section] {
    [HTMLPage.Section(title: "All shapes", content: [summaryTable(report).html])]
      + unique(report.samples.map(\.direction)).map { direction in
        HTMLPage.Section(
          title: "\(direction.title), \(direction.rawValue)", content: [table(report, direction).html])
      }
  }

  private func summaryTable(_ report: SpeedReport) -> HTMLTable {
    let unit = report.samples.first?.unit ?? ""
    var table = HTMLTable(
      header: [
        .name("pass"), .name("algorithm"), .number("threads"), .number("shapes"),
        .number("\(unit), geometric mean of the fastest runs"), .number("of the median runs"),
        .number("all layers, ms"),
      ])
    table.rows = report.summaries.map {
      [
        .name($0.direction.title), .name($0.wantedAlgorithm), .number("\($0.threads)"), .number("\($0.shapes)"),
        .number($0.bestGeometricMean.shortText), .number($0.medianGeometricMean.shortText),
        .number($0.networkMilliseconds.text(places: 2)),
      ]
    }
    return table
  }

  /// A row a shape and algorithm, a group of columns a number of threads.
  private func table(_ report: SpeedReport, _ direction: PassDirection) -> HTMLTable {
    struct Line: Hashable {
      var operation, shape, wantedAlgorithm: String
      var batch: Int

      init(_ sample: SpeedSample) {
        (operation, shape, batch) = (sample.operation, sample.shape, sample.batch)
        wantedAlgorithm = sample.wantedAlgorithm
      }
    }
    let samples = report.samples.filter { $0.direction == direction }
    let unit = samples.first?.unit ?? ""
    var table = HTMLTable(
      groups: [("", 3)] + report.threads.map { (threadText($0), 4) },
      header: [.name("shape"), .name("algorithm"), .number("batch")]
        + report.threads.flatMap { _ -> [HTMLTable.Cell] in
          [HTMLTable.Cell.number("min ms").opening, .number("median ms"), .number(unit), .number("of sgemm")]
        })
    let lines = Dictionary(grouping: samples) { Line($0) }
    for line in unique(samples.map { Line($0) }) {
      guard let members = lines[line], let first = members.first else { continue }
      var row: [HTMLTable.Cell] = [.name(first.name), .quiet(first.algorithm), .number("\(first.batch)")]
      for threads in report.threads {
        let sample = members.first { $0.threads == threads }
        let products = report.rates.first { $0.threads == threads }?.matrixProducts
        row += [
          HTMLTable.Cell.number(sample.map { ($0.minimum * 1000).text(places: 3) }).opening,
          .number(sample.map { ($0.median * 1000).text(places: 3) }), .number(sample?.bestRate.shortText),
          .number(sample.flatMap { sample in products.map { (sample.bestRate / $0).percentText(places: 0) } }),
        ]
      }
      table.rows.append(row)
    }
    return table
  }
}

// A run of a network.

extension BenchPage {
  private func sections(_ report: NetworkReport) -> [HTMLPage.Section] {
    var table = HTMLTable(
      header: ["threads", "runs", "min ms", "median ms", "images/s"].map { HTMLTable.Cell.number($0) })
    table.rows = report.runs.map { run in
      let texts = [
        "\(run.threads)", "\(run.seconds.count)", (run.minimum * 1000).text(places: 2),
        (run.median * 1000).text(places: 2), (Double(report.batch) / run.median).text(places: 1),
      ]
      return texts.map { HTMLTable.Cell.number($0) }
    }
    let profiles = report.runs.compactMap { run in
      run.profile.map { profile in
        HTMLPage.Section(
          title: "Layers on \(threadText(run.threads))",
          content: [
            self.table(profile.kinds, of: profile).html,
            self.table(profile.rows.sorted { $0.seconds > $1.seconds }, of: profile).html,
          ])
      }
    }
    return [HTMLPage.Section(title: "Times", content: [table.html])] + profiles
  }

  private func table(_ rows: [NetworkProfile.Row], of profile: NetworkProfile) -> HTMLTable {
    var table = HTMLTable(
      header: [.name("layer"), .name("operation"), .name("pass")]
        + ["ms", "GFLOP/s", "MB", "GB/s", "share"].map { .number($0) })
    table.rows = rows.map { row in
      let layers = row.layers.count > 3 ? counted(row.layers.count, "layer") : row.layers.joined(separator: " + ")
      let (operations, bytes) = (row.operations / row.seconds / 1e9, Double(row.bytes) / row.seconds / 1e9)
      return [
        .name(layers), .quiet(row.operation), .name(row.pass), .number((row.seconds * 1000).text(places: 2)),
        .number(row.operations > 0 ? operations.shortText : nil),
        .number(row.bytes > 0 ? (Double(row.bytes) / 1e6).text(places: 1) : nil),
        .number(row.bytes > 0 ? bytes.shortText : nil),
        .number((row.seconds / profile.total).percentText(places: 1)),
      ]
    }
    return table
  }
}
