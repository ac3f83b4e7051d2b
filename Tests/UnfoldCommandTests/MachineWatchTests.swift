import Testing

@testable import UnfoldCommand

@Suite struct MachineWatchTests {
  /// A machine of two cores whose clock is set by hand.
  private final class Machine {
    var time = ProcessorTime(moment: 100, all: 50, own: 10)
    var runs = 0

    /// This process works on both cores, and others on as many more as are given.
    func work(seconds: Double, others: Double) {
      runs += 1
      time.moment += seconds
      time.own += 2 * seconds
      time.all += (2 + others) * seconds
    }

    /// Works for half a second, beside others as busy as is given for each attempt. Returns the number of attempts.
    func attempt(others: [Double]) -> Int {
      work(seconds: 0.5, others: others[runs])
      return runs
    }

    func watch(patience: Double = 60) -> MachineWatch { MachineWatch(patience: patience, now: { self.time }) }
  }

  @Test func aMachineOfItsOwnIsMeasuredOnce() {
    let machine = Machine()
    let watch = machine.watch()
    let (result, isDisturbed) = watch.measure { () -> Int in
      machine.work(seconds: 0.5, others: 0.1)
      return 7
    }
    #expect(result == 7 && !isDisturbed && machine.runs == 1 && watch.complaint == nil)
  }

  @Test func whatOthersDisturbIsMeasuredAgain() {
    let machine = Machine()
    let (result, isDisturbed) = machine.watch().measure { machine.attempt(others: [0.9, 0.05, 0.9]) }
    #expect(result == 2 && !isDisturbed && machine.runs == 2)
  }

  @Test func theLeastDisturbedAttemptCountsAndItIsSaid() throws {
    let machine = Machine()
    let watch = machine.watch()
    let (result, isDisturbed) = watch.measure { machine.attempt(others: [0.9, 0.4, 0.6]) }
    #expect(result == 2 && isDisturbed && machine.runs == 3)
    let complaint = try #require(watch.complaint)
    // 0.9, 0.4 and 0.6 on average.
    #expect(complaint.contains("0.6 cores busy") && complaint.contains("1 of 1 measurements"), "\(complaint)")
  }

  @Test func patienceEnds() {
    let machine = Machine()
    let watch = machine.watch(patience: 1.2)
    for _ in 0..<4 { _ = watch.measure { machine.work(seconds: 0.5, others: 1) } }
    // Four measurements, and three attempts more, of which the third uses up what is left.
    #expect(machine.runs == 7 && watch.disturbed == 4 && watch.measured == 4)
  }

  @Test func timesThatAreTooShortAndSystemsThatSayNothingAreNotJudged() {
    let machine = Machine()
    let watch = machine.watch()
    #expect(!watch.measure { machine.work(seconds: 0.1, others: 2) }.isDisturbed && machine.runs == 1)
    let silent = MachineWatch(now: { nil })
    #expect(!silent.measure { machine.work(seconds: 1, others: 2) }.isDisturbed && silent.complaint == nil)
  }

  @Test func processorsAreReadAsTheKernelWritesThem() throws {
    let text = """
      cpu  100 0 0 100 0 0 0 0 0 0
      cpu0 1 2 3 400 50 6 7 8 9 10
      cpu1 10 20 30 4000 500 60 70 80 90 100
      cpu10 1 1 1 1 1 1 1 1 1 1
      intr 5 5
      """
    // Neither idle nor waiting for a disk, and guests are counted in user and nice.
    #expect(ProcessorTime.busyTicks(text, cores: [0]) == 27 && ProcessorTime.busyTicks(text, cores: [0, 1]) == 297)
    #expect(ProcessorTime.busyTicks(text, cores: [5]) == nil && ProcessorTime.busyTicks("", cores: [0]) == nil)
    #expect(ProcessorTime.cores("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11] && ProcessorTime.cores("") == [])
    #expect(ProcessorTime.cores("3-1,x,-,9223372036854775807,0-99999999999").isEmpty)
    #expect(!ProcessorTime.allowedCores.isEmpty)
    let (start, own) = (try #require(ProcessorTime.now), 0.3)
    #expect(start.all > 0 && start.own > 0 && own > 0)
  }

  private func doubts(_ rates: [(threads: Int, peak: Double, sgemm: Double)], cores: Int? = nil) -> [String] {
    let machine = cores.map {
      MachineDescription(
        processor: "Test", availableCores: 2 * $0, physicalCores: $0, instructionSets: ["AVX2", "FMA"],
        buildInstructionSets: [], buildLevel: "x86-64-v3", isOptimizedBuild: true,
        openBLAS: .init(version: "", core: "Haswell", configuration: "", threads: 1, environment: [:]))
    }
    return MachineRates.doubts(
      rates.map { .init(threads: $0.threads, peak: $0.peak, sgemm: $0.sgemm) }, machine: machine)
  }

  @Test func ratesThatCannotBeTheMachinesAreDoubted() {
    #expect(doubts([(1, 118, 103), (2, 236, 204)]).isEmpty)
    // A processor that lowers its clock when all cores work.
    #expect(doubts([(1, 118, 103), (2, 180, 150)]).isEmpty)
    // Seen on a busy machine.
    let busy = doubts([(1, 118, 103), (2, 118, 12)])
    #expect(busy.count == 2, "\(busy)")
    #expect(busy.first?.hasPrefix("2 threads multiply and add 1.0 times as much as one thread") == true, "\(busy)")
    #expect(busy.last?.hasPrefix("matrix products on 2 threads reach 10 %") == true, "\(busy)")
    // Eight threads of four cores can do four times as much.
    #expect(doubts([(1, 100, 90), (8, 410, 380)], cores: 4).isEmpty)
    #expect(doubts([(1, 100, 90), (8, 210, 190)], cores: 4).count == 1)
    #expect(doubts([(2, 118, 100)]).isEmpty && doubts([]).isEmpty && doubts([(1, 0, 0), (2, .nan, 1)]).isEmpty)
  }

  @Test func doubtfulPeaksAreNotDrawn() {
    func picture(_ peak: Double) -> String {
      let cells = ["FWD_B", "BWD_D"].map {
        Comparison.Cell(
          suite: "resnet-50", name: "resnet-50:a", direction: $0, threads: 2, operations: 2e9,
          seconds: ["unfold": [0.01], "naive": [1]])
      }
      return ReportPicture(
        Comparison(rates: [.init(threads: 1, peak: 100), .init(threads: 2, peak: peak)], cells: cells)
      ).svg
    }
    let (quiet, busy) = (picture(190), picture(100))
    #expect(quiet.contains("class=\"limit\"") && quiet.contains("Winograd") && !quiet.contains("doubtful"))
    #expect(!busy.contains("class=\"limit\"") && busy.contains("doubtful") && busy.contains("Doubtful: 2 threads"))
  }
}
