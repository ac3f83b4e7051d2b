extension BarChart {
  /// How tall the drawing of ``dotElements(width:)`` is.
  var dotHeight: Double { DotDrawing(chart: self, width: 440).height }

  /// The chart as dots, a line a row and one panel below the other: narrow, for the screen of a telephone. Elements of SVG
  /// whose upper left corner is at (0, 0), in the classes of ``ReportStyle``.
  func dotElements(width: Double) -> [String] { DotDrawing(chart: self, width: width).elements }
}

/// The geometry of the drawing, in pixels.
private struct DotDrawing {
  let chart: BarChart
  let width: Double

  private let labelWidth = 158.0
  /// Room for Unfold's number.
  private let numberWidth = 38.0
  private let rowHeight = 21.0
  private let headingHeight = 24.0
  private let top = 38.0
  private let gap = 22.0

  /// Computed once: it looks at every bar.
  private let scale: BarScale

  init(chart: BarChart, width: Double) {
    (self.chart, self.width) = (chart, width)
    scale = BarScale(chart)
  }

  private var right: Double { width - numberWidth }
  private func x(_ value: Double) -> Double { labelWidth + (right - labelWidth) * scale.share(value) }

  private var rowsHeight: Double {
    chart.rows.reduce(0) { $0 + rowHeight + ($1.heading == nil ? 0 : headingHeight) }
  }
  private var panelHeight: Double { top + rowsHeight + gap }
  var height: Double { panelHeight * Double(chart.titles.count) - gap }

  var elements: [String] {
    chart.titles.indices.flatMap { panel($0, y: panelHeight * Double($0)) }
  }

  private func panel(_ index: Int, y: Double) -> [String] {
    var elements = [Markup.element("text", ["x": 0, "y": y + 12, "class": "strong"], text: chart.titles[index])]
    let floor = y + top + rowsHeight
    elements.append(
      Markup.element(
        "text", ["x": width, "y": y + 12, "class": "tick", "text-anchor": "end"],
        text: "\(chart.unit); at the right: Unfold"))
    for tick in scale.ticks {
      let x = self.x(tick.value)
      elements.append(
        Markup.element(
          "line", ["x1": x, "x2": x, "y1": y + top - 8, "y2": floor, "class": x == labelWidth ? "axis" : "grid"]))
      elements.append(
        Markup.element(
          "text", ["x": x, "y": y + top - 12, "class": "tick", "text-anchor": "middle"], text: tick.text))
    }
    if let limit = chart.limit, limit.isFinite, limit > 0 {
      let x = self.x(limit)
      elements.append(Markup.element("line", ["x1": x, "x2": x, "y1": y + top - 8, "y2": floor, "class": "limit"]))
    }
    var y = y + top
    for row in chart.rows {
      if let heading = row.heading {
        elements.append(Markup.element("text", ["x": 0, "y": y + 16, "class": "strong"], text: heading))
        y += headingHeight
      }
      elements += dots(row, index < row.panels.count ? row.panels[index] : [], y: y + rowHeight / 2)
      y += rowHeight
    }
    return elements
  }

  private func dots(_ row: BarChart.Row, _ bars: [BarChart.Bar], y: Double) -> [String] {
    var elements = [
      Markup.element(
        "text", ["x": 0, "y": y + 4], Markup.escaped(row.name) + Markup.element("title", text: row.detail)),
      Markup.element("line", ["x1": labelWidth, "x2": right, "y1": y, "y2": y, "class": "grid"]),
    ]
    for bar in bars where bar.value.isFinite && bar.value >= 0 {
      let hint = Markup.element("title", text: "\(bar.contender.title): \(bar.value.shortText) \(chart.unit)")
      elements.append(
        Markup.element(
          "circle", ["cx": x(bar.value), "cy": y, "r": 4.5, "class": "bar \(bar.contender.rawValue)"], hint))
    }
    if let ours = bars.last(where: { $0.contender == .unfold }), ours.value.isFinite {
      elements.append(
        Markup.element(
          "text", ["x": width, "y": y + 4, "class": "small", "text-anchor": "end"], text: ours.value.shortText))
    }
    return elements
  }
}
