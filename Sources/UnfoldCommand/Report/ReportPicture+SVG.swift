/// The drawing for the README: the ratios of all shape files, and the important layers of two well-known networks. It is
/// narrow, so that it can be read on the screen of a telephone.
struct ReportPicture {
  let comparison: Comparison
  let peer: Contender
  private let threads: Int
  private let chart: BarChart
  private let summaries: [RatioSummary]

  private let width = 480.0
  private let margin = 20.0
  private var room: Double { width - 2 * margin }

  /// - Parameter suites: Whose layers are drawn; where the comparison has none of them, those of all suites.
  init(_ comparison: Comparison, suites: [String] = ["resnet-50", "vgg-19"]) {
    self.comparison = comparison
    peer = comparison.peer
    threads = comparison.threadCounts.last ?? 1
    summaries = comparison.summaries(against: peer).filter { [.convolution, .groupedConvolution].contains($0.family) }
    let convolutions = Set(comparison.cells.filter(\.isConvolution).map(\.suite))
    let found = suites.filter(convolutions.contains)
    let drawn = found.isEmpty ? Array(comparison.suites.filter(convolutions.contains).prefix(2)) : found
    let layers = drawn.enumerated().flatMap { index, suite in
      comparison.importantLayers(of: suite, limit: drawn.count == 1 ? 12 : index == 0 ? 8 : 5)
    }
    chart = BarChart(layers, of: comparison, threads: threads, headings: true)
  }

  var svg: String {
    var parts: [String] = []
    var y = margin + 16
    func line(_ text: String, _ style: String, advance: Double) {
      parts.append(Markup.element("text", ["x": margin, "y": y, "class": style], text: text))
      y += advance
    }
    // Letters of a font are up to about 0.55 of its size wide.
    for text in title.wrapped(to: Int(room / 12)) { line(text, "heading", advance: 24) }
    for text in sentences.wrapped(to: Int(room / 6.6)) { line(text, "", advance: 18) }
    y += 8
    let (table, tableHeight) = ratioTable
    parts.append(group(table, x: margin, y: y))
    y += tableHeight + 26
    if !chart.rows.isEmpty {
      let heading = "Speed of single layers on \(threadText(threads)), in billions of operations a second"
      for text in heading.wrapped(to: Int(room / 7.2)) { line(text, "strong", advance: 18) }
      let (keys, keysHeight) = legend
      parts.append(group(keys, x: margin, y: y - 9))
      y += keysHeight + 8
      parts.append(group(chart.dotElements(width: room), x: margin, y: y))
      y += chart.dotHeight + 28
    }
    let columns = Int(room / 5.6)
    for sentence in (comparison.circumstances + notes).flatMap({ $0.wrapped(to: columns) }) {
      line(sentence, "small", advance: 15)
    }
    let height = y + margin - 10
    let ground = Markup.element("rect", ["width": width, "height": height, "class": "back"])
    let content =
      [
        Markup.element("title", text: title), ReportStyle.sheet(ReportStyle.drawing, dark: ReportStyle.darkDrawing),
        ground,
      ] + parts
    return #"<?xml version="1.0" encoding="UTF-8"?>"# + "\n"
      + Markup.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
          "viewBox": "0 0 \(Int(width)) \(Int(height))",
          "role": "img",
        ], "\n" + content.joined(separator: "\n") + "\n") + "\n"
  }

  private var title: String {
    let found = comparison.contenders(in: comparison.cells.filter(\.isConvolution))
    let others = [Contender.pytorch, .onnxRuntime, .openVINO, .ncnn, .mlx, .blas, .naive].filter(found.contains).map(
      \.title)
    guard let last = others.last else { return "Unfold" }
    return "Unfold beside " + (others.count == 1 ? last : others.dropLast().joined(separator: ", ") + " and \(last)")
  }

  private var sentences: String {
    let batches = Set(comparison.layerCells.filter(\.isConvolution).map(\.batch)).sorted()
    let images = batches.count == 1 ? ", \(imageText(batches[0])) at a time" : ""
    return
      "Unfold is a library for convolutional neural networks in Swift. These are its convolutions on the processor, in "
      + "single precision\(images), running forward and computing the two gradients that training needs. More is better."
  }

  /// Why a bar may be longer than what the processor can do.
  static let winogradNote =
    "A convolution may pass it: operations are counted by the definition of a convolution, and Winograd's minimal filtering needs "
    + "fewer, for 3x3 windows and tiles of 4x4 outputs a quarter of the multiplications."

  private var notes: [String] {
    var notes: [String] = []
    if chart.limit != nil {
      notes.append(
        "The dashed line is the most that the processor's multipliers could do on \(threadText(threads)) (fused "
          + "multiply-adds on registers, measured). \(Self.winogradNote)")
    } else if comparison.isDoubtful {
      notes.append("There is no line at the processor's peak, because what was measured for it is doubtful.")
    }
    if let note = BarScale(chart).note { notes.append(note) }
    if chart.contenders.contains(.naive) {
      notes.append("The naive loops are plain nested loops over the definition, run once with 1 image on 1 thread.")
    }
    return notes
  }

  /// A row for each family and number of threads, a column a pass.
  private var ratioTable: (elements: [String], height: Double) {
    let passes = unique(summaries.map(\.pass))
    let rows = unique(summaries.map { Heading(family: $0.family, threads: $0.threads) })
    guard !rows.isEmpty else { return ([], 0) }
    let (labelWidth, rowHeight, top) = (150.0, 38.0, 76.0)
    let height = top + rowHeight * Double(rows.count) + 4
    let step = (room - labelWidth) / Double(max(passes.count, 3))
    var elements = [
      Markup.element("rect", ["width": room, "height": height, "rx": 6, "class": "box"]),
      Markup.element(
        "text", ["x": 12, "y": 20.0, "class": "strong"],
        text: "How many times as fast as \(peer == .naive ? "the naive loops" : peer.title) is Unfold?"),
    ]
    let explanation =
      "Geometric mean over all shapes of all shape files; above 1, Unfold is faster."
      + (peer == .pytorch ? " PyTorch is given its faster layout, shape by shape." : "")
    for (index, text) in explanation.wrapped(to: Int((room - 24) / 5.6)).enumerated() {
      elements.append(
        Markup.element("text", ["x": 12, "y": 36 + 13 * Double(index), "class": "small"], text: text))
    }
    for (column, pass) in passes.enumerated() {
      elements.append(
        Markup.element("text", ["x": labelWidth + Double(column) * step, "y": top - 6, "class": "small"], text: pass))
    }
    for (index, row) in rows.enumerated() {
      let y = top + rowHeight * Double(index) + 15
      let cells = passes.map { pass in
        summaries.first { $0.pass == pass && row == Heading(family: $0.family, threads: $0.threads) }
      }
      let shapes = cells.compactMap { $0?.entries.count }.max() ?? 0
      let hasFamilies = rows.contains { $0.family != row.family }
      elements.append(
        Markup.element(
          "text", ["x": 12, "y": y], text: hasFamilies ? row.shortFamily : threadText(row.threads)))
      elements.append(
        Markup.element(
          "text", ["x": 12, "y": y + 14, "class": "small"],
          text: (hasFamilies ? "\(threadText(row.threads)), " : "") + counted(shapes, "shape")))
      for (column, summary) in cells.enumerated() {
        guard let summary else { continue }
        let ratio = summary.geometricMean
        let x = labelWidth + Double(column) * step
        elements.append(
          Markup.element(
            "text", ["x": x, "y": y + 1, "class": "ratio \(ratio < 1 ? "worse" : "better")"],
            text: "\(ratio.ratioText) ×"))
        elements.append(
          Markup.element(
            "text", ["x": x, "y": y + 14, "class": "small"], text: "least \(summary.minimum.ratioText)"))
      }
    }
    return (elements, height)
  }

  private struct Heading: Hashable {
    var family: Family
    var threads: Int

    var shortFamily: String { family == .convolution ? "ordinary" : "depthwise, grouped" }
  }

  /// A line a contender.
  private var legend: (elements: [String], height: Double) {
    var elements: [String] = []
    var y = 5.0
    func entry(_ mark: String, _ text: String) {
      elements += [mark, Markup.element("text", ["x": 18, "y": y + 4, "class": "small"], text: text)]
      y += 15
    }
    for contender in chart.contenders {
      let style = "bar \(contender.rawValue)"
      entry(Markup.element("circle", ["cx": 6, "cy": y, "r": 4.5, "class": style]), contender.explanation)
    }
    if chart.limit != nil {
      entry(Markup.element("line", ["x1": 6, "x2": 6, "y1": y - 7, "y2": y + 7, "class": "limit"]), "peak")
    }
    return (elements, y - 5)
  }

  private func group(_ elements: [String], x: Double, y: Double) -> String {
    Markup.element(
      "g", ["transform": "translate(\(x.text(places: 1)),\(y.text(places: 1)))"], elements.joined(separator: "\n"))
  }
}
