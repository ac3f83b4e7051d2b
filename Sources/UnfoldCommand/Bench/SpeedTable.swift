/// The tables that `unfold bench` prints, for a screen of a given width: on a narrow one, the columns that follow from
/// the others or matter least are left out.
struct SpeedTable {
  private let table: TextTable
  private let matrixProducts: Double
  private let marksChoice: Bool

  /// - Parameter matrixProducts: The rate of sgemm, with which rates of arithmetic are compared.
  init(_ list: BenchList, matrixProducts: Double, width: Int) {
    self.matrixProducts = matrixProducts
    marksChoice = list.comparesAlgorithms
    let isArithmetic = list.isArithmetic
    table = TextTable(
      [
        TextTable.Column("shape", .left, width: list.labelWidth, isCut: true),
        TextTable.Column("batch", leftOut: 3), TextTable.Column("direction", .left),
        TextTable.Column("algorithm", .left, width: marksChoice ? 11 : 9),
        TextTable.Column(isArithmetic ? "GFLOP" : "MB", width: 7, leftOut: 6), TextTable.Column("runs", leftOut: 5),
        TextTable.Column("min ms", width: 8), TextTable.Column("median ms", leftOut: 2),
        TextTable.Column("10 % ms", width: 8, leftOut: 8), TextTable.Column("90 % ms", width: 8, leftOut: 7),
        TextTable.Column(isArithmetic ? "GFLOP/s" : "GB/s", width: 7), TextTable.Column("median", leftOut: 4),
      ] + (isArithmetic ? [TextTable.Column("of sgemm", leftOut: 1)] : [])
    ).fitted(to: width)
  }

  var header: [String] { table.header }

  func line(_ sample: SpeedSample) -> String {
    let isArithmetic = sample.operations > 0
    return table.line([
      sample.name, "\(sample.batch)", sample.direction.rawValue,
      sample.algorithm + (marksChoice && sample.wantedAlgorithm == "automatic" ? " *" : ""),
      isArithmetic ? (sample.operations / 1e9).text(places: 3) : (Double(sample.bytes) / 1e6).text(places: 2),
      "\(sample.seconds.count)", (sample.minimum * 1000).text(places: 3), (sample.median * 1000).text(places: 3),
      (sample.percentile(10) * 1000).text(places: 3), (sample.percentile(90) * 1000).text(places: 3),
      sample.bestRate.text(places: 1), sample.medianRate.text(places: 1),
      isArithmetic ? (sample.bestRate / matrixProducts).percentText(places: 0) : "",
    ])
  }

  /// The lines below the table.
  var footnotes: [String] { marksChoice ? ["* what automatic chose"] : [] }

  /// The regret of choosing an algorithm by the shapes, against the fastest that was measured, one row a direction;
  /// empty unless the choice and two others were measured.
  static func lines(of regrets: [AlgorithmRegret], width: Int) -> [String] {
    guard !regrets.isEmpty else { return [] }
    var table = TextTable([
      TextTable.Column("direction", .left), TextTable.Column("shapes"), TextTable.Column("automatic loses"),
      TextTable.Column("worst"), TextTable.Column("where", .left, isCut: true),
    ])
    for regret in regrets {
      table.append([
        regret.direction.rawValue, "\(regret.shapes)", (regret.mean - 1).percentText(),
        (regret.worst - 1).percentText(),
        regret.worstCase,
      ])
    }
    return table.fitted(to: width).lines
  }

  /// One row a direction and algorithm: times of different algorithms are not added.
  static func lines(of summaries: [SpeedSummary], unit: String, width: Int) -> [String] {
    let isCompared = Set(summaries.map(\.wantedAlgorithm)).count > 1
    var table = TextTable(
      [TextTable.Column("direction", .left)] + (isCompared ? [TextTable.Column("algorithm", .left)] : [])
        + ["shapes", "geometric mean \(unit)", "median", "all layers ms"].map { TextTable.Column($0) })
    for summary in summaries {
      table.append(
        [summary.direction.rawValue] + (isCompared ? [summary.wantedAlgorithm] : []) + [
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
