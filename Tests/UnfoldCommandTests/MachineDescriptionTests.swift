import Testing

@testable import UnfoldCommand

@Suite struct MachineDescriptionTests {
  private let everything = ["SSE4.2", "AVX", "AVX2", "FMA", "BMI2", "F16C", "AVX512F", "AVX512VL"]

  private func machine(
    core: String, sets: [String], environment: [String: String] = [:], optimized: Bool = true
  ) -> MachineDescription {
    MachineDescription(
      processor: "Test", availableCores: 2, instructionSets: sets, buildInstructionSets: [], buildLevel: "x86-64-v3",
      isOptimizedBuild: optimized,
      openBLAS: .init(version: "0.3.21", core: core, configuration: "", threads: 1, environment: environment))
  }

  @Test(arguments: ["Haswell", "Zen", "Nehalem", "Sandybridge", "Prescott"])
  func aPinnedSlowerCoreIsWarnedOf(_ core: String) throws {
    let warnings = machine(core: core, sets: everything, environment: ["OPENBLAS_CORETYPE": core]).warnings
    #expect(warnings.count == 1)
    #expect(try #require(warnings.first).hasPrefix("OPENBLAS_CORETYPE=\(core)"), "\(warnings)")
  }

  @Test func aSlowerCoreThatOpenBLASPickedIsWarnedOf() throws {
    let warnings = machine(core: "Haswell", sets: everything).warnings
    #expect(try #require(warnings.first).contains("OPENBLAS_CORETYPE=SkylakeX"), "\(warnings)")
  }

  @Test func aCoreThatFitsIsNot() {
    #expect(machine(core: "SkylakeX", sets: everything, environment: ["OPENBLAS_CORETYPE": "SkylakeX"]).warnings == [])
    #expect(machine(core: "Cooperlake", sets: everything).warnings == [])
    #expect(machine(core: "Haswell", sets: ["AVX2", "FMA"]).warnings == [])
    #expect(machine(core: "SomethingNew", sets: everything).warnings == [])
  }

  @Test func aDebugBuildIsWarnedOf() {
    #expect(machine(core: "SkylakeX", sets: everything, optimized: false).warnings.count == 1)
  }

  #if arch(x86_64)
    @Test(arguments: [
      ([], "x86-64"), (["SSE4.2"], "x86-64-v2"), (["SSE4.2", "AVX", "AVX2", "FMA", "BMI2", "F16C"], "x86-64-v3"),
      (["SSE4.2", "AVX"], "x86-64-v2 + AVX"),
      (
        [
          "SSE4.2", "AVX", "AVX2", "FMA", "BMI2", "F16C", "AVX512F", "AVX512BW", "AVX512DQ", "AVX512VL", "AVX512CD",
          "AVX512BF16",
        ], "x86-64-v4 + AVX512BF16"
      ),
    ])
    func levelsFollowFromInstructionSets(_ sets: [String], _ expected: String) {
      #expect(MachineDescription.level(of: sets) == expected)
    }
  #endif
}
