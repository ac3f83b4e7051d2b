/// Lowering without making the column matrix: its rows as addresses.
///
/// ```
///                segment 0  segment 1        segment R S - 1
///               +---------+---------+     +---------+
///    pixel m    |  ----> C channels of the source, or zeros where the tap lies in the padding
///    pixel m+1  |  ---->  |  ---->  | ... |  ---->  |
///               +---------+---------+     +---------+
/// ```
///
/// Runs of a few channels are too short to read an address each. Where the S taps of a filter row lie side by side, the
/// R source rows that a row of outputs needs are copied once with their padding, and a segment is a filter row: windows
/// overlap in the copy as they do in the source, R C stride elements a pixel instead of R S C.
///
/// ```
///    copy of a source row    0 0 x x x x x x ... x x 0 0
///                 pixel 0   +---------+ S C elements
///                 pixel 1      +---------+
/// ```
///
/// Source: Dukhan, "The Indirect Convolution Algorithm", 2019.
extension Lowering {
  /// The fewest channels that are read one tap at a time where there is a choice.
  private static let fewestChannels = 16

  /// Whether source rows are copied with their padding.
  var copiesRows: Bool {
    channelCount < Self.fewestChannels && channelCount == channels && window.width > 1 && dilation.width == 1
      && window.height > 0
  }

  /// The addresses of a row of the column matrix.
  var segments: Int { copiesRows ? window.height : window.height * window.width }

  /// The elements that an address leads to.
  var run: Int { copiesRows ? window.width * channels : channelCount }

  /// Writes the addresses of the runs of `segments` at `pixels`: segment by segment, `stride` apart.
  ///
  /// - Parameters:
  ///   - zeros: At least ``run`` zeros, for what lies in the padding.
  ///   - copies: Memory for ``copiedElements(pixels:)``.
  @inline(__always)
  func refer<Scalar: TensorScalar>(
    to source: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>, pixels: Range<Int>, segments: Range<Int>,
    copies: UnsafeMutablePointer<Scalar>, into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int
  ) {
    if copiesRows {
      copyRows(of: source, pixels: pixels, rows: segments, copies: copies, into: table, stride: stride)
    } else {
      refer(to: source, zeros: zeros, pixels: pixels, taps: segments, into: table, stride: stride)
    }
  }

  /// The addresses of single taps.
  @inline(__always)
  private func refer<Scalar: TensorScalar>(
    to source: UnsafePointer<Scalar>, zeros: UnsafePointer<Scalar>, pixels: Range<Int>, taps: Range<Int>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int
  ) {
    forEachRun(in: pixels) { run in
      let image = source + run.image * height * width * channels + channelOffset
      let (first, end) = (run.columns.lowerBound, run.columns.upperBound)
      for tap in taps {
        let (r, s) = tap.quotientAndRemainder(dividingBy: window.width)
        let entries = table + (tap - taps.lowerBound) * stride + run.offset - first
        let y = run.row * self.stride.height + originHeight + r * dilation.height
        guard 0 <= y, y < height else {
          for q in first..<end { entries[q] = zeros }
          continue
        }
        let offset = originWidth + s * dilation.width
        let low = min(max(ceilingDivision(-offset, self.stride.width), first), end)
        let high = max(low, min(ceilingDivision(width - offset, self.stride.width), end))
        for q in first..<low { entries[q] = zeros }
        var address = image + (y * width + low * self.stride.width + offset) * channels
        let step = self.stride.width * channels
        for q in low..<high {
          entries[q] = address
          address += step
        }
        for q in high..<end { entries[q] = zeros }
      }
    }
  }

  /// Copies the source rows of filter rows `rows`, and the addresses of the windows in them.
  @inline(__always)
  private func copyRows<Scalar: TensorScalar>(
    of source: UnsafePointer<Scalar>, pixels: Range<Int>, rows: Range<Int>, copies: UnsafeMutablePointer<Scalar>,
    into table: UnsafeMutablePointer<UnsafePointer<Scalar>>, stride: Int
  ) {
    var copy = copies
    let step = self.stride.width * channels
    forEachRun(in: pixels) { run in
      let image = source + run.image * height * width * channels
      let x = run.columns.lowerBound * self.stride.width + originWidth
      let length = (run.columns.count - 1) * self.stride.width + window.width
      let low = min(max(-x, 0), length)
      let high = max(low, min(width - x, length))
      for r in rows {
        let y = run.row * self.stride.height + originHeight + r * dilation.height
        if 0 <= y, y < height {
          let line = image + (y * width + x) * channels
          for i in 0..<low * channels { copy[i] = 0 }
          for i in low * channels..<high * channels { copy[i] = line[i] }
          for i in high * channels..<length * channels { copy[i] = 0 }
        } else {
          for i in 0..<length * channels { copy[i] = 0 }
        }
        let entries = table + (r - rows.lowerBound) * stride + run.offset
        for i in 0..<run.columns.count { entries[i] = UnsafePointer(copy + i * step) }
        copy += length * channels
      }
    }
  }

  /// The elements of the copies of source rows for any `pixels` pixels that follow one another.
  func copiedElements(pixels: Int) -> Int {
    if !copiesRows { return 0 }
    let runs = min(pixels, (pixels - 1) / outputWidth + 2)
    return window.height * channels * (pixels * stride.width + runs * max(0, window.width - stride.width))
  }
}
