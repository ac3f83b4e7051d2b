import Glibc

/// The processor time so far, in seconds, on the cores that this process may use.
struct ProcessorTime: Equatable {
  /// The time of the reading, on a monotonic clock.
  var moment: Double
  /// Of all processes; the time that the hypervisor took (steal) counts too.
  var all: Double
  /// Of this process.
  var own: Double

  /// The cores that others kept busy since an earlier moment, on average.
  func others(since start: ProcessorTime) -> Double {
    let seconds = moment - start.moment
    return seconds > 0 ? max(0, (all - start.all) - (own - start.own)) / seconds : 0
  }

  /// Nil where the kernel does not say.
  static var now: ProcessorTime? {
    guard let text = try? InputFile("/proc/stat").text() else { return nil }
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    let own = Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    let ticks = busyTicks(text, cores: allowedCores)
    return ticks.map {
      ProcessorTime(moment: monotonicSeconds(), all: $0 / Double(sysconf(Int32(_SC_CLK_TCK))), own: own)
    }
  }

  /// The ticks of `/proc/stat` in which some cores were not idle; nil where it lists none of them.
  static func busyTicks(_ text: String, cores: Set<Int>) -> Double? {
    var sum: Double?
    for line in text.split(separator: "\n") where line.hasPrefix("cpu") {
      let words = line.split(separator: " ")
      guard let core = Int(words[0].dropFirst(3)), cores.contains(core) else { continue }
      // user nice system idle iowait irq softirq steal; what follows is part of them.
      let numbers = words.dropFirst().prefix(8).compactMap { Double($0) }
      guard numbers.count == 8 else { continue }
      sum = (sum ?? 0) + numbers.reduce(0, +) - numbers[3] - numbers[4]
    }
    return sum
  }

  /// The numbers of the cores in the affinity mask of this process.
  static let allowedCores: Set<Int> = {
    let lines = (try? InputFile("/proc/self/status").text())?.split(separator: "\n") ?? []
    let list = lines.first { $0.hasPrefix("Cpus_allowed_list:") }?.drop { $0 != "\t" }.dropFirst()
    return cores(list.map(String.init) ?? "")
  }()

  /// The numbers of a list such as `0-3,8`.
  static func cores(_ list: String) -> Set<Int> {
    var cores: Set<Int> = []
    for range in list.split(separator: ",") {
      let ends = range.split(separator: "-").compactMap { Int($0.filter { !$0.isWhitespace }) }
      guard let first = ends.first, let last = ends.last, first >= 0, first <= last, last < 1 << 16 else { continue }
      cores.formUnion(first...last)
    }
    return cores
  }

  /// The cores that these are threads of; nil where the kernel does not say.
  static func physicalCores(of cores: Set<Int>) -> Int? {
    let siblings = cores.compactMap {
      try? InputFile("/sys/devices/system/cpu/cpu\($0)/topology/thread_siblings_list").text()
    }
    return siblings.isEmpty ? nil : Set(siblings).count
  }
}
