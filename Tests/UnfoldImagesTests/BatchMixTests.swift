import Testing

@testable import UnfoldImages

struct BatchMixTests {
  let size = ImageSize(height: 6, width: 5)

  /// Sample n has the value n everywhere, in two channels, and the label n.
  private func batch(_ count: Int) -> (samples: [Float], labels: [Float]) {
    (
      (0..<count).flatMap { [Float](repeating: Float($0), count: 60) },
      (0..<count).flatMap { row in (0..<count).map { $0 == row ? 1 : 0 } }
    )
  }

  @Test("mixup adds the neighbour with the rest of the share")
  func mixUp() throws {
    var shares: [Float] = []
    for index in 0..<50 {
      var (samples, labels) = batch(4)
      try BatchMix.mixUp(alpha: 0.2).apply(
        samples: &samples, labels: &labels, count: 4, size: size, seed: 3, epoch: 1, batch: index)
      let share = labels[0]
      shares.append(share)
      for row in 0..<4 {
        let neighbour = (row + 3) % 4
        let value = share * Float(row) + (1 - share) * Float(neighbour)
        #expect(samples[row * 60..<(row + 1) * 60].allSatisfy { abs($0 - value) < 1e-5 })
        #expect(labels[row * 4 + row] == share)
        #expect(abs(labels[row * 4 + neighbour] - (1 - share)) < 1e-6)
      }
    }
    // Beta(0.2, 0.2) is near 0 or 1 most of the time.
    #expect(shares.count { $0 < 0.1 || $0 > 0.9 } > 25, "\(shares)")
    #expect(shares.contains { $0 < 0.3 } && shares.contains { $0 > 0.7 })
  }

  @Test("CutMix replaces a rectangle, and the labels by its area")
  func cutMix() throws {
    var replaced = 0
    for index in 0..<50 {
      var (samples, labels) = batch(3)
      try BatchMix.cutMix(alpha: 1).apply(
        samples: &samples, labels: &labels, count: 3, size: size, seed: 3, epoch: 1, batch: index)
      for row in 0..<3 {
        let neighbour = (row + 2) % 3
        let part = samples[row * 60..<(row + 1) * 60]
        let count = part.count { $0 == Float(neighbour) }
        #expect(part.allSatisfy { $0 == Float(row) || $0 == Float(neighbour) })
        #expect(abs(labels[row * 3 + neighbour] - Float(count) / 60) < 1e-5)
        #expect(abs(labels[row * 3 + row] - (1 - Float(count) / 60)) < 1e-5)
        replaced += count
      }
    }
    #expect(replaced > 500, "\(replaced)")
  }

  @Test("Beta's mean and deviation are those of the distribution", arguments: [0.2, 0.5, 1, 4])
  func beta(_ alpha: Double) {
    let values = (0..<20_000).map { index in
      var stream = RandomStream(seed: 9, epoch: 0, index: index)
      return stream.beta(alpha)
    }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(values.allSatisfy { (0...1).contains($0) })
    #expect(abs(mean - 0.5) < 0.015, "\(mean)")
    let expected = 1 / (4 * (2 * alpha + 1))
    #expect(abs(variance / expected - 1) < 0.05, "\(variance) instead of \(expected)")
  }

  @Test("batches that do not fit are errors")
  func errors() {
    for (samples, labels, count, alpha) in [(60, 2, 0, 1.0), (61, 2, 2, 1), (60, 3, 2, 1), (60, 2, 2, 0), (0, 0, 1, 1)]
    {
      var samples = [Float](repeating: 0, count: samples)
      var labels = [Float](repeating: 0, count: labels)
      #expect(throws: ImageError.self) {
        try BatchMix.cutMix(alpha: alpha).apply(
          samples: &samples, labels: &labels, count: count, size: size, seed: 0, epoch: 0, batch: 0)
      }
    }
  }
}
