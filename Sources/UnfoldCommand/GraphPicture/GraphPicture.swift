/// The drawing of a graph: boxes in layers from top to bottom, and edges as curves between them.
struct GraphPicture {
  let graph: BoxGraph
  let title: String
  private let layout: LayeredLayout
  /// The middle of each part of the layout, from the left end of the drawing.
  private let middles: [Double]
  private let width: Double

  private let boxWidth: Double
  private let boxHeight = 52.0
  /// Between two layers: room for an edge to change its column.
  private let layerGap = 34.0
  private let margin = 24.0
  private let top = 56.0

  init(_ graph: BoxGraph, title: String) {
    self.graph = graph
    self.title = title
    layout = LayeredLayout(boxes: graph.boxes.count, edges: graph.edges)
    // The widths of Helvetica, about: 0.56 of the font's size a letter, a little more in bold.
    boxWidth = graph.boxes.reduce(90) {
      max($0, 6.9 * Double($1.name.count) + 20, 5.6 * Double(max($1.words.count, $1.shape.count)) + 20)
    }
    let positions = layout.positions(width: boxWidth, gap: 30, laneGap: 22)
    let boxes = zip(layout.parts, positions).filter { !$0.0.boxes.isEmpty }.map(\.1)
    let left = min(positions.min() ?? 0, (boxes.min() ?? 0) - boxWidth / 2) - margin
    let right = max(positions.max() ?? 0, (boxes.max() ?? 0) + boxWidth / 2) + margin
    middles = positions.map { $0 - left }
    // The title, in bold of 15 pixels, has to fit as well.
    width = max(right - left, 2 * margin + 8.6 * Double(title.count))
  }

  private var height: Double {
    top + Double((layout.layers.max() ?? 0) + 1) * (boxHeight + layerGap) - layerGap + margin
  }

  private func y(_ layer: Int) -> Double { top + Double(layer) * (boxHeight + layerGap) }

  var svg: String {
    let size: KeyValuePairs<String, any CustomStringConvertible> = [
      "xmlns": "http://www.w3.org/2000/svg", "width": Int(width.rounded(.up)), "height": Int(height.rounded(.up)),
      "viewBox": "0 0 \(Int(width.rounded(.up))) \(Int(height.rounded(.up)))", "role": "img",
    ]
    let parts =
      [
        Markup.element("title", text: title),
        ReportStyle.sheet(ReportStyle.drawing + Self.style, dark: ReportStyle.darkDrawing + Self.darkStyle),
        Markup.element("rect", ["width": "100%", "height": "100%", "class": "back"]),
        Markup.element("text", ["x": margin, "y": 28.0, "class": "strong", "font-size": 15], text: title),
      ] + curves + boxes
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + Markup.element("svg", size, "\n" + parts.joined(separator: "\n") + "\n") + "\n"
  }

  private static let style = """
    .name{font-size:11.5px;font-weight:bold}.words,.shape{font-size:10.5px}.shape{fill:#59636e}\
    .edge{fill:none;stroke:#6e7781;stroke-width:1.3}.head{fill:#6e7781}.convolution{fill:#ddf4ff;stroke:#54aeff}\
    .dense{fill:#fbefff;stroke:#c297ff}.size{fill:#dafbe1;stroke:#4ac26b}.joint{fill:#fff1e5;stroke:#fb8f44}\
    .plain{fill:#f6f8fa;stroke:#afb8c1}
    """
  private static let darkStyle = """
    .shape{fill:#9198a1}.edge{stroke:#9198a1}.head{fill:#9198a1}.convolution{fill:#0c2d4a;stroke:#388bfd}\
    .dense{fill:#2b1a45;stroke:#8957e5}.size{fill:#0f2d1a;stroke:#2ea043}.joint{fill:#3d1f0b;stroke:#bd561d}\
    .plain{fill:#151b23;stroke:#3d444d}
    """

  private var boxes: [String] {
    let partOf = layout.partOfBox
    return graph.boxes.enumerated().flatMap { index, box in
      let (middle, y) = (middles[partOf[index]], y(layout.layers[index]))
      func line(_ text: String, _ style: String, _ below: Double) -> String {
        Markup.element("text", ["x": middle, "y": y + below, "class": style, "text-anchor": "middle"], text: text)
      }
      return [
        Markup.element(
          "rect",
          [
            "x": middle - boxWidth / 2, "y": y, "width": boxWidth, "height": boxHeight, "rx": 5,
            "class": box.style.rawValue,
          ]), line(box.name, "name", 16), line(box.words, "words", 31),
        line(box.shape, "shape", box.words.isEmpty ? 34 : 45),
      ]
    }
  }

  private var curves: [String] {
    let (partOf, laneOf) = (layout.partOfBox, layout.laneOfEdge)
    let middleOf = { (box: Int) in self.middles[partOf[box]] }
    // The x of the other end of an edge: the middle of its lane or of the box there.
    let beside = { (edge: Int, box: Int) in laneOf[edge].map { self.middles[$0] } ?? middleOf(box) }
    var leaving = [Double](repeating: 0, count: graph.edges.count)
    var arriving = leaving
    for box in graph.boxes.indices {
      let out = graph.edges.indices.filter { graph.edges[$0].source == box }
      for (edge, x) in ports(out, middleOf(box), toward: { beside($0, graph.edges[$0].target) }) { leaving[edge] = x }
      let into = graph.edges.indices.filter { graph.edges[$0].target == box }
      for (edge, x) in ports(into, middleOf(box), toward: { beside($0, graph.edges[$0].source) }) { arriving[edge] = x }
    }
    return graph.edges.enumerated().flatMap { index, edge in
      let (from, to) = (layout.layers[edge.source], layout.layers[edge.target])
      let (start, end) = (y(from) + boxHeight, y(to) - 7)
      var path = "M\(leaving[index].text(places: 1)) \(start.text(places: 1))"
      if let lane = laneOf[index].map({ middles[$0] }) {
        path += bend(leaving[index], start, lane, y(from + 1) - 4)
        path += "V\((y(to - 1) + boxHeight + 4).text(places: 1))"
        path += bend(lane, y(to - 1) + boxHeight + 4, arriving[index], end)
      } else {
        path += bend(leaving[index], start, arriving[index], end)
      }
      return [Markup.element("path", ["d": path, "class": "edge"]), head(arriving[index], end)]
    }
  }

  /// Places along a box's side for the edges that end there: straight edges in its middle, the others on the side that
  /// they are on, those that turn furthest outside.
  private func ports(_ edges: [Int], _ middle: Double, toward: (Int) -> Double) -> [(Int, Double)] {
    let left = edges.filter { toward($0) < middle - 0.5 }.sorted { toward($0) > toward($1) }
    let right = edges.filter { toward($0) > middle + 0.5 }.sorted { toward($0) < toward($1) }
    let step = min(18, boxWidth / 2 / Double(max(left.count, right.count) + 1))
    return edges.map { ($0, middle) }.filter { abs(toward($0.0) - middle) <= 0.5 }
      + left.enumerated().map { ($0.element, middle - Double($0.offset + 1) * step) }
      + right.enumerated().map { ($0.element, middle + Double($0.offset + 1) * step) }
  }

  private func bend(_ x: Double, _ y: Double, _ toX: Double, _ toY: Double) -> String {
    if abs(x - toX) < 0.05 { return "V\(toY.text(places: 1))" }
    let half = (y + toY) / 2
    return "C" + [x, half, toX, half, toX, toY].map { $0.text(places: 1) }.joined(separator: " ")
  }

  private func head(_ x: Double, _ y: Double) -> String {
    let points = [(x - 3.5, y), (x + 3.5, y), (x, y + 7)]
    return Markup.element(
      "polygon",
      ["points": points.map { "\($0.text(places: 1)),\($1.text(places: 1))" }.joined(separator: " "), "class": "head"])
  }
}

extension BoxGraph.Box {
  /// The labels of its layers, in one line.
  var words: String { labels.joined(separator: " · ") }
}
