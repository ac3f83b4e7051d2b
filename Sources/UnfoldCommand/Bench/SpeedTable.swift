import Unfold

/// The tables that `unfold bench` prints, for a screen of a given width: on a narrow one, the columns that follow from
/// the others or matter least are left out.
struct SpeedTable {
  private let table: TextTable
  /// The rates of sgemm, with which rates of arithmetic are compared, by the number of threads.
  private let matrixProducts: [Int: Double]
  private let marksChoice: Bool
  /// Whether a line is of several numbers of threads.
  private let isScaling: Bool

  /// - Parameters:
  ///   - rates: The machine's, none where memory bounds the shapes.
  ///   - threads: The numbers of threads that each pass is measured on.
  init(_ list: BenchList, rates: [MachineRates], threads: [Int], width: Int) {
    matrixProducts = Dictionary(rates.map { ($0.threads, $0.matrixProducts) }) { first, _ in first }
    marksChoice = list.comparesAlgorithms
    isScaling = threads.count > 1
    let shape = TextTable.Column("shape", .left, width: list.labelWidth, isCut: true)
    let columns =
      threads.count > 1
      ? Self.scalingColumns(list, threads, marksChoice: marksChoice)
      : Self.columns(isArithmetic: list.isArithmetic, marksChoice: marksChoice)
    table = TextTable([shape] + columns).fitted(to: width)
  }

  private static func columns(isArithmetic: Bool, marksChoice: Bool) -> [TextTable.Column] {
    [
      TextTable.Column("batch", leftOut: 3), TextTable.Column("direction", .left),
      TextTable.Column("algorithm", .left, width: marksChoice ? 11 : 9),
      TextTable.Column(isArithmetic ? "GFLOP" : "MB", width: 7, leftOut: 6), TextTable.Column("runs", leftOut: 5),
      TextTable.Column("min ms", width: 8), TextTable.Column("median ms", leftOut: 2),
      TextTable.Column("10 % ms", width: 8, leftOut: 8), TextTable.Column("90 % ms", width: 8, leftOut: 7),
      TextTable.Column(isArithmetic ? "GFLOP/s" : "GB/s", width: 7), TextTable.Column("median", leftOut: 4),
    ] + (isArithmetic ? [TextTable.Column("of sgemm", leftOut: 1)] : [])
  }

  /// A group of columns for each number of threads (t).
  private static func scalingColumns(_ list: BenchList, _ threads: [Int], marksChoice: Bool) -> [TextTable.Column] {
    let unit = list.isArithmetic ? "GFLOP/s" : "GB/s"
    var columns = [
      TextTable.Column("batch", leftOut: 3), TextTable.Column("direction", .left),
      TextTable.Column("algorithm", .left, width: marksChoice ? 11 : 9, leftOut: marksChoice ? 0 : 1),
    ]
    for (index, count) in threads.enumerated() {
      columns.append(TextTable.Column("ms \(count)t", width: 8, leftOut: 2))
      columns.append(TextTable.Column("\(unit) \(count)t", width: 7))
      if index > 0 { columns.append(TextTable.Column("times", width: 5)) }
    }
    return columns
  }

  var header: [String] { table.header }

  /// The rates of matrix products, in words; nil where there are none.
  static func yardstick(_ rates: [MachineRates]) -> String? {
    guard let first = rates.first else { return nil }
    let name = "sgemm 1024 x 1024: "
    if rates.count == 1 { return name + "\(first.matrixProducts.text(places: 1)) GFLOP/s" }
    let texts = rates.map { "\($0.matrixProducts.text(places: 1)) GFLOP/s on \(threadText($0.threads))" }
    return name + texts.joined(separator: ", ")
  }

  /// One pass of one shape: a sample for each number of threads.
  func line(_ samples: [SpeedSample]) -> String {
    guard let first = samples.first else { return "" }
    let algorithm = first.algorithm + (marksChoice && first.wantedAlgorithm == "automatic" ? " *" : "")
    let start = [first.name, "\(first.batch)", first.direction.rawValue, algorithm]
    guard isScaling else { return table.line(start + cells(first)) }
    var cells = start
    for (index, sample) in samples.enumerated() {
      cells += [(sample.minimum * 1000).text(places: 3), sample.bestRate.text(places: 1)]
      if index > 0 { cells.append((first.minimum / sample.minimum).text(places: 2)) }
    }
    return table.line(cells)
  }

  private func cells(_ sample: SpeedSample) -> [String] {
    let isArithmetic = sample.operations > 0
    let products = matrixProducts[sample.threads] ?? .nan
    return [
      isArithmetic ? (sample.operations / 1e9).text(places: 3) : (Double(sample.bytes) / 1e6).text(places: 2),
      "\(sample.seconds.count)", (sample.minimum * 1000).text(places: 3), (sample.median * 1000).text(places: 3),
      (sample.percentile(10) * 1000).text(places: 3), (sample.percentile(90) * 1000).text(places: 3),
      sample.bestRate.text(places: 1), sample.medianRate.text(places: 1),
      isArithmetic ? (sample.bestRate / products).percentText(places: 0) : "",
    ]
  }

  /// The lines below the table.
  var footnotes: [String] { marksChoice ? ["* what automatic chose"] : [] }

  /// The regret of choosing an algorithm by the shapes, against the fastest that was measured, one row a direction;
  /// empty unless the choice and two others were measured.
  static func lines(of regrets: [AlgorithmRegret], width: Int) -> [String] {
    guard !regrets.isEmpty else { return [] }
    let hasThreads = Set(regrets.map(\.threads)).count > 1
    var table = TextTable(
      [TextTable.Column("direction", .left)] + (hasThreads ? [TextTable.Column("threads")] : [])
        + ["shapes", "automatic loses", "worst"].map { TextTable.Column($0) }
        + [TextTable.Column("where", .left, isCut: true)])
    for regret in regrets {
      table.append(
        [regret.direction.rawValue] + (hasThreads ? ["\(regret.threads)"] : []) + [
          "\(regret.shapes)", (regret.mean - 1).percentText(), (regret.worst - 1).percentText(), regret.worstCase,
        ])
    }
    return table.fitted(to: width).lines
  }

  /// One row a direction, algorithm and number of threads: times of different algorithms are not added.
  static func lines(of summaries: [SpeedSummary], unit: String, width: Int) -> [String] {
    let isCompared = Set(summaries.map(\.wantedAlgorithm)).count > 1
    let hasThreads = Set(summaries.map(\.threads)).count > 1
    var table = TextTable(
      [TextTable.Column("direction", .left)] + (isCompared ? [TextTable.Column("algorithm", .left)] : [])
        + (hasThreads ? [TextTable.Column("threads")] : [])
        + ["shapes", "geometric mean \(unit)", "median", "all layers ms"].map { TextTable.Column($0) })
    for summary in summaries {
      table.append(
        [summary.direction.rawValue] + (isCompared ? [summary.wantedAlgorithm] : [])
          + (hasThreads ? ["\(summary.threads)"] : []) + [
            "\(summary.shapes)", summary.bestGeometricMean.text(places: 1), summary.medianGeometricMean.text(places: 1),
            summary.networkMilliseconds.text(places: 2),
          ])
    }
    return table.fitted(to: width).lines
  }

  /// The memory of each direction.
  static func memoryLines(of samples: [SpeedSample], width: Int) -> [String] {
    var table = TextTable(
      [TextTable.Column("shape", .left, isCut: true), TextTable.Column("direction", .left)]
        + ["peak", "before", "tensors", "beside them"].map { TextTable.Column($0) })
    for sample in samples {
      guard let memory = sample.memory else { continue }
      table.append(
        [sample.name, sample.direction.rawValue]
          + [memory.peak, memory.before, memory.tensors, memory.beside].map(\.mebibyteText))
    }
    return table.fitted(to: width).lines
  }
}
