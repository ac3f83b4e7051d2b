/// What `unfold bench` prints.
struct SpeedTable {
  private let table: TextTable
  private let matrixProducts: Double

  init(labelWidth: Int, matrixProducts: Double) {
    self.matrixProducts = matrixProducts
    table = TextTable([
      TextTable.Column("shape", .left, width: labelWidth), TextTable.Column("batch"),
      TextTable.Column("direction", .left), TextTable.Column("algorithm", .left, width: 9),
      TextTable.Column("GFLOP", width: 8), TextTable.Column("runs"),
      TextTable.Column("min ms", width: 9), TextTable.Column("median ms", width: 9),
      TextTable.Column("GFLOP/s best"), TextTable.Column("median"), TextTable.Column("of sgemm"),
    ])
  }

  var header: [String] { table.header }

  func line(_ sample: SpeedSample) -> String {
    table.line([
      sample.name, "\(sample.batch)", sample.direction.rawValue, sample.algorithm,
      (sample.operations / 1e9).text(places: 3),
      "\(sample.seconds.count)", (sample.minimum * 1000).text(places: 3), (sample.median * 1000).text(places: 3),
      sample.bestRate.text(places: 1), sample.medianRate.text(places: 1),
      (sample.bestRate / matrixProducts).percentText(places: 0),
    ])
  }

  /// What the choice of an algorithm by the shapes loses against the fastest of those that were measured, one row a
  /// direction; empty unless the choice and two others were measured.
  static func text(of regrets: [AlgorithmRegret]) -> String {
    guard !regrets.isEmpty else { return "" }
    var table = TextTable([
      TextTable.Column("direction", .left), TextTable.Column("shapes"), TextTable.Column("automatic's mean loss"),
      TextTable.Column("worst"), TextTable.Column("where", .left),
    ])
    for regret in regrets {
      table.append([
        regret.direction.rawValue, "\(regret.shapes)", (regret.mean - 1).percentText(),
        (regret.worst - 1).percentText(),
        regret.worstCase,
      ])
    }
    return table.text
  }

  /// One row a direction.
  static func text(of summaries: [SpeedSummary]) -> String {
    var table = TextTable([
      TextTable.Column("direction", .left), TextTable.Column("geometric mean GFLOP/s best"),
      TextTable.Column("median"), TextTable.Column("all layers ms"),
    ])
    for summary in summaries {
      table.append([
        summary.direction.rawValue, summary.bestGeometricMean.text(places: 1),
        summary.medianGeometricMean.text(places: 1), summary.networkMilliseconds.text(places: 2),
      ])
    }
    return table.text
  }

  /// The memory of each direction.
  static func memoryText(of samples: [SpeedSample]) -> String {
    var table = TextTable(
      [TextTable.Column("shape", .left), TextTable.Column("direction", .left)]
        + ["peak resident", "before", "tensors", "beside tensors"].map { TextTable.Column($0) })
    for sample in samples {
      guard let memory = sample.memory else { continue }
      table.append(
        [sample.name, sample.direction.rawValue]
          + [memory.peak, memory.before, memory.tensors, memory.beside].map(\.mebibyteText))
    }
    return table.text
  }
}
