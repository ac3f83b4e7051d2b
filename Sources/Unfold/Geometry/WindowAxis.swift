/// How the number of window positions is rounded where the stride does not divide evenly.
public enum OutputRounding: String, Hashable, Sendable, Codable {
  /// Only whole windows count.
  case floor
  /// A last, partial window counts too, if it starts inside the input or the low padding.
  case ceiling
}

/// A window that slides along one axis: the one place where output sizes are computed, for convolution and pooling
/// alike.
///
/// ```
/// output = round((input + low + high - (dilation (window - 1) + 1)) / stride) + 1
/// ```
public struct WindowAxis: Hashable, Sendable {
  /// The input's extent.
  public let input: Int
  /// The number of taps.
  public let window: Int
  /// The step between two window positions.
  public let stride: Int
  /// The step between two taps.
  public let dilation: Int
  /// The padding before the first element.
  public let low: Int
  /// The padding after the last element.
  public let high: Int
  /// The number of window positions.
  public private(set) var output: Int

  /// Whether output and input positions are the same.
  var isPointwise: Bool { window == 1 && stride == 1 && low == 0 && high == 0 && output == input }

  /// Whether every element of the input lies under one window position, and under one tap of it.
  var coversEachOnce: Bool {
    dilation == 1 && (output == 1 || stride == window) && input + low <= (output - 1) * stride + window
  }

  /// The extent that the dilated window covers.
  public var covered: Int { dilation * (window - 1) + 1 }

  /// The input position of tap `tap` at window position `position`; outside `0..<input` it lies in the padding.
  @inline(__always)
  public func inputPosition(_ position: Int, tap: Int) -> Int { position * stride - low + tap * dilation }

  /// The window positions that meet input positions `elements`, whether or not one of their taps lies there.
  func positions(meeting elements: Range<Int>) -> Range<Int> {
    let first = max(0, ceilingDivision(elements.lowerBound + low - covered + 1, stride))
    let end = min(output, (elements.upperBound - 1 + low) / stride + 1)
    return first..<max(first, end)
  }

  /// A validated axis. `padding` is low and high, or nil for `.same`.
  ///
  /// - Throws: ``UnfoldError`` for an extent, stride or dilation below 1, negative padding, a window that exceeds the
  ///   padded input, or sizes beyond `Int32`.
  public init(
    _ name: String, input: Int, window: Int, stride: Int = 1, dilation: Int = 1, padding: (low: Int, high: Int)?,
    rounding: OutputRounding = .floor
  ) throws(UnfoldError) {
    let limit = Int(Int32.max)
    try require("input \(name)", input, in: 1...limit, or: "1 to \(limit)")
    try require("window \(name)", window, in: 1...limit, or: "1 to \(limit)")
    try require("stride \(name)", stride, in: 1...limit, or: "1 to \(limit)")
    try require("dilation \(name)", dilation, in: 1...limit, or: "1 to \(limit)")
    if let padding {
      try require("low padding of \(name)", padding.low, in: 0...limit, or: "0 to \(limit)")
      try require("high padding of \(name)", padding.high, in: 0...limit, or: "0 to \(limit)")
    }
    // Every number is at most 2^31, so nothing below leaves 64 bits.
    let covered = dilation * (window - 1) + 1
    let sides: (low: Int, high: Int)
    if let padding {
      sides = padding
    } else {
      let total = max(((input + stride - 1) / stride - 1) * stride + covered - input, 0)
      sides = (total / 2, total - total / 2)
    }
    let padded = input + sides.low + sides.high
    guard covered <= padded else {
      throw .windowExceedsInput(axis: name, window: covered, paddedInput: padded)
    }
    var output = (padded - covered) / stride + 1
    if rounding == .ceiling {
      output = (padded - covered + stride - 1) / stride + 1
      if (output - 1) * stride >= input + sides.low { output -= 1 }
    }
    self.input = input
    self.window = window
    self.stride = stride
    self.dilation = dilation
    low = sides.low
    high = sides.high
    self.output = output
  }

  /// The axis without its last window positions: those that a transposed convolution's output padding adds, which
  /// belong to no element of its input.
  func withFirstPositions(_ count: Int) -> WindowAxis {
    var axis = self
    axis.output = min(output, count)
    return axis
  }
}

extension Padding {
  /// The padding of the two axes, nil for `.same`.
  var vertical: (low: Int, high: Int)? {
    if case .sides(let top, let bottom, _, _) = self { (top, bottom) } else { nil }
  }

  var horizontal: (low: Int, high: Int)? {
    if case .sides(_, _, let left, let right) = self { (left, right) } else { nil }
  }
}
