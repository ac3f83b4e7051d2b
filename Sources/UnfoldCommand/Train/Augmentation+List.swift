import Unfold
import UnfoldData

extension Augmentation {
  /// The changes of a list such as `flip,shift=3`; none for an empty one.
  ///
  /// - Throws: `CommandError.usage(message:)` for an unknown word and a shift that images do not have.
  init(list: String) throws(CommandError) {
    var flips = false
    var shift = 0
    for word in list.split(separator: ",") {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let pixels = parts.count == 2 ? Int(parts[1]) : 2
      if word == "flip" {
        flips = true
      } else if parts[0] == "shift", let pixels {
        shift = pixels
      } else {
        throw .usage("--augment", expected: "flip, shift or shift=N", found: "\"\(word)\"")
      }
    }
    self = try CommandError.checkingUsage { try Augmentation(flipsHorizontally: flips, maximumShift: shift) }
  }
}
