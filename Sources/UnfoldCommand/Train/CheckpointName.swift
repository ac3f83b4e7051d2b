/// The name of a checkpoint's file: `step-000001234-9f86d081884c7d65.safetensors`, the steps done and the training that
/// wrote it.
struct CheckpointName: Hashable {
  let step: Int
  /// The identifier of the training: sixteen hexadecimal digits. Empty in names that older versions wrote, which had
  /// only one training a folder.
  let training: String

  private static let (beginning, ending) = ("step-", ".safetensors")

  init(step: Int, training: String) {
    self.step = step
    self.training = training
  }

  /// The name that a file has; nil for a file that is no checkpoint.
  init?(_ file: String) {
    guard file.hasPrefix(Self.beginning), file.hasSuffix(Self.ending) else { return nil }
    let parts = file.dropFirst(Self.beginning.count).dropLast(Self.ending.count)
      .split(separator: "-", omittingEmptySubsequences: false)
    guard 1...2 ~= parts.count, let step = Int(parts[0]), step >= 0 else { return nil }
    self.init(step: step, training: parts.count == 2 ? String(parts[1]) : "")
    // A name that is not written back identically, `step-+1` or `step-1-x`, is not a checkpoint's.
    guard self.file == file, training.isEmpty || training.count == Self.newTraining().count else { return nil }
  }

  /// The file's name.
  var file: String {
    let digits = "\(step)"
    let number = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    return Self.beginning + number + (training.isEmpty ? "" : "-\(training)") + Self.ending
  }

  /// A name for a training that begins.
  static func newTraining() -> String {
    let digits = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
