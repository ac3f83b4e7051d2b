import Testing
import Unfold
import UnfoldNN

@Suite struct ScheduleTests {
  private func expect(_ schedule: Schedule, at steps: [Int], equals rates: [Double]) {
    for (step, rate) in zip(steps, rates) {
      #expect(abs(schedule.rate(at: step) - rate) <= 1e-15, "\(schedule), step \(step)")
    }
  }

  @Test func constantAfterWarmUp() throws {
    expect(try Schedule(rate: 0.5), at: [-1, 0, 1, 1_000_000], equals: [0.5, 0.5, 0.5, 0.5])
    expect(
      try Schedule(rate: 0.8, warmUp: 4), at: [0, 1, 2, 3, 4, 100], equals: [0.2, 0.4, 0.6, 0.8, 0.8, 0.8])
  }

  @Test func theUsualWarmUpIsATenthAndHundredAtMost() {
    for (steps, warmUp) in [(-5, 0), (0, 0), (9, 0), (10, 1), (125, 12), (1000, 100), (Int.max, 100)] {
      #expect(Schedule.usualWarmUp(steps: steps) == warmUp, "\(steps) steps")
    }
  }

  @Test func stepsDown() throws {
    let schedule = try Schedule(rate: 1, decay: .step(every: 3, factor: 0.5))
    expect(schedule, at: [0, 2, 3, 5, 6, 9], equals: [1, 1, 0.5, 0.5, 0.25, 0.125])
    let warmed = try Schedule(rate: 1, warmUp: 2, decay: .step(every: 3, factor: 0.1))
    expect(warmed, at: [0, 1, 2, 4, 5, 8], equals: [0.5, 1, 1, 1, 0.1, 0.01])
  }

  @Test func cosineFalls() throws {
    // A quarter of the way down the wave: (1 + cos 45°) / 2.
    let schedule = try Schedule(rate: 1, decay: .cosine(total: 8))
    expect(
      schedule, at: [0, 2, 4, 6, 8, 100], equals: [1, 0.8535533905932737, 0.5, 0.1464466094067263, 0, 0])
    let warmed = try Schedule(rate: 0.5, warmUp: 2, decay: .cosine(total: 6, final: 0.1))
    expect(
      warmed, at: [0, 1, 2, 4, 5, 6], equals: [0.25, 0.5, 0.5, 0.3, 0.1 + 0.4 * 0.1464466094067263, 0.1])
  }

  @Test func constantsOutOfRangeAreRefused() {
    #expect(throws: UnfoldError.self) { try Schedule(rate: -1) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: .nan) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: 1, warmUp: -1) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: 1, decay: .step(every: 0, factor: 0.1)) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: 1, decay: .step(every: 1, factor: .infinity)) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: 1, warmUp: 5, decay: .cosine(total: 5)) }
    #expect(throws: UnfoldError.self) { try Schedule(rate: 1, decay: .cosine(total: 5, final: -0.1)) }
  }
}
