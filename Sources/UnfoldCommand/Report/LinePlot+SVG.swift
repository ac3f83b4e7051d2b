import Glibc

extension LinePlot {
  static let size = (width: 350.0, height: 230.0)

  /// The plot as elements of SVG whose upper left corner is at (0, 0), in the classes of ``ReportStyle``.
  var svgElements: [String] { LineDrawing(plot: self).elements }
}

/// The geometry of the drawing, in pixels. Equal factors are equal steps to the right: batches of 1, 8 and 32 do not
/// crowd.
private struct LineDrawing {
  let plot: LinePlot

  private let left = 52.0, right = 332.0
  private let top = 52.0, bottom = 186.0

  private var axis: Axis { Axis(upTo: plot.largest, steps: 4) }

  private func x(_ place: Int) -> Double {
    let places = plot.places
    guard let first = places.first, let last = places.last, first < last, first > 0 else { return (left + right) / 2 }
    return left + 10 + (right - left - 20) * log(Double(place) / Double(first)) / log(Double(last) / Double(first))
  }
  private func y(_ value: Double) -> Double { bottom - (bottom - top) * axis.clamped(value) / axis.end }

  var elements: [String] {
    var elements = [
      Markup.element("text", ["x": 0, "y": 13.0, "class": "strong"], text: plot.title),
      Markup.element("text", ["x": 0, "y": 27.0, "class": "small"], text: plot.detail),
      Markup.element("text", ["x": 0, "y": top - 8, "class": "tick"], text: plot.yTitle),
      Markup.element(
        "text", ["x": (left + right) / 2, "y": bottom + 30, "class": "tick", "text-anchor": "middle"],
        text: plot.xTitle),
    ]
    for tick in axis.ticks {
      let style = tick == 0 ? "axis" : "grid"
      elements.append(
        Markup.element("line", ["x1": left, "x2": right, "y1": y(tick), "y2": y(tick), "class": style]))
      elements.append(
        Markup.element(
          "text", ["x": left - 6, "y": y(tick) + 3, "class": "tick", "text-anchor": "end"], text: axis.text(tick)))
    }
    for place in plot.places {
      elements.append(
        Markup.element(
          "text", ["x": x(place), "y": bottom + 15, "class": "tick", "text-anchor": "middle"], text: "\(place)"))
    }
    for line in plot.lines { elements += curve(line) }
    return elements
  }

  private func curve(_ line: LinePlot.Line) -> [String] {
    let points = line.points.map { (x: x($0.x), y: y($0.y)) }
    let path = points.map { "\($0.x.text(places: 1)),\($0.y.text(places: 1))" }.joined(separator: " ")
    let name = line.contender.rawValue
    let marks = zip(points, line.points).map { place, point in
      Markup.element(
        "circle", ["cx": place.x, "cy": place.y, "r": 3.0, "class": "bar \(name)"],
        Markup.element("title", text: "\(line.contender.title): \(point.y.shortText) \(plot.yTitle), \(point.x)"))
    }
    return [Markup.element("polyline", ["points": path, "class": "\(name) curve"])] + marks
  }
}
