import CKernels
import CProcessor
import Glibc

/// The machine's cores, processor and instruction sets.
public enum Processor {
  /// The number of cores that this process may use: its affinity mask, narrowed by the CPU quota of its control group.
  public static let availableCores: Int = max(1, min(Int(unfold_affinity_count()), quotaCount() ?? Int.max))

  /// The processor's name, for example `AMD EPYC 9B14`.
  public static var name: String {
    let line = lines(of: "/proc/cpuinfo").first { $0.hasPrefix("model name") }
    guard let line, let colon = line.firstIndex(of: ":") else { return "unknown" }
    return line[line.index(after: colon)...].drop(while: { $0 == " " }).description
  }

  /// The instruction sets that the engine of this build uses beyond the architecture's baseline.
  public static var builtFor: [String] { names(unfold_required_instruction_sets()) }

  /// The instruction sets that this processor has, among those the engine knows.
  public static var supported: [String] { names(unfold_processor_instruction_sets()) }

  /// The instruction set that the kernels of convolutions were chosen for when the process started: `AVX-512`, `AVX2`,
  /// `NEON` or `baseline`. `UNFOLD_KERNELS=avx2` or `baseline` in the environment chooses a narrower one, for tests and
  /// comparisons.
  public static var kernels: String { String(cString: unfold_float_kernels().pointee.set_name) }

  private static func names(_ sets: UInt32) -> [String] {
    (0..<UInt32.bitWidth).compactMap { bit in
      sets & (1 << bit) == 0 ? nil : unfold_instruction_set_name(1 << UInt32(bit)).map { String(cString: $0) }
    }
  }

  /// The quota of control groups version 2 (`cpu.max`, "quota period") or 1, rounded up to whole cores; nil for none.
  private static func quotaCount() -> Int? {
    if let line = lines(of: "/sys/fs/cgroup/cpu.max").first {
      let words = line.split(separator: " ").compactMap { Int($0) }
      return words.count == 2 && words[1] > 0 ? (words[0] + words[1] - 1) / words[1] : nil
    }
    guard let quota = lines(of: "/sys/fs/cgroup/cpu/cpu.cfs_quota_us").first.flatMap({ Int($0) }), quota > 0,
      let period = lines(of: "/sys/fs/cgroup/cpu/cpu.cfs_period_us").first.flatMap({ Int($0) }), period > 0
    else { return nil }
    return (quota + period - 1) / period
  }

  private static func lines(of path: String) -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while lines.count < 64, fgets(&buffer, Int32(buffer.count), file) != nil {
      let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
      lines.append(String(decoding: bytes, as: UTF8.self))
    }
    return lines
  }
}
