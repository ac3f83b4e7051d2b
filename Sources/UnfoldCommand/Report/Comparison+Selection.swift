extension Comparison {
  /// Each suite once, in the order of the file.
  var suites: [String] { unique(cells.map(\.suite)) }

  /// The numbers of threads that at least half as many cells have as any: 1 and all, without the steps between them
  /// that only a few layers were measured with.
  var threadCounts: [Int] {
    let counts = Dictionary(cells.map { ($0.threads, 1) }, uniquingKeysWith: +)
    let most = counts.values.max() ?? 0
    return counts.filter { 2 * $0.value >= most }.keys.sorted()
  }

  /// One batch a layer, so that each weighs as much as any other: that which most cells of its suite have, 8 of several
  /// such; where a layer lacks it, its own smallest.
  var layerCells: [Cell] {
    var usual: [String: Int] = [:]
    for suite in suites {
      let counts = Dictionary(cells.filter { $0.suite == suite }.map { ($0.batch, 1) }, uniquingKeysWith: +)
      let most = counts.values.max()
      let batches = counts.filter { $0.value == most }.keys
      usual[suite] = batches.contains(8) ? 8 : batches.max()
    }
    let batches = Dictionary(grouping: cells, by: \.layer).mapValues { Set($0.map(\.batch)) }
    return cells.filter { cell in
      guard let own = batches[cell.layer], let usual = usual[cell.suite] else { return true }
      return cell.batch == (own.contains(usual) ? usual : own.min())
    }
  }

  /// The contenders of some cells.
  func contenders(in cells: [Cell]) -> [Contender] {
    Contender.allCases.filter { contender in cells.contains { $0.seconds(contender) != nil } }
  }

  /// The peer that Unfold is compared with: PyTorch, or the naive loops if there is nothing else.
  var peer: Contender { cells.contains { $0.ratio(to: .pytorch) != nil } ? .pytorch : .naive }

  /// A summary for each family, pass and main number of threads, one batch a layer.
  func summaries(against peer: Contender) -> [RatioSummary] {
    let cells = layerCells
    return unique(cells.map(\.family)).sorted(by: familyOrder).flatMap { family in
      let members = cells.filter { $0.family == family }
      return passes(of: members).flatMap { pass in
        threadCounts.compactMap { threads in
          RatioSummary(
            members.filter { $0.pass == pass && $0.threads == threads }, against: peer, family: family, pass: pass,
            threads: threads)
        }
      }
    }
  }

  /// Convolutions first, whole networks and what is tiny last.
  private func familyOrder(_ a: Family, _ b: Family) -> Bool {
    func place(_ family: Family) -> Int {
      switch family {
      case .convolution: 0
      case .groupedConvolution: 1
      case .training, .inference: 3
      case .tinyConvolution: 4
      default: 2
      }
    }
    return (place(a), a.title) < (place(b), b.title)
  }

  /// Each pass once, in the order in which a network runs them.
  func passes(of cells: [Cell]) -> [String] {
    unique(cells.map(\.pass)).sorted { (Cell.order(ofPass: $0), $0) < (Cell.order(ofPass: $1), $1) }
  }

  /// The cells where Unfold is slower than the peer, the worst first: of every batch and number of threads.
  func losses(to peer: Contender) -> [RatioSummary.Entry] {
    cells.compactMap { cell in cell.ratio(to: peer).map { RatioSummary.Entry(cell: cell, ratio: $0) } }
      .filter { $0.ratio < 1 }.sorted { $0.ratio < $1.ratio }
  }

  /// The machine's peak, in GFLOP/s; nil where it was not measured or the measured rate cannot be it.
  func peak(threads: Int) -> Double? {
    isDoubtful ? nil : rates.first { $0.threads == threads }?.peak
  }

  /// Whether the machine's rates show that other programs were running when they were measured.
  var isDoubtful: Bool { !MachineRates.doubts(rates, machine: machine).isEmpty }

  /// The layers of a network that take most of its time: the first, which is special because of its few channels, and
  /// those with most operations, in the order of the file.
  func importantLayers(of suite: String, limit: Int) -> [MeasuredLayer] {
    let cells = layerCells.filter { $0.suite == suite && $0.isConvolution }
    let layers = unique(cells.map(\.layer))
    guard let first = layers.first, limit > 0 else { return [] }
    let costs = Dictionary(
      cells.map { ($0.layer, $0.operations * Double($0.occurrences)) }, uniquingKeysWith: max)
    let costly = layers.dropFirst().sorted { costs[$0, default: 0] > costs[$1, default: 0] }.prefix(limit - 1)
    return layers.filter { $0 == first || costly.contains($0) }
  }
}

/// The layer of a cell, without batch, pass and threads.
struct MeasuredLayer: Hashable {
  var suite: String
  var name: String
  var operation: String
}

extension Comparison.Cell {
  var layer: MeasuredLayer { MeasuredLayer(suite: suite, name: name, operation: operation) }
}

/// Each element once, at its first place.
func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
  var seen: Set<Element> = []
  return elements.filter { seen.insert($0).inserted }
}
