extension ConfusionReport {
  /// The matrix as an SVG document: a cell a pair of classes, stronger in colour the larger its share of its row, with the
  /// count in it; names at the left and above; the recall of each class at the right; a colour scale below.
  func svg(title: String) -> String { ConfusionDrawing(report: self, title: title).text }
}

/// The geometry of the drawing, in pixels.
private struct ConfusionDrawing {
  let report: ConfusionReport
  let title: String

  private let cell = 58, recallWidth = 90
  /// Large, so that the matrix of ten classes can still be read at half its size.
  private let fontSize = 18, margin = 20

  private var classes: Int { report.labels.count }
  private var side: Int { cell * classes }
  /// Room for the longest name, at about 0.6 of the font size a letter.
  private var labelRoom: Int { 14 + (report.labels.map(\.count).max() ?? 0) * fontSize * 6 / 10 }
  private var left: Int { margin + 30 + labelRoom }
  /// The names above the columns are turned by 45 degrees.
  private var top: Int { margin + 74 + labelRoom * 3 / 4 }
  private var width: Int { left + side + max(recallWidth + margin, labelRoom * 3 / 4) }
  private var height: Int { top + side + 110 }

  var text: String {
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      #"<svg xmlns="http://www.w3.org/2000/svg" width="\#(width)" height="\#(height)" "#
        + #"viewBox="0 0 \#(width) \#(height)" role="img">"#,
      "<title>\(Markup.escaped(title))</title>",
      ReportStyle.sheet(Self.style(fontSize, .light), dark: Self.style(nil, .dark)),
      #"<rect width="\#(width)" height="\#(height)" class="back"/>"#,
      label(title, x: margin, y: margin + 14, "heading"),
      label(
        "\(report.total.groupedText) images, \(report.accuracy.percentText()) recognised", x: margin, y: margin + 40,
        "quiet"),
    ]
    lines += names
    for truth in 0..<classes {
      for prediction in 0..<classes { lines += square(truth, prediction) }
      lines.append(recall(truth))
    }
    lines.append(
      #"<rect x="\#(left)" y="\#(top)" width="\#(side)" height="\#(side)" class="frame"/>"#)
    lines += scale
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private var names: [String] {
    var lines: [String] = []
    for (index, name) in report.labels.enumerated() {
      let centre = cell * index + cell / 2
      lines.append(label(name, x: left - 10, y: top + centre, "end"))
      lines.append(label(name, x: left + centre, y: top - 10, "start", angle: -45))
    }
    lines.append(label("true class", x: margin + 6, y: top + side / 2, "middle strong", angle: -90))
    lines.append(label("predicted class", x: left + side / 2, y: top + side + 26, "middle strong"))
    lines.append(label("recall", x: left + side + recallWidth / 2, y: top - 14, "middle strong"))
    return lines
  }

  private func square(_ truth: Int, _ prediction: Int) -> [String] {
    let count = report.counts[truth][prediction]
    let share = Double(count) / Double(max(report.counts[truth].reduce(0, +), 1))
    let (x, y) = (left + cell * prediction, top + cell * truth)
    let hint =
      "\(report.labels[truth]) taken for \(report.labels[prediction]): \(count) (\(share.percentText(places: 1)))"
    let rectangle =
      #"<rect x="\#(x)" y="\#(y)" width="\#(cell)" height="\#(cell)" class="cell level\#(Self.level(share))">"#
      + "<title>\(Markup.escaped(hint))</title></rect>"
    guard count > 0 else { return [rectangle] }
    let style = (Self.isStrong(share) ? "middle inside" : "middle") + (truth == prediction ? " strong" : "")
    return [rectangle, label("\(count)", x: x + cell / 2, y: y + cell / 2, style)]
  }

  private func recall(_ truth: Int) -> String {
    label(
      report.recall(truth)?.percentText(places: 1) ?? "-", x: left + side + recallWidth / 2,
      y: top + cell * truth + cell / 2, "middle")
  }

  private var scale: [String] {
    let (steps, y) = (20, top + side + 48)
    let step = max(min(side, 400) / steps, 4)
    let origin = left + (side - step * steps) / 2
    var lines = (0..<steps).map { index in
      let share = (Double(index) + 0.5) / Double(steps)
      return
        #"<rect x="\#(origin + index * step)" y="\#(y)" width="\#(step)" height="14" class="level\#(Self.level(share))"/>"#
    }
    for (share, name) in [(0, "0 %"), (1, "50 %"), (2, "100 % of the true class")] {
      lines.append(label(name, x: origin + share * step * steps / 2, y: y + 32, "middle quiet"))
    }
    return lines
  }

  /// - Parameter angle: The text is turned about its beginning, or its middle.
  private func label(_ text: String, x: Int, y: Int, _ style: String, angle: Int? = nil) -> String {
    let turn = angle.map { #" transform="rotate(\#($0) \#(x) \#(y))""# } ?? ""
    return #"<text x="\#(x)" y="\#(y)" class="\#(style)"\#(turn)>\#(Markup.escaped(text))</text>"#
  }
}

// The colours. A share is rounded to a level, and each level is a class, so that dark screens have colours of their own.

extension ConfusionDrawing {
  fileprivate enum Screen {
    case light, dark
  }

  private static let levels = 40

  /// The scale runs over the square root of the share, so that small shares, the confusions, differ visibly.
  private static func level(_ share: Double) -> Int {
    Int((min(max(share, 0), 1).squareRoot() * Double(levels)).rounded())
  }

  /// Whether the number in a cell needs the other colour of text.
  private static func isStrong(_ share: Double) -> Bool { share > 0.45 }

  /// - Parameter fontSize: Nil for what does not depend on the screen's colours.
  private static func style(_ fontSize: Int?, _ screen: Screen) -> String {
    let text, quiet, back, frame, gap, inside: String
    switch screen {
    case .light: (text, quiet, back, frame, gap, inside) = ("#1f2328", "#59636e", "#fff", "#8c959f", "#fff", "#fff")
    case .dark:
      (text, quiet, back, frame, gap, inside) = ("#e6edf3", "#9198a1", "#0d1117", "#656c76", "#0d1117", "#0d1117")
    }
    let shapes =
      fontSize.map {
        "text{font:\($0)px Helvetica,Arial,sans-serif}.heading{font-size:22px;font-weight:bold}.strong{font-weight:bold}"
          + ".middle{text-anchor:middle;dominant-baseline:central}.end{text-anchor:end;dominant-baseline:central}"
          + ".frame{fill:none}"
      } ?? ""
    return shapes + "text{fill:\(text)}.quiet{fill:\(quiet)}.inside{fill:\(inside)}.back{fill:\(back)}"
      + ".frame{stroke:\(frame)}.cell{stroke:\(gap)}"
      + (0...levels).map { ".level\($0){fill:\(colour($0, screen))}" }.joined()
  }

  /// On light screens from nearly white over light blue to navy, on dark ones from nearly black to light blue.
  private static func colour(_ level: Int, _ screen: Screen) -> String {
    let stops: [(Double, Double, Double)] =
      screen == .light
      ? [(246, 248, 250), (158, 202, 225), (49, 130, 189), (8, 48, 107)]
      : [(22, 27, 34), (16, 66, 117), (56, 139, 253), (202, 232, 255)]
    let position = Double(level) / Double(levels) * Double(stops.count - 1)
    let index = min(Int(position), stops.count - 2)
    let weight = position - Double(index)
    let (low, high) = (stops[index], stops[index + 1])
    func mixed(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * weight).rounded()) }
    return "rgb(\(mixed(low.0, high.0)),\(mixed(low.1, high.1)),\(mixed(low.2, high.2)))"
  }
}
