import Glibc

/// The physical memory of this process, in bytes, as the kernel counts it (`/proc/self/status`).
enum ResidentMemory {
  /// What it holds now.
  static var current: Int? { field("VmRSS:") }
  /// The most that it has held since ``resetPeak()``, or since it started.
  static var peak: Int? { field("VmHWM:") }

  /// Starts to count the peak anew.
  static func resetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func field(_ name: String) -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 256)
    while fgets(&buffer, Int32(buffer.count), file) != nil {
      let line = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard line.hasPrefix(name) else { continue }
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
    return nil
  }
}
