extension BarChart {
  /// How tall the drawing is.
  var height: Double { BarDrawing(chart: self, width: 900).height }

  /// The chart as elements of SVG whose upper left corner is at (0, 0), in the classes of ``ReportStyle``.
  func svgElements(width: Double) -> [String] { BarDrawing(chart: self, width: width).elements }
}

/// The geometry of the drawing, in pixels.
private struct BarDrawing {
  let chart: BarChart
  let width: Double

  private let labelWidth = 200.0
  private let gap = 18.0
  private let barHeight = 11.0
  private let headingHeight = 26.0
  private let rowGap = 10.0
  private let top = 40.0
  private let bottom = 24.0

  /// Computed once: it looks at every bar.
  private let scale: BarScale

  init(chart: BarChart, width: Double) {
    (self.chart, self.width) = (chart, width)
    scale = BarScale(chart)
  }

  private var panelWidth: Double {
    (width - labelWidth - gap * Double(max(chart.titles.count - 1, 0))) / Double(max(chart.titles.count, 1))
  }
  private func left(_ panel: Int) -> Double { labelWidth + Double(panel) * (panelWidth + gap) }
  private func length(_ value: Double) -> Double { panelWidth * scale.share(value) }

  /// Names take two or three lines, independent of the number of bars.
  private func height(of row: BarChart.Row) -> Double {
    max(details(row).count > 1 ? 38 : 28, barHeight * Double(row.panels.map(\.count).max() ?? 0)) + rowGap
  }

  var height: Double {
    top + bottom + chart.rows.reduce(0) { $0 + height(of: $1) + ($1.heading == nil ? 0 : headingHeight) }
  }

  var elements: [String] {
    let floor = height - bottom
    var elements: [String] = []
    for (panel, title) in chart.titles.enumerated() {
      let left = left(panel)
      elements.append(Markup.element("text", ["x": left, "y": 12.0, "class": "strong"], text: title))
      for tick in scale.ticks {
        let x = left + length(tick.value)
        elements.append(
          Markup.element("line", ["x1": x, "x2": x, "y1": top - 8, "y2": floor, "class": x == left ? "axis" : "grid"]))
        for y in [top - 12, floor + 14] {
          elements.append(
            Markup.element("text", ["x": x, "y": y, "class": "tick", "text-anchor": "middle"], text: tick.text))
        }
      }
    }
    for y in [top - 12, floor + 14] {
      elements.append(
        Markup.element("text", ["x": labelWidth - 12, "y": y, "class": "tick", "text-anchor": "end"], text: chart.unit))
    }
    var y = top
    for row in chart.rows {
      if let heading = row.heading {
        elements.append(Markup.element("text", ["x": 0, "y": y + 16, "class": "strong"], text: heading))
        y += headingHeight
      }
      elements += labels(row, y: y)
      for (panel, bars) in row.panels.enumerated() {
        for (index, bar) in bars.enumerated() {
          elements += self.bar(bar, x: left(panel), y: y + Double(index) * barHeight)
        }
      }
      y += height(of: row)
    }
    return elements + limit(floor)
  }

  /// Letters of the small font are up to 6 pixels wide; what does not fit goes into a second line at a comma.
  private func details(_ row: BarChart.Row) -> [String] {
    let room = Int((labelWidth - 12) / 6)
    guard row.detail.count > room, let comma = row.detail.prefix(room).lastIndex(of: ",") else {
      return row.detail.isEmpty ? [] : [row.detail]
    }
    return [String(row.detail[...comma]), String(row.detail[comma...].dropFirst(2))]
  }

  private func labels(_ row: BarChart.Row, y: Double) -> [String] {
    [Markup.element("text", ["x": 0, "y": y + 10], text: row.name)]
      + details(row).enumerated().map { index, line in
        Markup.element("text", ["x": 0, "y": y + 23 + 11 * Double(index), "class": "small"], text: line)
      }
  }

  private func bar(_ bar: BarChart.Bar, x: Double, y: Double) -> [String] {
    guard bar.value.isFinite, bar.value >= 0 else { return [] }
    let length = max(length(bar.value), 1)
    let text = bar.value.shortText
    let hint = Markup.element("title", text: "\(bar.contender.title): \(text) \(chart.unit)")
    let shape = Markup.element(
      "rect", ["x": x, "y": y, "width": length, "height": barHeight - 1, "class": "bar \(bar.contender.rawValue)"], hint
    )
    // In a long bar the number is inside, so that it does not touch the line of the limit.
    let isInside = length > 40
    let number = Markup.element(
      "text",
      [
        "x": isInside ? x + length - 4 : x + length + 4, "y": y + barHeight - 2.5,
        "class": isInside ? "number inside" : "number", "text-anchor": isInside ? "end" : "start",
      ], text: text)
    return [shape, number]
  }

  private func limit(_ floor: Double) -> [String] {
    guard let limit = chart.limit, limit.isFinite, limit > 0 else { return [] }
    return chart.titles.indices.map { panel in
      let x = left(panel) + length(limit)
      return Markup.element("line", ["x1": x, "x2": x, "y1": top - 8, "y2": floor, "class": "limit"])
    }
  }
}
