import Unfold

/// The machine that a measurement depends on: processor, build and BLAS. Every report and every JSON file begins with
/// it.
struct MachineDescription: Codable, Equatable {
  struct BLAS: Codable, Equatable {
    /// The version, and the kernel that it picked for this processor.
    var version, core: String
    var configuration: String
    /// The threads of one call of its own: 1, the engine's workers being the only parallelism.
    var threads: Int
    /// Environment variables that change its choices.
    var environment: [String: String]
  }

  var processor: String
  var availableCores: Int
  /// The cores that the available ones are threads of, where the kernel says so.
  var physicalCores: Int?
  /// The instruction sets that the processor has, among those the engine knows.
  var instructionSets: [String]
  /// The instruction sets that the engine was compiled for.
  var buildInstructionSets: [String]
  /// The same as a level of the architecture: `x86-64-v3`.
  var buildLevel: String
  var isOptimizedBuild: Bool
  /// The instruction set of the convolutions' kernels, chosen when the process started.
  var kernels: String?
  var openBLAS: BLAS

  /// This machine. Starts the engine, which sets OpenBLAS to one thread.
  static var current: MachineDescription {
    _ = ExecutionContext.shared
    return MachineDescription(
      processor: Processor.name, availableCores: Processor.availableCores,
      physicalCores: ProcessorTime.physicalCores(of: ProcessorTime.allowedCores), instructionSets: Processor.supported,
      buildInstructionSets: Processor.builtFor, buildLevel: level(of: Processor.builtFor),
      isOptimizedBuild: isOptimized, kernels: Processor.kernels,
      openBLAS: BLAS(
        version: OpenBLAS.version, core: OpenBLAS.core, configuration: OpenBLAS.configuration,
        threads: OpenBLAS.threads, environment: OpenBLAS.environmentOverrides))
  }

  private static var isOptimized: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  /// The level of the x86-64 psABI that a set of instruction sets amounts to, and what exceeds it.
  static func level(of sets: [String]) -> String {
    #if arch(x86_64)
      let levels = [
        ("x86-64-v4", ["AVX512F", "AVX512BW", "AVX512CD", "AVX512DQ", "AVX512VL"]),
        ("x86-64-v3", ["AVX", "AVX2", "BMI2", "F16C", "FMA"]),
        ("x86-64-v2", ["SSE4.2"]),
      ]
      guard let index = levels.firstIndex(where: { $0.1.allSatisfy(sets.contains) }) else { return "x86-64" }
      let included = Set(levels[index...].flatMap(\.1))
      return ([levels[index].0] + sets.filter { !included.contains($0) }).joined(separator: " + ")
    #else
      return "the architecture's baseline"
    #endif
  }
}

extension MachineDescription {
  /// One line for the head of a report.
  func summary(threads: Int) -> String { summary(threads: [threads]) }

  /// The same for measurements on several numbers of threads.
  func summary(threads: [Int]) -> String {
    "\(processor), \(availableCores) \(availableCores == 1 ? "core" : "cores") · "
      + "\(threads.map(String.init).joined(separator: ", ")) \(threads == [1] ? "thread" : "threads") · OpenBLAS \(openBLAS.version) \(openBLAS.core) · built for \(buildLevel)"
  }

  /// The settings that make this machine slower than it could be, one sentence each.
  var warnings: [String] {
    var warnings: [String] = []
    let core = openBLAS.core
    if let used = Self.vectorWidth(ofCore: core), used < processorVectorWidth {
      let loss = "\(core) kernels use \(used)-bit vectors, and this processor has \(processorVectorWidth)-bit ones"
      if let pinned = openBLAS.environment["OPENBLAS_CORETYPE"] {
        warnings.append("OPENBLAS_CORETYPE=\(pinned) in the environment pins a slower core: \(loss); unset it")
      } else {
        warnings.append("OpenBLAS picked a slower core: \(loss); try OPENBLAS_CORETYPE=\(suggestedCore)")
      }
    }
    if !isOptimizedBuild {
      warnings.append("this is a debug build, whose rates say nothing; build with `swift build -c release`")
    }
    return warnings
  }

  private var processorVectorWidth: Int {
    if instructionSets.contains("AVX512F") && instructionSets.contains("AVX512VL") { return 512 }
    return instructionSets.contains("AVX2") && instructionSets.contains("FMA") ? 256 : 128
  }

  private var suggestedCore: String { processorVectorWidth == 512 ? "SkylakeX" : "Haswell" }

  /// The vectors that the single-precision kernels of an OpenBLAS core are written for, counting only those with fused
  /// multiply-add as 256 bits wide or more; nil for a core that is not known.
  static func vectorWidth(ofCore core: String) -> Int? {
    switch core.lowercased() {
    case "skylakex", "cooperlake", "sapphirerapids": 512
    case "haswell", "zen": 256
    case "sandybridge", "bulldozer", "piledriver", "steamroller", "excavator": 128
    case "prescott", "core2", "penryn", "dunnington", "nehalem", "atom", "athlon", "opteron", "opteron_sse3",
      "barcelona", "bobcat", "nano", "katmai", "coppermine", "northwood", "banias":
      128
    default: nil
    }
  }
}
