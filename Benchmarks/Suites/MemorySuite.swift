import Benchmark
import Glibc
import Unfold
import UnfoldData

/// The memory that a pass takes beside its tensors. Both numbers follow from the shapes and the two threads, whatever
/// the time and the machine, so that they have thresholds: `Thresholds/`.
///
/// - "Workspace (bytes)": the scratch memory that the context holds afterwards.
/// - "Page faults": the pages that the kernel had to hand out during a run into tensors that were written before. More
///   would mean that a run allocates memory and releases it.
func memorySuite() throws {
  let workspace = BenchmarkMetric.custom("Workspace (bytes)", useScalingFactor: false)
  let faults = BenchmarkMetric.custom("Page faults", useScalingFactor: false)
  let descriptors: [ConvolutionDescriptor] = try [
    shapes(in: "resnet-50", named: "resnet-50:conv1", "resnet-50:conv3_3x3", "resnet-50:conv4_expand"),
    shapes(in: "mobilenet-v1", named: "mobilenet-v1:depthwise8"),
  ].flatMap { $0 }
  for descriptor in descriptors {
    let geometry = try descriptor.geometry()
    for direction in ["FWD_B", "BWD_D", "BWD_W"] {
      Benchmark(
        "memory.\(direction).\(descriptor.name)",
        configuration: .init(
          metrics: [workspace, faults], warmupIterations: 3, maxIterations: 20,
          // A few faults are those of the harness, whose own bookkeeping grows now and then.
          thresholds: [faults: .init(absolute: [.p90: 16]), workspace: .init(absolute: [.p90: 0])]),
        closure: { (benchmark: Benchmark, pass: (run: () throws -> Void, context: ExecutionContext)) in
          let before = pageFaults()
          orFail("memory", pass.run)
          benchmark.measurement(faults, pageFaults() - before)
          benchmark.measurement(workspace, pass.context.workspaceBytes)
        },
        setup: {
          orFail("memory") {
            let context = try ExecutionContext(threads: 2)
            return (try convolutionRun(geometry, direction, .engine, context: context), context)
          }
        })
    }
  }
}

/// The page faults of this process that needed no disk.
private func pageFaults() -> Int {
  var usage = rusage()
  return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_minflt : 0
}
