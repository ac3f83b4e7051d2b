extension WindowAxis {
  /// The taps of the window at `position` that lie on the input, not in the padding: a range, because taps are equally
  /// spaced. Divides only at the borders.
  @inline(__always)
  func insideTaps(at position: Int) -> (first: Int, end: Int) {
    let start = position &* stride &- low
    let first = start >= 0 ? 0 : (dilation &- 1 &- start) / dilation
    let end = start &+ covered <= input ? window : (input &- start &+ dilation &- 1) / dilation
    return (first, end)
  }

  /// The end of the range of windows from `position` on that have the same taps on the input: all windows that lie
  /// wholly on it are one range, each other window is one by itself.
  @inline(__always)
  func rangeEnd(from position: Int) -> Int {
    let start = position &* stride &- low
    guard start >= 0, start &+ covered <= input else { return position &+ 1 }
    return min((input &+ low &- covered) / stride &+ 1, output)
  }

  /// The number of taps of the window at `position` that lie on the padded input. Only the last window of
  /// ``OutputRounding/ceiling`` has fewer than ``window``.
  @inline(__always)
  func paddedTaps(at position: Int) -> Int {
    let start = position &* stride &- low
    return start &+ covered <= input &+ high ? window : (input &+ high &- start &+ dilation &- 1) / dilation
  }

  /// The window positions whose extent covers input position `element`: with dilation, not all of them have a tap on it
  /// (see ``tap(on:at:)``).
  @inline(__always)
  func positions(over element: Int) -> (first: Int, end: Int) {
    let last = element &+ low
    let beyond = last &- covered
    return (beyond < 0 ? 0 : beyond / stride &+ 1, min(last / stride &+ 1, output))
  }

  /// The most window positions that have a tap on one element.
  var mostPositionsOverElement: Int {
    let period = stride / AxisRanges.congruence(of: dilation, modulo: stride).divisor
    return min(ceilingDivision(window, period), output)
  }

  /// The tap that the window at `position`, one of ``positions(over:)``, has on input position `element`, or nil.
  @inline(__always)
  func tap(on element: Int, at position: Int) -> Int? {
    let distance = element &+ low &- position &* stride
    return distance % dilation == 0 ? distance / dilation : nil
  }

  /// The first window position that has no tap on the input, or nil.
  var positionInPadding: Int? {
    // One tap, or taps that are no further apart than the input is long, cannot step over it: the outermost windows
    // decide.
    if dilation <= input || window == 1 {
      if low >= covered { return 0 }
      return (output - 1) * stride - low >= input ? output - 1 : nil
    }
    return (0..<output).first { position in
      let taps = insideTaps(at: position)
      return taps.first >= taps.end
    }
  }
}
