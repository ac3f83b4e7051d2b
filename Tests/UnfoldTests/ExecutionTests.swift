import Foundation
import Synchronization
import Testing

@testable import Unfold

@Suite struct ExecutionTests {
  @Test(arguments: [1, 2, 3, 8]) func everyTaskRunsOnceAndWorkersAreInRange(_ threads: Int) throws {
    let context = try ExecutionContext(threads: threads)
    for tasks in [0, 1, 2, 7, 100, 1000] {
      var runs = [Int32](repeating: 0, count: max(tasks, 1))
      var outside: Int32 = 0
      runs.withUnsafeMutableBufferPointer { runs in
        let base = runs.baseAddress
        withUnsafeMutablePointer(to: &outside) { outside in
          context.forEach(tasks) { task, worker in
            base?[task] += 1
            if !(0..<threads).contains(worker) { outside.pointee += 1 }
          }
        }
      }
      #expect(runs.prefix(tasks).allSatisfy { $0 == 1 } && outside == 0, "\(tasks) tasks on \(threads) threads")
    }
  }

  /// Many short loops in a row, with pauses in which the workers fall asleep.
  @Test func loopsFollowEachOther() throws {
    let context = try ExecutionContext(threads: 3)
    let sum = Atomic<Int>(0)
    for round in 0..<3000 {
      context.forEach(4) { task, _ in sum.add(task, ordering: .relaxed) }
      if round % 500 == 0 { Thread.sleep(forTimeInterval: 0.002) }
    }
    #expect(sum.load(ordering: .relaxed) == 3000 * 6)
  }

  @Test func callersFromSeveralThreadsWaitForEachOther() throws {
    let geometry = try ConvolutionGeometry(input: [2, 20, 20, 16], filters: 32, window: 3, padding: 1)
    var generator = SeededGenerator(seed: 9)
    let x = try Tensor<Float>(random: geometry.inputShape, &generator)
    let w = try Tensor<Float>(random: geometry.filterShape, &generator)
    let context = try ExecutionContext(threads: 2)
    let expected = try geometry.forward(x, filter: w, context: context)
    let failures = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 16) { _ in
      guard let output = try? geometry.forward(x, filter: w, context: context), output.hasSameBits(as: expected) else {
        failures.add(1, ordering: .relaxed)
        return
      }
    }
    #expect(failures.load(ordering: .relaxed) == 0)
  }

  /// The published formula is what a context really takes, and never more than its bounds.
  @Test(arguments: largeGeometries, [ConvolutionAlgorithm.automatic, .blas]) func theWorkspaceIsTheFormula(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm
  ) throws {
    let geometry = try geometry.computed(by: algorithm)
    let x = try Tensor<Float>(zeros: geometry.inputShape)
    let w = try Tensor<Float>(zeros: geometry.filterShape)
    let dz = try Tensor<Float>(zeros: geometry.outputShape)
    for direction in ConvolutionDirection.allCases {
      let context = try ExecutionContext(threads: 2)
      switch direction {
      case .forward: _ = try geometry.forward(x, filter: w, context: context)
      case .inputGradient: _ = try geometry.inputGradient(dz, filter: w, context: context)
      case .filterGradient: _ = try geometry.filterGradient(x, outputGradient: dz, context: context)
      case .biasGradient: _ = try geometry.biasGradient(dz, context: context)
      }
      let bytes = geometry.workspaceBytes(for: direction, threads: 2, of: Float.self)
      // Memory comes in pages.
      #expect(context.workspaceBytes <= (max(bytes, 1) + 4095) & ~4095, "\(direction) \(geometry)")
      #expect(context.workspaceBytes >= bytes, "\(direction) \(geometry)")
      #expect(bytes <= 8 << 20 + 2 * (15 << 17) + 2 * 384 * geometry.inputChannels * 4 + w.count * 4)
    }
  }
}
