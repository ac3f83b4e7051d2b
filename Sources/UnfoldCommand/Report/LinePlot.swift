/// Times against something that was varied: a line a contender.
struct LinePlot: Equatable {
  struct Line: Equatable {
    var contender: Contender
    /// By increasing x.
    var points: [Point]
  }

  struct Point: Equatable {
    var x: Int
    var y: Double
  }

  var title, detail: String
  /// What is along the axes, with units.
  var xTitle, yTitle: String
  var lines: [Line]

  /// Every x of any line.
  var places: [Int] { Set(lines.flatMap(\.points).map(\.x)).sorted() }
  var largest: Double { lines.flatMap(\.points).map(\.y).reduce(0, max) }

  /// The contenders' times of one layer and pass in cells that differ in what `x` gives; nil unless Unfold has
  /// `fewest` of them. The naive loops are left out: beside them the other lines would be flat.
  init?(
    _ cells: [Comparison.Cell], fewest: Int = 2, xTitle: String, yTitle: String, x: (Comparison.Cell) -> Int,
    y: (Double, Comparison.Cell) -> Double
  ) {
    guard let first = cells.first else { return nil }
    title = "\(first.name), \(first.pass)"
    detail = first.shapeText
    (self.xTitle, self.yTitle) = (xTitle, yTitle)
    lines = Contender.allCases.filter { $0 != .naive }.compactMap { contender in
      let points = cells.compactMap { cell in
        cell.seconds(contender).map { Point(x: x(cell), y: y($0, cell)) }
      }
      return points.isEmpty ? nil : Line(contender: contender, points: points.sorted { $0.x < $1.x })
    }
    guard let ours = lines.first(where: { $0.contender == .unfold }), Set(ours.points.map(\.x)).count >= fewest else {
      return nil
    }
  }
}

extension Comparison {
  /// Time for each image against the number of images, on the most threads.
  func batchPlots(limit: Int) -> [LinePlot] {
    let threads = threadCounts.last ?? 1
    return plots(cells.filter { $0.threads == threads }, limit: limit, varied: \.batch) { cells in
      LinePlot(cells, xTitle: "images at a time", yTitle: "milliseconds an image", x: \.batch) { seconds, cell in
        seconds * 1e3 / Double(max(cell.batch, 1))
      }
    }
  }

  /// Time against the number of threads, for the batch of each layer that the tables show: at least three numbers, for
  /// two are in the tables and show no curve.
  func threadPlots(limit: Int) -> [LinePlot] {
    plots(layerCells, limit: limit, varied: \.threads) { cells in
      LinePlot(cells, fewest: 3, xTitle: "threads", yTitle: "milliseconds", x: \.threads) { seconds, _ in seconds * 1e3
      }
    }
  }

  /// The plots of those layers that vary most often, the ones with most operations of several, at most `limit`, in the
  /// order of the file.
  private func plots(
    _ cells: [Cell], limit: Int, varied: (Cell) -> Int, plot: ([Cell]) -> LinePlot?
  ) -> [LinePlot] {
    let layers = Dictionary(grouping: cells, by: \.layer)
    let counts = layers.mapValues { Set($0.map(varied)).count }
    let costs = layers.mapValues { cells in cells.map { $0.operations * Double($0.occurrences) }.max() ?? 0 }
    let chosen = unique(cells.map(\.layer)).filter { counts[$0, default: 0] > 1 }.sorted {
      (counts[$0, default: 0], costs[$0, default: 0]) > (counts[$1, default: 0], costs[$1, default: 0])
    }.prefix(limit)
    return unique(cells.map(\.layer)).filter(chosen.contains).flatMap { layer in
      let cells = layers[layer] ?? []
      return passes(of: cells).compactMap { pass in plot(cells.filter { $0.pass == pass }) }
    }
  }
}
