/// One spatial axis that a window slides along, in the words of benchdnn.
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
  /// The fields of the rows, nil where the window slides along the columns only, and of the columns.
  static func pair(_ fields: DescriptorFields) throws(DescriptorFault) -> (DescriptorAxis?, DescriptorAxis) {
    guard try DescriptorAxis(fields, "d") == nil else { throw .unsupported("three spatial axes") }
    let vertical = try DescriptorAxis(fields, "h")
    guard let horizontal = try DescriptorAxis(fields, "w") ?? vertical else {
      throw .malformed(expected: "a height (ih, kh) or a width (iw, kw)", found: "none")
    }
    return (vertical, horizontal)
  }

  /// The axis of a letter, `h` or `w`; nil where the descriptor says nothing about it.
  private init?(_ fields: DescriptorFields, _ letter: String) throws(DescriptorFault) {
    let input = fields["i" + letter] ?? 0
    let window = fields["k" + letter] ?? 0
    let output = fields["o" + letter] ?? 0
    let stride = fields["s" + letter] ?? 1
    let skipped = fields["d" + letter] ?? 0
    let padding = fields["p" + letter]
    // As in benchdnn, an axis whose every field has its default value is not there.
    if input == 0, window == 0, output == 0, skipped == 0, stride == 1, (padding ?? 0) == 0 { return nil }
    for (field, number) in [("i", input), ("k", window), ("s", stride)] where number < 1 {
      throw .malformed(expected: "\(field)\(letter) of 1 or more", found: "\(number)")
    }

    let covered = (window - 1) * (skipped + 1) + 1
    self.input = input
    self.window = window
    self.stride = stride
    dilation = skipped + 1
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
