import Glibc

extension CurvePanel {
  static let size = (width: 430.0, height: 290.0)

  /// The panel as elements of SVG whose upper left corner is at (0, 0), in the classes of ``ReportStyle``.
  var svgElements: [String] { PanelDrawing(panel: self).elements }

  /// Panels one below the other as an SVG document, which is narrow enough for the screen of a telephone.
  static func svg(_ panels: [CurvePanel], title: String, detail: String) -> String {
    let (margin, top) = (20.0, 70.0)
    let width = 2 * margin + size.width
    let height = top + Double(panels.count) * (size.height + margin)
    let groups = panels.enumerated().map { index, panel in
      let y = top + Double(index) * (size.height + margin)
      return Markup.element(
        "g", ["transform": "translate(\(margin.text(places: 1)) \(y.text(places: 1)))"],
        panel.svgElements.joined(separator: "\n"))
    }
    let parts =
      [
        Markup.element("title", text: title), ReportStyle.sheet(ReportStyle.drawing, dark: ReportStyle.darkDrawing),
        Markup.element("rect", ["width": "100%", "height": "100%", "class": "back"]),
        Markup.element("text", ["x": margin, "y": 32.0, "class": "heading"], text: title),
        Markup.element("text", ["x": margin, "y": 50.0, "class": "small"], text: detail),
      ] + groups
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + Markup.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg", "width": Int(width), "height": Int(height),
          "viewBox": "0 0 \(Int(width)) \(Int(height))", "role": "img",
        ], "\n" + parts.joined(separator: "\n") + "\n") + "\n"
  }
}

/// The geometry of a panel, in pixels.
private struct PanelDrawing {
  let panel: CurvePanel
  /// Where the entries of the legend begin: as many in a row as there is room for, rows 16 pixels apart.
  private let legendPlaces: [(x: Double, y: Double)]

  private let left = 46.0
  private let right = CurvePanel.size.width
  private let top: Double
  private let bottom = CurvePanel.size.height - 36

  init(panel: CurvePanel) {
    self.panel = panel
    var (x, y) = (left, 0.0)
    var places: [(x: Double, y: Double)] = []
    for line in panel.lines {
      let width = 44 + 5.4 * Double(line.name.count)
      if x > left, x + width > right { (x, y) = (left, y + 16) }
      places.append((x, y))
      x += width
    }
    legendPlaces = places
    top = 44 + y
  }

  private func x(_ place: Double) -> Double {
    let share =
      switch panel.horizontal {
      case .counting(let numbers):
        numbers.count == 1
          ? 0.5 : (place - Double(numbers.lowerBound)) / Double(numbers.upperBound - numbers.lowerBound)
      case .powers(let lowest, let highest): (log(place) - log(lowest)) / (log(highest) - log(lowest))
      }
    return left + 8 + (right - left - 16) * share
  }

  private func y(_ value: Double) -> Double {
    let axis = panel.vertical
    return bottom - (bottom - top) * (axis.clamped(value) - axis.start) / (axis.end - axis.start)
  }

  private var places: [(x: Double, text: String)] {
    switch panel.horizontal {
    case .counting(let numbers):
      let axis = Axis(counting: numbers, steps: 8)
      return axis.ticks.map { ($0, axis.text($0)) }
    case .powers(let lowest, let highest):
      let first = Int((log10(lowest) - 1e-9).rounded(.up))
      let last = Int((log10(highest) + 1e-9).rounded(.down))
      // There may be no power of ten between the ends.
      guard first <= last else { return [lowest, highest].map { ($0, $0.rateText) } }
      return (first...last).map { (pow(10, Double($0)), "1e\($0)") }
    }
  }

  var elements: [String] {
    var elements = [Markup.element("text", ["x": 0, "y": 12.0, "class": "strong"], text: panel.title)] + legend
    for (index, tick) in panel.vertical.ticks.enumerated() {
      elements.append(
        Markup.element(
          "line", ["x1": left, "x2": right, "y1": y(tick), "y2": y(tick), "class": index == 0 ? "axis" : "grid"]))
      elements.append(
        Markup.element(
          "text", ["x": left - 7, "y": y(tick) + 3, "class": "tick", "text-anchor": "end"],
          text: panel.vertical.text(tick)))
    }
    for place in places {
      elements.append(
        Markup.element(
          "line", ["x1": x(place.x), "x2": x(place.x), "y1": bottom, "y2": bottom + 4, "class": "axis"]))
      elements.append(
        Markup.element(
          "text", ["x": x(place.x), "y": bottom + 15, "class": "tick", "text-anchor": "middle"], text: place.text))
    }
    elements.append(
      Markup.element(
        "text", ["x": (left + right) / 2, "y": bottom + 31, "class": "tick", "text-anchor": "middle"],
        text: panel.xTitle))
    for line in panel.lines { elements += curve(line) }
    return elements + mark
  }

  /// A short line and a name for each curve, in rows above the panel.
  private var legend: [String] {
    zip(panel.lines, legendPlaces).flatMap { line, place in
      let (x, y) = (place.x, place.y + 26)
      return [
        Markup.element("line", ["x1": x, "x2": x + 18, "y1": y, "y2": y, "class": "curve \(line.style)"]),
        Markup.element("text", ["x": x + 23, "y": y + 4, "class": "small"], text: line.name),
      ]
    }
  }

  private func curve(_ line: CurvePanel.Line) -> [String] {
    let points = line.points.filter { $0.y.isFinite }.map { (x: x($0.x), y: y($0.y)) }
    let path = points.map { "\($0.x.text(places: 1)),\($0.y.text(places: 1))" }.joined(separator: " ")
    let curve = Markup.element("polyline", ["points": path, "class": "curve \(line.style)"])
    // With few points, each is marked.
    guard points.count <= 30 else { return [curve] }
    return [curve]
      + points.map { Markup.element("circle", ["cx": $0.x, "cy": $0.y, "r": 1.5, "class": "curve \(line.style)"]) }
  }

  private var mark: [String] {
    guard let mark = panel.mark else { return [] }
    let place = x(mark.x)
    let isRight = place > (left + right) / 2
    return [
      Markup.element("line", ["x1": place, "x2": place, "y1": top, "y2": bottom, "class": "limit"]),
      Markup.element(
        "text",
        ["x": place + (isRight ? -6 : 6), "y": top + 10, "class": "small", "text-anchor": isRight ? "end" : "start"],
        text: mark.text),
    ]
  }
}
