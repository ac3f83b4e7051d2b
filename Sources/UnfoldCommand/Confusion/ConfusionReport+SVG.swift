extension ConfusionReport {
  /// The matrix as an SVG document: a cell a pair of classes, darker the larger its share of its row, with the count in
  /// it; names at the left and above; the recall of each class at the right; a colour scale below.
  func svg(title: String) -> String { ConfusionDrawing(report: self, title: title).text }
}

/// The geometry of the drawing, in pixels.
private struct ConfusionDrawing {
  let report: ConfusionReport
  let title: String

  private let cell = 52, recallWidth = 76
  private let fontSize = 13, margin = 24

  private var classes: Int { report.labels.count }
  private var side: Int { cell * classes }
  /// Room for the longest name, at about 0.6 of the font size a letter.
  private var labelRoom: Int { 14 + (report.labels.map(\.count).max() ?? 0) * fontSize * 6 / 10 }
  private var left: Int { margin + 24 + labelRoom }
  /// The names above the columns are turned by 45 degrees.
  private var top: Int { margin + 58 + labelRoom * 3 / 4 }
  private var width: Int { left + side + max(recallWidth + margin, labelRoom) }
  private var height: Int { top + side + 86 }

  var text: String {
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" "#
        + #"viewBox="0 0 \#(width) \#(height)" role="img" font-family="Helvetica, Arial, sans-serif" "#
        + #"font-size="\#(fontSize)">"#,
      "<title>\(Markup.escaped(title))</title>",
      #"<rect width="\#(width)" height="\#(height)" fill="white"/>"#,
      label(title, x: margin, y: margin + 8, attributes: #"font-size="17" font-weight="bold""#),
      label(
        "\(report.total.groupedText) images, \(report.accuracy.percentText()) recognised", x: margin, y: margin + 28,
        attributes: #"fill="dimgray""#),
    ]
    lines += names
    for truth in 0..<classes {
      for prediction in 0..<classes { lines += square(truth, prediction) }
      lines.append(recall(truth))
    }
    lines.append(
      #"<rect x="\#(left)" y="\#(top)" width="\#(side)" height="\#(side)" fill="none" stroke="darkgray"/>"#)
    lines += scale
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private var names: [String] {
    var lines: [String] = []
    for (index, name) in report.labels.enumerated() {
      let centre = cell * index + cell / 2
      lines.append(
        label(name, x: left - 10, y: top + centre, attributes: #"text-anchor="end" dominant-baseline="central""#))
      let (x, y) = (left + centre, top - 10)
      lines.append(label(name, x: x, y: y, attributes: #"transform="rotate(-45 \#(x) \#(y))""#))
    }
    let (x, y) = (margin + 4, top + side / 2)
    let axis = #"text-anchor="middle" font-weight="bold""#
    lines.append(label("true class", x: x, y: y, attributes: #"\#(axis) transform="rotate(-90 \#(x) \#(y))""#))
    lines.append(label("predicted class", x: left + side / 2, y: top + side + 24, attributes: axis))
    lines.append(label("recall", x: left + side + recallWidth / 2, y: top - 10, attributes: axis))
    return lines
  }

  private func square(_ truth: Int, _ prediction: Int) -> [String] {
    let count = report.counts[truth][prediction]
    let share = Double(count) / Double(max(report.counts[truth].reduce(0, +), 1))
    let (x, y) = (left + cell * prediction, top + cell * truth)
    let hint =
      "\(report.labels[truth]) taken for \(report.labels[prediction]): \(count) (\(share.percentText(places: 1)))"
    let rectangle =
      #"<rect x="\#(x)" y="\#(y)" width="\#(cell)" height="\#(cell)" fill="\#(colour(share))" stroke="white">"#
      + "<title>\(Markup.escaped(hint))</title></rect>"
    guard count > 0 else { return [rectangle] }
    let weight = truth == prediction ? #" font-weight="bold""# : ""
    let ink = share > 0.45 ? "white" : "black"
    let centred = #"text-anchor="middle" dominant-baseline="central" fill="\#(ink)"\#(weight)"#
    return [rectangle, label("\(count)", x: x + cell / 2, y: y + cell / 2, attributes: centred)]
  }

  private func recall(_ truth: Int) -> String {
    label(
      report.recall(truth)?.percentText(places: 1) ?? "-", x: left + side + recallWidth / 2,
      y: top + cell * truth + cell / 2, attributes: #"text-anchor="middle" dominant-baseline="central""#)
  }

  private var scale: [String] {
    let (steps, y) = (20, top + side + 40)
    let step = max(min(side, 400) / steps, 4)
    let origin = left + (side - step * steps) / 2
    var lines = (0..<steps).map { index in
      let share = (Double(index) + 0.5) / Double(steps)
      return #"<rect x="\#(origin + index * step)" y="\#(y)" width="\#(step)" height="12" fill="\#(colour(share))"/>"#
    }
    for (share, name) in [(0, "0 %"), (1, "50 %"), (2, "100 % of the true class")] {
      let anchor = #"text-anchor="middle" font-size="11""#
      lines.append(label(name, x: origin + share * step * steps / 2, y: y + 28, attributes: anchor))
    }
    return lines
  }

  /// From nearly white over light blue to navy. The scale runs over the square root of the share, so that small shares,
  /// the confusions, differ visibly.
  private func colour(_ share: Double) -> String {
    let stops: [(Double, Double, Double)] = [(246, 248, 250), (158, 202, 225), (49, 130, 189), (8, 48, 107)]
    let position = min(max(share, 0), 1).squareRoot() * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let weight = position - Double(index)
    let (low, high) = (stops[index], stops[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * weight).rounded()) }
    return "rgb(\(mixed(low.0, high.0)),\(mixed(low.1, high.1)),\(mixed(low.2, high.2)))"
  }

  private func label(_ text: String, x: Int, y: Int, attributes: String) -> String {
    #"<text x="\#(x)" y="\#(y)" \#(attributes)>\#(Markup.escaped(text))</text>"#
  }
}
