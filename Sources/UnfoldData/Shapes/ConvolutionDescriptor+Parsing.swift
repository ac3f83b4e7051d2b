extension ConvolutionDescriptor {
  /// Reads a descriptor, `gXmbX_icXihXiwX_ocXohXowX_khXkwX_shXswX_phXpwX_dhXdwX_n"name"`, the fields in any order and
  /// with or without underscores (oneDNN, tests/benchdnn/doc: driver_conv.md, knobs_desc.md).
  ///
  /// What is omitted:
  /// - `g` is 1 and `mb` is 2; strides are 1; dilations are 0, which means none: `dh` and `dw` count the inputs left
  ///   out between two taps.
  /// - Without the fields of the width, the width is as the height. Without those of the height, the convolution is
  ///   along the width only.
  /// - Without `oh`, it follows from the padding, which is 0 without `ph`. Without `ph`, it follows from `oh`: half the
  ///   padding that `oh` needs, rounded down.
  /// - The padding at the bottom and at the right is always what `oh` and `ow` need, whatever is at the top and left.
  ///
  /// A name may end with `*` and a number: how often the network has the layer.
  ///
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one with three spatial axes or negative padding.
  public init(_ text: String) throws(DataError) {
    try self.init(text, path: "descriptor", line: 1)
  }

  init(_ text: String, path: String, line: Int) throws(DataError) {
    do throws(DescriptorFault) {
      try self.init(DescriptorFields(text))
    } catch {
      switch error {
      case .malformed(let expected, let found):
        throw .malformedShape(path: path, line: line, text: text, expected: expected, found: found)
      case .unsupported(let reason):
        throw .unsupportedShape(path: path, line: line, text: text, reason: reason)
      }
    }
  }

  init(_ fields: DescriptorFields) throws(DescriptorFault) {
    func positive(_ field: String, default number: Int?) throws(DescriptorFault) -> Int {
      guard let number = fields[field] ?? number else {
        throw .malformed(expected: "the field \(field)", found: "none")
      }
      guard number > 0 else { throw .malformed(expected: "\(field) of 1 or more", found: "\(number)") }
      return number
    }
    groups = try positive("g", default: 1)
    batch = try positive("mb", default: 2)
    inputChannels = try positive("ic", default: nil)
    outputChannels = try positive("oc", default: nil)
    guard try Axis(fields, "d") == nil else { throw .unsupported("three spatial axes") }
    let vertical = try Axis(fields, "h")
    guard let horizontal = try Axis(fields, "w") ?? vertical else {
      throw .malformed(expected: "a height (ih, kh) or a width (iw, kw)", found: "none")
    }
    self.vertical = vertical
    self.horizontal = horizontal
    name = fields.name
    occurrences = fields.occurrences
  }
}

extension ConvolutionDescriptor.Axis {
  /// The axis of a letter, `h` or `w`; nil where the descriptor says nothing about it.
  init?(_ fields: DescriptorFields, _ letter: String) throws(DescriptorFault) {
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
