import Testing
import Unfold

@testable import UnfoldNN

/// What evaluations count.
@Suite struct TallyTests {
  /// Seven classes; the label's place among the scores by hand. Of equal scores the first is the larger.
  @Test(arguments: [
    ([7, 6, 5, 4, 3, 2, 1], 4, true), ([7, 6, 5, 4, 3, 2, 1], 5, false), ([1, 1, 1, 1, 1, 1, 1], 4, true),
    ([1, 1, 1, 1, 1, 1, 1], 5, false), ([0, 9, 9, 9, 9, 9, 0], 0, false), ([0, 9, 9, 9, 9, -1, -1], 0, true),
    ([-1, -2, -3, -4, -5, -6, -7], 6, false),
  ])
  func aClassIsAmongTheFiveLargestScores(scores: [Float], label: Int, isAmongFive: Bool) throws {
    var tally = Tally(classes: 7, confusion: try ConfusionMatrix(classes: 7))
    tally.count(try Tensor(scores, shape: [1, 7]), labels: [label])
    #expect(tally.labels == 1 && tally.amongFive == (isAmongFive ? 1 : 0))
  }

  @Test func labelsToIgnoreAreNotCounted() throws {
    var tally = Tally(classes: 7, confusion: try ConfusionMatrix(classes: 7))
    tally.count(try Tensor<Float>(zeros: [3, 7]), labels: [0, 6, 2], ignoring: 6)
    #expect(tally.labels == 2 && tally.amongFive == 2 && tally.correct == 1)
  }
}
