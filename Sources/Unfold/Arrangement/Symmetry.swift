/// The eight symmetries of the square: the reflections, the quarter turns and the transpositions of maps. They form a
/// group (the dihedral group of order 8) of permutations of the pixels; every channel moves with its pixel.
///
/// ```swift
/// let mirrored = try Symmetry.horizontalReflection.forward(images)      // [N, H, W, C]
/// let turned = try Symmetry.rotation90.forward(images)                  // [N, W, H, C]
/// ```
///
/// Written for an output pixel `p`, `q`, of an input of H rows and W columns:
///
/// ```
/// identity                output(p, q) = input(p, q)
/// horizontalReflection    output(p, q) = input(p, W - 1 - q)             left becomes right
/// verticalReflection      output(p, q) = input(H - 1 - p, q)             top becomes bottom
/// rotation180             output(p, q) = input(H - 1 - p, W - 1 - q)
/// transposition           output(p, q) = input(q, p)                     the output has W rows and H columns
/// antitransposition       output(p, q) = input(H - 1 - q, W - 1 - p)     likewise
/// rotation90              output(p, q) = input(q, W - 1 - p)             likewise; counterclockwise
/// rotation270             output(p, q) = input(H - 1 - q, p)             likewise; clockwise
/// ```
///
/// Source: the lecture's outline, "Transposition, scaling, rotation and deformation invariance".
public enum Symmetry: String, Hashable, Sendable, Codable, CaseIterable {
  /// Every pixel stays.
  case identity
  /// Left and right change places.
  case horizontalReflection
  /// Top and bottom change places.
  case verticalReflection
  /// Half a turn.
  case rotation180
  /// Rows become columns.
  case transposition
  /// Rows become columns, from the last to the first: the reflection in the other diagonal.
  case antitransposition
  /// A quarter turn counterclockwise.
  case rotation90
  /// A quarter turn clockwise.
  case rotation270

  /// Whether rows become columns.
  public var transposes: Bool {
    switch self {
    case .identity, .horizontalReflection, .verticalReflection, .rotation180: false
    case .transposition, .antitransposition, .rotation90, .rotation270: true
    }
  }

  /// Whether the input's rows are read from the last to the first.
  var readsRowsBackwards: Bool {
    switch self {
    case .verticalReflection, .rotation180, .antitransposition, .rotation270: true
    case .identity, .horizontalReflection, .transposition, .rotation90: false
    }
  }

  /// Whether the input's columns are read from the last to the first.
  var readsColumnsBackwards: Bool {
    switch self {
    case .horizontalReflection, .rotation180, .antitransposition, .rotation90: true
    case .identity, .verticalReflection, .transposition, .rotation270: false
    }
  }

  /// The symmetry that undoes this one. All but the quarter turns undo themselves.
  public var inverse: Symmetry {
    switch self {
    case .rotation90: .rotation270
    case .rotation270: .rotation90
    default: self
    }
  }

  /// The shape that maps of a shape get: `[N, H, W, C]`, or `[N, W, H, C]` if it ``transposes``.
  ///
  /// - Throws: ``UnfoldError/invalidArgument(_:expected:found:)`` for a shape of another number of axes or with an extent
  ///   of 0.
  public func outputShape(for input: Shape) throws(UnfoldError) -> Shape {
    guard input.rank == 4 else {
      throw .invalidArgument("symmetry input", expected: "[N, H, W, C]", found: "\(input)")
    }
    try input.requireElements("symmetry input")
    return transposes ? [input[0], input[2], input[1], input[3]] : input
  }
}
