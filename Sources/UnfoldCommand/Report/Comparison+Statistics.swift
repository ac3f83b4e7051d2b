extension Comparison.Cell {
  /// The seconds of each round, of the fastest implementation of a contender, as if all had done the cell's operations;
  /// nil for a round that it does not have.
  func rounds(_ contender: Contender) -> [Double?] {
    var best: [Double?] = []
    for implementation in contender.implementations {
      let scale = operationsOf?[implementation].map { operations / $0 } ?? 1
      for (round, seconds) in (seconds[implementation] ?? []).enumerated() {
        if round == best.count { best.append(nil) }
        let scaled = seconds * scale
        guard scaled.isFinite, scaled > 0 else { continue }
        best[round] = min(best[round] ?? .infinity, scaled)
      }
    }
    return best
  }

  /// The median of the rounds; nil without any.
  func seconds(_ contender: Contender) -> Double? { rounds(contender).compactMap { $0 }.median }

  /// GFLOP/s by the median of the rounds; nil without any, or where operations are no measure of the work.
  func rate(_ contender: Contender) -> Double? {
    guard operations > 0, let seconds = seconds(contender) else { return nil }
    return operations / seconds / 1e9
  }

  /// The images a second of a network, by the median of the rounds; nil without any, and for a single operator.
  func imageRate(_ contender: Contender) -> Double? {
    family.isNetwork ? seconds(contender).map { Double(batch) / $0 } : nil
  }

  /// How many times as fast as `peer` Unfold is: the median, over the rounds that both have, of the peer's seconds by
  /// Unfold's. The two times of a round were measured one after another, so that the machine's drift cancels. nil
  /// without such a round.
  func ratio(to peer: Contender) -> Double? {
    zip(rounds(peer), rounds(.unfold)).compactMap { theirs, ours -> Double? in
      guard let theirs, let ours else { return nil }
      return theirs / ours
    }.median
  }

  /// The fastest of the rivals, by the ratio to it, and this ratio.
  var fastestRival: (contender: Contender, ratio: Double)? {
    var fastest: (contender: Contender, ratio: Double)?
    for rival in Contender.rivals {
      guard let ratio = ratio(to: rival), ratio < fastest?.ratio ?? .infinity else { continue }
      fastest = (rival, ratio)
    }
    return fastest
  }
}

/// The ratios of some cells taken together.
struct RatioSummary: Equatable {
  struct Entry: Equatable {
    var cell: Comparison.Cell
    /// Unfold's speed by the peer's.
    var ratio: Double
  }

  /// What the cells have in common.
  var family: Family
  var pass: String
  var threads: Int
  /// Those that both implementations have, the worst first.
  let entries: [Entry]

  /// nil where no cell has both implementations.
  init?(_ cells: [Comparison.Cell], against peer: Contender, family: Family, pass: String, threads: Int) {
    let entries = cells.compactMap { cell in cell.ratio(to: peer).map { Entry(cell: cell, ratio: $0) } }
    guard !entries.isEmpty else { return nil }
    self.entries = entries.sorted { $0.ratio < $1.ratio }
    (self.family, self.pass, self.threads) = (family, pass, threads)
  }

  var geometricMean: Double { SpeedSummary.geometricMean(entries.map(\.ratio)) }
  var minimum: Double { entries.first?.ratio ?? .nan }
  var worstThree: ArraySlice<Entry> { entries.prefix(3) }
  /// The number of cells in which Unfold is slower than the peer.
  var losses: Int { entries.count { $0.ratio < 1 } }
}
