import Glibc
import Unfold

/// The measured rates of a number of threads, in GFLOP/s.
struct MachineRates: Codable, Equatable {
  var threads: Int
  var matrixProducts: Double
  var fusedMultiplyAdds: Double
}

extension MachineRates {
  /// - Throws: `UnfoldError` where the memory cannot be allocated.
  init(measuredOn context: ExecutionContext) throws(UnfoldError) {
    let measurement = RateMeasurement(context: context)
    self.init(
      threads: context.threads, matrixProducts: try measurement.matrixProducts(),
      fusedMultiplyAdds: measurement.fusedMultiplyAdds())
  }

  /// The rates of each context. They are measured again while they cannot be this machine's; the highest counts,
  /// because other programs can only lower them.
  ///
  /// - Throws: `UnfoldError` where the memory cannot be allocated.
  static func measured(
    on contexts: [ExecutionContext], machine: MachineDescription, watch: MachineWatch
  ) throws -> [MachineRates] {
    var best: [MachineRates] = []
    for attempt in 1...MachineWatch.attempts {
      let (rates, isDisturbed) = try watch.measure(attempts: 1) {
        try contexts.map { try MachineRates(measuredOn: $0) }
      }
      best = best.isEmpty ? rates : zip(best, rates).map { $0.highest($1) }
      let isCredible = doubts(best.map(Comparison.Rate.init), machine: machine).isEmpty
      if isCredible && !isDisturbed || attempt == MachineWatch.attempts { break }
      usleep(300_000)
    }
    return best
  }

  private func highest(_ other: MachineRates) -> MachineRates {
    MachineRates(
      threads: threads, matrixProducts: max(matrixProducts, other.matrixProducts),
      fusedMultiplyAdds: max(fusedMultiplyAdds, other.fusedMultiplyAdds))
  }

  /// The reasons why measured rates cannot be the machine's maximum, a sentence each.
  ///
  /// The rate of threads with a core each is proportional to their number, except that a processor lowers its clock
  /// when all cores work. Matrix products of 1024 x 1024 keep the multipliers busy most of the time.
  static func doubts(_ rates: [Comparison.Rate], machine: MachineDescription?) -> [String] {
    var doubts: [String] = []
    if let one = rates.first(where: { $0.threads == 1 })?.peak, one > 0 {
      for rate in rates where rate.threads > 1 {
        guard let peak = rate.peak else { continue }
        let cores = min(rate.threads, machine?.physicalCores ?? rate.threads, machine?.availableCores ?? rate.threads)
        if peak < leastShare * Double(cores) * one {
          doubts.append(
            "\(threadText(rate.threads)) multiply and add \((peak / one).text(places: 1)) times as much as one thread: "
              + "other programs were running, or threads shared a core")
        }
      }
    }
    // A core of OpenBLAS that does not fit the processor is slow on a quiet machine too.
    guard machine?.warnings.isEmpty ?? true else { return doubts }
    for rate in rates {
      guard let peak = rate.peak, let products = rate.sgemm, products < leastProducts * peak else { continue }
      doubts.append(
        "matrix products on \(threadText(rate.threads)) reach \((products / peak).percentText(places: 0)) of the "
          + "multipliers' rate: other programs were running")
    }
    return doubts
  }

  private static let leastShare = 0.7
  private static let leastProducts = 0.4
}

extension Comparison.Rate {
  init(_ rates: MachineRates) {
    self.init(threads: rates.threads, peak: rates.fusedMultiplyAdds, sgemm: rates.matrixProducts)
  }
}
