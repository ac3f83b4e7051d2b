/// One spatial axis that a window slides along, in the words of benchdnn.
///
/// In a transposed convolution the window of each input position is spread over the output: there `stride` is the step
/// between the windows of two input positions, `dilation` counts outputs, and `low` and `high` are outputs cut off.
public struct DescriptorAxis: Hashable, Sendable {
  /// `ih`, `iw`: the input's extent.
  public let input: Int
  /// `oh`, `ow`: the output's extent.
  public let output: Int
  /// `kh`, `kw`: the number of taps.
  public let window: Int
  /// `sh`, `sw`: the step between two output positions.
  public let stride: Int
  /// The step between two taps: one more than `dh`, `dw`, which count the inputs left out between two taps.
  public let dilation: Int
  /// `ph`, `pw`: the padding before the first input.
  public let low: Int
  /// The padding after the last input: what the output's extent needs, none where inputs are left over.
  public let high: Int
}

extension DescriptorAxis {
  /// The rows of an operator along the columns only.
  public static var onePosition: DescriptorAxis {
    DescriptorAxis(input: 1, output: 1, window: 1, stride: 1, dilation: 1, low: 0, high: 0)
  }

  /// The fields of the rows, nil where the window slides along the columns only, and of the columns.
  ///
  /// - Parameter isTransposed: Whether the window spreads an input position over outputs, see
  ///   ``TransposedConvolutionDescriptor``.
  static func pair(
    _ fields: DescriptorFields, isTransposed: Bool = false
  ) throws(DescriptorFault) -> (DescriptorAxis?, DescriptorAxis) {
    func axis(_ letter: String) throws(DescriptorFault) -> DescriptorAxis? {
      guard let given = try GivenFields(fields, letter) else { return nil }
      return isTransposed ? try DescriptorAxis(transposed: given) : try DescriptorAxis(given)
    }
    guard try axis("d") == nil else { throw .unsupported("three spatial axes") }
    let vertical = try axis("h")
    guard let horizontal = try axis("w") ?? vertical else {
      throw .malformed(expected: "a height (ih, kh) or a width (iw, kw)", found: "none")
    }
    return (vertical, horizontal)
  }

  /// What a descriptor says about the axis of a letter, `h` or `w`.
  private struct GivenFields {
    let letter: String
    let input, window, stride, skipped: Int
    /// 0 where it is to follow from the padding.
    let output: Int
    let padding: Int?

    /// The positions that the dilated window covers.
    var covered: Int { (window - 1) * (skipped + 1) + 1 }

    /// Nil where the descriptor says nothing about the axis.
    init?(_ fields: DescriptorFields, _ letter: String) throws(DescriptorFault) {
      self.letter = letter
      input = fields["i" + letter] ?? 0
      window = fields["k" + letter] ?? 0
      output = fields["o" + letter] ?? 0
      stride = fields["s" + letter] ?? 1
      skipped = fields["d" + letter] ?? 0
      padding = fields["p" + letter]
      // As in benchdnn, an axis whose every field has its default value is not there.
      if input == 0, window == 0, output == 0, skipped == 0, stride == 1, (padding ?? 0) == 0 { return nil }
      for (field, number) in [("i", input), ("k", window), ("s", stride)] where number < 1 {
        throw .malformed(expected: "\(field)\(letter) of 1 or more", found: "\(number)")
      }
    }
  }

  private init(_ given: GivenFields) throws(DescriptorFault) {
    let (input, output, stride) = (given.input, given.output, given.stride)
    let (padding, covered, letter) = (given.padding, given.covered, given.letter)
    self.input = input
    self.stride = stride
    window = given.window
    dilation = given.skipped + 1
    if output > 0 {
      self.output = output
      low = padding ?? max(((output - 1) * stride - input + covered) / 2, 0)
    } else {
      low = padding ?? 0
      // Swift's division rounds to zero, as C's in benchdnn: a window that exceeds the input by less than a stride has
      // one position, and padding after the input.
      self.output = (input - covered + 2 * low) / stride + 1
      guard self.output > 0 else {
        throw .malformed(expected: "a window of at most the padded input, \(input + 2 * low)", found: "\(covered)")
      }
    }
    let needed = (self.output - 1) * stride + covered - input - low
    if needed == -stride {
      throw .unsupported("o\(letter)\(self.output) needs a negative padding of \(needed)")
    }
    guard needed > -stride else {
      let positions = (input + low - covered) / stride + 1
      throw .malformed(expected: "o\(letter) of at least \(positions)", found: "\(self.output)")
    }
    high = max(needed, 0)
  }

  /// The axis of a transposed convolution, where padding is what is cut off the output.
  private init(transposed given: GivenFields) throws(DescriptorFault) {
    input = given.input
    stride = given.stride
    window = given.window
    dilation = given.skipped + 1
    let whole = (given.input - 1) * given.stride + given.covered
    if given.output > 0 {
      output = given.output
      low = given.padding ?? max((whole - output) / 2, 0)
    } else {
      low = given.padding ?? 0
      output = whole - 2 * low
      guard output > 0 else {
        throw .malformed(expected: "a padding of less than half of the whole output, \(whole)", found: "\(low)")
      }
    }
    high = max(whole - low - output, 0)
  }
}

extension DescriptorAxis {
  /// A field of both axes in the canonical form: `kh3kw5`, or `kw5` without rows.
  static func field(
    _ letter: String, _ vertical: DescriptorAxis?, _ horizontal: DescriptorAxis, _ value: (DescriptorAxis) -> Int
  ) -> String {
    (vertical.map { "\(letter)h\(value($0))" } ?? "") + "\(letter)w\(value(horizontal))"
  }

  /// The fields of the window in the canonical form.
  static func windowFields(_ vertical: DescriptorAxis?, _ horizontal: DescriptorAxis) -> [String] {
    [
      field("k", vertical, horizontal, \.window), field("s", vertical, horizontal, \.stride),
      field("p", vertical, horizontal, \.low), field("d", vertical, horizontal) { $0.dilation - 1 },
    ]
  }
}
