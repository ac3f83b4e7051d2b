/// Horizontal bars: a row a layer, a panel a pass, a bar a contender, on one scale.
struct BarChart: Equatable {
  struct Bar: Equatable {
    var contender: Contender
    /// Not negative.
    var value: Double
  }

  struct Row: Equatable {
    /// Above the row where it begins a section.
    var heading: String?
    var name: String
    var detail: String
    /// The bars of each panel.
    var panels: [[Bar]]
  }

  /// Above each panel.
  var titles: [String]
  var rows: [Row]
  /// What the bars count: `GFLOP/s`.
  var unit: String
  /// A line across all rows, at the processor's peak.
  var limit: Double?

  /// The largest value of all.
  var largest: Double {
    rows.flatMap(\.panels).joined().map(\.value).filter(\.isFinite).reduce(limit ?? 0, max)
  }

  /// The contenders in it, for a legend.
  var contenders: [Contender] {
    let found = Set(rows.flatMap(\.panels).joined().map(\.contender))
    return Contender.allCases.filter(found.contains)
  }
}

extension BarChart {
  /// The rates of some layers on a number of threads, a panel for each pass that they have.
  ///
  /// - Parameter headings: Whether the suites are named where they begin.
  init(_ layers: [MeasuredLayer], of comparison: Comparison, threads: Int, headings: Bool) {
    let wanted = Set(layers)
    let cells = comparison.layerCells.filter {
      wanted.contains($0.layer) && $0.threads == threads && $0.seconds(.unfold) != nil
    }
    let passes = comparison.passes(of: cells)
    var suite: String?
    var rows: [Row] = []
    for layer in layers {
      let cells = cells.filter { $0.layer == layer }
      guard let first = cells.first else { continue }
      let panels = passes.map { pass in
        Contender.allCases.compactMap { contender in
          cells.first { $0.pass == pass }?.rate(contender).map { Bar(contender: contender, value: $0) }
        }
      }
      let times = first.occurrences > 1 ? " (\(first.occurrences) times)" : ""
      rows.append(
        Row(
          heading: headings && suite != layer.suite ? layer.suite : nil, name: first.shortName + times,
          detail: first.shapeText, panels: panels))
      suite = layer.suite
    }
    self.init(titles: passes, rows: rows, unit: "GFLOP/s", limit: comparison.peak(threads: threads))
  }
}
