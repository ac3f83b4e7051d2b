import COpenBLAS
import Glibc

/// The BLAS that this process is linked to.
///
/// OpenBLAS has threads of its own. The engine's workers each call it for a tile (algorithm `blas`), so it is set to one thread,
/// once, when the first ``ExecutionContext`` is made, and never inside a call. The setting holds for the whole
/// process: downstream code that wants a multi-threaded BLAS beside the engine sets it back with
/// `openblas_set_num_threads` between calls of its own; the engine stays correct, and only gets slower. Do not `fork`
/// a process after the first call without `exec`: OpenBLAS's and the engine's threads do not survive it.
public enum OpenBLAS {
  /// How OpenBLAS was built, for example `OpenBLAS 0.3.21 DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64`.
  public static var configuration: String { String(cString: openblas_get_config()) }

  /// The kernel that OpenBLAS picked for this processor, for example `SkylakeX`.
  public static var core: String { String(cString: openblas_get_corename()) }

  /// The version alone, for example `0.3.21`.
  public static var version: String {
    let words = configuration.split(separator: " ")
    return words.count > 1 ? String(words[1]) : "unknown"
  }

  /// The threads that OpenBLAS itself would use for one call: 1 once the engine has started.
  public static var threads: Int { Int(openblas_get_num_threads()) }

  /// The environment variables that change OpenBLAS's choices, as far as they are set.
  public static var environmentOverrides: [String: String] {
    var overrides: [String: String] = [:]
    for name in ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OPENBLAS_BLOCK_FACTOR"] {
      if let value = getenv(name) { overrides[name] = String(cString: value) }
    }
    return overrides
  }

  /// Evaluated once, by the first context.
  static let singleThreaded: Void = openblas_set_num_threads(1)
}
