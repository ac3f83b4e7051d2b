/// The two implementations that stand side by side.
enum Implementation: String, CaseIterable {
  /// `Unfold`.
  case engine
  /// `UnfoldReference`, the loops of the lecture.
  case naive
}
