/// The tables that `unfold bench --network` prints.
struct NetworkTable {
  private let report: NetworkReport
  private let width: Int

  /// - Parameter width: The columns of the screen.
  init(_ report: NetworkReport, width: Int) { (self.report, self.width) = (report, width) }

  /// What runs.
  var title: String {
    "\(report.network), \(report.mode.title), \(imageText(report.batch)) of "
      + report.input.map(String.init).joined(separator: "x")
  }

  /// One row a number of threads; then for each the layers, if they were measured.
  var lines: [String] { [title, ""] + runs + report.runs.flatMap { profile($0) } }

  private var runs: [String] {
    let isScaling = report.runs.count > 1
    var table = TextTable(
      ["threads", "runs", "min ms", "median ms", "images/s"].map { TextTable.Column($0) }
        + (isScaling ? [TextTable.Column("times")] : []))
    for run in report.runs {
      table.append(
        [
          "\(run.threads)", "\(run.seconds.count)", (run.minimum * 1000).text(places: 2),
          (run.median * 1000).text(places: 2), (Double(report.batch) / run.median).text(places: 1),
        ] + (isScaling ? [(report.runs[0].median / run.median).text(places: 2)] : []))
    }
    return table.fitted(to: width).lines
  }

  private func profile(_ run: NetworkReport.Run) -> [String] {
    guard let profile = run.profile else { return [] }
    let place = report.runs.count > 1 ? " on \(threadText(run.threads))" : ""
    let rows = profile.rows.sorted { $0.seconds > $1.seconds }
    let gap = profile.total / profile.mean
    let sum =
      "All layers take \((profile.total * 1000).text(places: 2)) ms, \(gap.percentText(places: 1)) of a run of "
      + "\((profile.mean * 1000).text(places: 2)) ms with the clock read after each layer (mean of "
      + "\(counted(profile.seconds.count, "run"))); without, a run takes \((run.median * 1000).text(places: 2)) ms."
    return ["", "Operations\(place):", ""] + table(profile.kinds, of: profile, isOfLayers: false)
      + ["", "Layers\(place):", ""] + table(rows, of: profile, isOfLayers: true)
      + [""] + sum.wrapped(to: width)
  }

  /// The name of what runs: of layers that run as one, the first and how many others.
  private func name(_ row: NetworkProfile.Row, isOfLayers: Bool) -> String {
    guard let first = row.layers.first else { return row.pass }
    guard isOfLayers else { return row.operation }
    return row.layers.count == 1 ? first : "\(first) +\(row.layers.count - 1)"
  }

  private func table(_ rows: [NetworkProfile.Row], of profile: NetworkProfile, isOfLayers: Bool) -> [String] {
    var table = TextTable(
      [TextTable.Column(isOfLayers ? "layer" : "operation", .left, isCut: true)]
        + (isOfLayers ? [TextTable.Column("operation", .left, leftOut: 2)] : []) + [
          TextTable.Column("pass", .left), TextTable.Column("ms"), TextTable.Column("GFLOP/s"),
          TextTable.Column("MB"), TextTable.Column("GB/s", leftOut: 1), TextTable.Column("share"),
        ])
    func append(_ title: [String], _ pass: String, _ seconds: Double, _ operations: Double, _ bytes: Int) {
      let speed = operations > 0 ? (operations / seconds / 1e9).text(places: 1) : ""
      let size = bytes > 0 ? (Double(bytes) / 1e6).text(places: 1) : ""
      let bandwidth = bytes > 0 ? (Double(bytes) / seconds / 1e9).text(places: 1) : ""
      let share = (seconds / profile.total).percentText(places: 1)
      let numbers: [String] = [(seconds * 1000).text(places: 2), speed, size, bandwidth, share]
      table.append(title + [pass] + numbers)
    }
    for row in rows {
      append(
        [name(row, isOfLayers: isOfLayers)] + (isOfLayers ? [row.operation] : []), row.layers.isEmpty ? "" : row.pass,
        row.seconds, row.operations, row.bytes)
    }
    let operations = rows.reduce(0.0) { $0 + $1.operations }
    let bytes = rows.reduce(0) { $0 + $1.bytes }
    append(isOfLayers ? ["all", ""] : ["all"], "", profile.total, operations, bytes)
    return table.fitted(to: width).lines
  }
}
