import FoundationEssentials

extension ContactSheet {
  /// The sheet as SVG, with the pictures in it as PNG.
  ///
  /// - Throws: ``CommandError`` for a picture that PNG cannot hold.
  func svg() throws(CommandError) -> String { try SheetDrawing(sheet: self).text() }
}

/// The geometry of the drawing, in pixels.
private struct SheetDrawing {
  let sheet: ContactSheet

  private let margin = 24.0
  private let captionHeight = 15.0
  private let gap = 18.0
  private let closeGap = 6.0

  /// The advance of a letter of normal and of small text, as a part of which all are a little narrower.
  private static func advance(_ style: String) -> Double { style == "small" ? 5.8 : 7.2 }

  private var imageWidth: Double { Double(sheet.frames.map(\.image.width).max() ?? 0) }
  private var imageHeight: Double { Double(sheet.frames.map(\.image.height).max() ?? 0) }
  /// As wide as the widest picture, and no caption runs into the next.
  private var cellWidth: Double {
    sheet.frames.flatMap(\.captions).map { Double($0.text.count) * Self.advance($0.style) }.reduce(imageWidth, max)
  }
  private var cellHeight: Double {
    imageHeight + captionHeight * Double(sheet.frames.map(\.captions.count).max() ?? 0) + gap
  }
  private func left(_ column: Int) -> Double {
    margin + Double(column) * (cellWidth + closeGap) + Double(column / sheet.group) * (gap - closeGap)
  }
  private var rows: Int { (sheet.frames.count + sheet.columns - 1) / sheet.columns }
  private var width: Double {
    let text = [(sheet.title, 11.0), (sheet.detail, 7.2)].map { Double($0.0.count) * $0.1 }.reduce(420, max)
    let columns = min(sheet.columns, sheet.frames.count)
    return max(columns > 0 ? left(columns - 1) + cellWidth : 0, margin + text) + margin
  }

  func text() throws(CommandError) -> String {
    var parts = [
      Markup.element("text", ["x": margin, "y": margin + 14, "class": "heading"], text: sheet.title),
      Markup.element("text", ["x": margin, "y": margin + 38], text: sheet.detail),
    ]
    let (legend, legendHeight) = legend(top: margin + 52)
    parts += legend
    let top = margin + 58 + legendHeight
    for (index, frame) in sheet.frames.enumerated() {
      let (row, column) = index.quotientAndRemainder(dividingBy: sheet.columns)
      parts += try elements(frame, x: left(column), y: top + Double(row) * cellHeight)
    }
    let height = top + Double(rows) * cellHeight + margin - gap
    let ground = Markup.element("rect", ["width": width, "height": height, "class": "back"])
    let head = [
      Markup.element("title", text: sheet.title), ReportStyle.sheet(ReportStyle.drawing, dark: ReportStyle.darkDrawing),
      ground,
    ]
    return #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
      + Markup.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
          "viewBox": "0 0 \(width.text(places: 1)) \(height.text(places: 1))", "role": "img",
        ], "\n" + (head + parts).joined(separator: "\n") + "\n") + "\n"
  }

  private func legend(top: Double) -> (elements: [String], height: Double) {
    guard !sheet.keys.isEmpty else { return ([], 0) }
    var elements: [String] = []
    var (x, y) = (margin, top)
    for key in sheet.keys {
      let advance = 24 + Double(key.name.count) * 7.2 + 12
      if x + advance > width - margin, x > margin { (x, y) = (margin, y + 20) }
      elements.append(
        Markup.element("rect", ["x": x, "y": y, "width": 12, "height": 12, "rx": 2, "fill": key.colour.text]))
      elements.append(Markup.element("text", ["x": x + 18, "y": y + 10.5], text: key.name))
      x += advance
    }
    return (elements, y - top + 26)
  }

  private func elements(_ frame: ContactSheet.Frame, x: Double, y: Double) throws(CommandError) -> [String] {
    let (width, height) = (Double(frame.image.width), Double(frame.image.height))
    let data = Data(try frame.image.png()).base64EncodedString()
    var elements = [
      Markup.element(
        "image", ["x": x, "y": y, "width": width, "height": height, "href": "data:image/png;base64,\(data)"])
    ]
    for box in frame.boxes where box.sides.count == 4 {
      let sides = box.sides.map { $0 > 0 ? min($0, 1) : 0 }
      let (left, right) = (min(sides[0], sides[2]) * width, max(sides[0], sides[2]) * width)
      let (top, bottom) = (min(sides[1], sides[3]) * height, max(sides[1], sides[3]) * height)
      elements.append(
        Markup.element(
          "rect",
          [
            "x": x + left, "y": y + top, "width": right - left, "height": bottom - top, "fill": "none",
            "stroke": box.colour.text, "stroke-width": 2, "stroke-dasharray": box.isDashed ? "6 3" : "none",
          ]))
    }
    for (line, caption) in frame.captions.enumerated() {
      elements.append(
        Markup.element(
          "text", ["x": x, "y": y + height + captionHeight * Double(line + 1) - 1, "class": caption.style],
          text: caption.text))
    }
    return elements
  }
}
