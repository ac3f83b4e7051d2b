import Unfold

/// Random valid convolutions: stride x asymmetric padding x dilation x groups x odd sizes x batch.
struct RandomGeometry {
  var generator: SeededGenerator

  /// A geometry of at most some hundred thousand products, so that the reference judges thousands in seconds.
  mutating func next() -> ConvolutionGeometry {
    while true {
      let groups = pick([1, 1, 1, 2, 3, 4])
      let channels = groups * pick([1, 1, 2, 3, 4, 5, 7, 8, 17])
      let isDepthwise = Int.random(in: 0..<6, using: &generator) == 0
      let filters = isDepthwise ? channels * pick([1, 1, 2, 3]) : groups * pick([1, 2, 3, 5, 8, 19])
      let geometry = try? ConvolutionGeometry(
        input: [between(1, 3), between(1, 13), between(1, 13), channels], filters: filters,
        window: Extent(between(1, 5), between(1, 5)), stride: Extent(between(1, 4), between(1, 4)),
        padding: Int.random(in: 0..<8, using: &generator) == 0
          ? .same
          : .sides(top: between(0, 4), bottom: between(0, 4), left: between(0, 4), right: between(0, 4)),
        dilation: Extent(between(1, 3), between(1, 3)), groups: isDepthwise ? channels : groups)
      if let geometry, geometry.operations < 4e5 { return geometry }
    }
  }

  /// A grouped one with as many channels as filters in a group, of all widths that a vector can hold a part of.
  mutating func nextOfEqualGroups() -> ConvolutionGeometry {
    while true {
      let width = pick([2, 2, 3, 4, 4, 5, 8, 8, 12, 16, 24, 32, 40, 64])
      let channels = width * pick([1, 2, 3, 4, 5, 8, 9, 13])
      let window = Extent(between(1, 5), between(1, 5))
      let geometry = try? ConvolutionGeometry(
        input: [between(1, 2), between(1, 11), between(1, 23), channels], filters: channels,
        window: between(0, 2) > 0 ? 3 : window, stride: Extent(between(1, 3), between(1, 3)),
        padding: .sides(top: between(0, 3), bottom: between(0, 3), left: between(0, 3), right: between(0, 3)),
        dilation: Extent(between(1, 3), between(1, 3)), groups: channels / width)
      if let geometry, geometry.operations < 1e6, channels <= 192 { return geometry }
    }
  }

  /// Dilations up to 40 and depthwise windows up to 31, with any padding: taps that lie outside for most pixels.
  mutating func nextOfFarTaps() -> ConvolutionGeometry {
    while true {
      let isDepthwise = between(0, 1) == 1
      let channels = isDepthwise ? pick([3, 16, 32, 33, 47, 64, 70, 100]) : pick([1, 4, 16, 17, 24, 32])
      let window =
        isDepthwise
        ? Extent(pick([1, 3, 5, 7, 13, 31]), pick([1, 3, 5, 7, 13, 31])) : Extent(pick([1, 3]), pick([2, 3]))
      let dilation = isDepthwise ? Extent(pick([1, 1, 2]), pick([1, 1, 3])) : Extent(between(1, 40), between(1, 40))
      func padding(_ window: Int, _ dilation: Int) -> Int { between(0, dilation * (window - 1)) }
      let geometry = try? ConvolutionGeometry(
        input: [between(1, 2), between(1, 40), between(1, 40), channels],
        filters: isDepthwise ? channels : pick([1, 8, 24, 33]), window: window,
        stride: between(0, 2) > 0 ? 1 : Extent(between(1, 3), between(1, 3)),
        padding: .sides(
          top: padding(window.height, dilation.height), bottom: padding(window.height, dilation.height),
          left: padding(window.width, dilation.width), right: padding(window.width, dilation.width)),
        dilation: dilation, groups: isDepthwise ? channels : 1)
      if let geometry, geometry.operations < 4e6 { return geometry }
    }
  }

  private mutating func between(_ low: Int, _ high: Int) -> Int { Int.random(in: low...high, using: &generator) }
  private mutating func pick(_ values: [Int]) -> Int { values[Int.random(in: 0..<values.count, using: &generator)] }
}

/// Convolutions large enough to be cut into tiles, blocks and slices, each of them of another kind.
let largeGeometries: [ConvolutionGeometry] = {
  let sizes: [(Shape, Int, Extent, Extent, Padding, Extent, Int)] = [
    ([2, 28, 28, 16], 32, 3, 1, 1, 1, 1),
    ([1, 57, 43, 3], 64, 7, 2, 3, 1, 1),
    ([3, 7, 7, 130], 150, 3, 1, 1, 1, 1),
    ([1, 14, 14, 64], 96, 3, 2, .sides(top: 0, bottom: 1, left: 2, right: 0), 1, 1),
    ([4, 13, 11, 100], 130, 1, 1, .valid, 1, 1),
    ([2, 25, 25, 40], 72, 1, 2, .valid, 1, 1),
    ([1, 31, 29, 24], 48, 5, 1, .same, 2, 1),
    ([1, 40, 40, 24], 24, 3, 3, 4, 2, 4),
    ([2, 33, 35, 70], 70, 3, 1, 1, 1, 70),
    ([1, 64, 60, 32], 64, 3, 2, 1, 1, 32),
    ([2, 150, 120, 128], 128, 3, 1, 1, 1, 128),
    ([1, 260, 150, 128], 128, 3, 2, 1, 1, 128),
    ([40, 6, 6, 20], 130, 6, 1, .valid, 1, 1),
    ([8, 1, 200, 12], 24, Extent(1, 9), Extent(1, 2), .symmetric(0, 4), Extent(1, 3), 1),
    ([64, 1, 1, 300], 65, 1, 1, .valid, 1, 1),
    ([2, 5, 5, 600], 40, 3, 1, 1, 1, 1),
    ([2, 40, 41, 40], 3, 1, 1, .valid, 1, 1),
    ([2, 12, 11, 16], 1, 1, 1, .valid, 1, 1),
    // Outputs of more than 16 MiB, sums of 50 terms and of 2.
    ([1, 257, 256, 2], 64, 5, 1, 2, 1, 1),
    ([1, 257, 256, 2], 64, 1, 1, .valid, 1, 1),
    ([2, 37, 41, 1], 64, 3, 1, 1, 1, 1),
    ([1, 4, 4, 1500], 33, 3, 1, 1, 1, 1),
    ([2, 14, 15, 256], 24, 1, 1, .valid, 1, 1),
    // Gradients that are larger than the cache and mostly zero, because no tap reads those pixels: of whole cache
    // lines, of half a line, of several groups.
    ([5, 120, 121, 64], 16, 1, 2, .valid, 1, 1),
    ([9, 256, 256, 8], 16, 1, 2, .valid, 1, 1),
    ([5, 160, 161, 48], 12, 1, 2, .valid, 1, 3),
    ([2, 9, 13, 48], 1, 3, 1, 1, 1, 1),
    ([1, 33, 35, 32], 3, 3, Extent(1, 2), 1, Extent(2, 1), 1),
    ([3, 15, 7, 64], 2, 1, 1, .valid, 1, 1),
    ([1, 6, 6, 16], 4, 5, 2, 2, 1, 1),
    ([2, 11, 700, 2], 8, Extent(3, 4), Extent(2, 1), .same, Extent(3, 1), 1),
    ([1, 7, 9, 40], 420, Extent(3, 2), 1, .same, 1, 2),
    // Groups of as many channels as filters: 4, 4 in whole vectors and a rest, 8, 2, 24, 32, 64.
    ([2, 29, 31, 128], 128, 3, 1, 1, 1, 32),
    ([3, 20, 33, 52], 52, 3, Extent(1, 2), .same, 1, 13),
    ([2, 21, 17, 96], 96, 3, 2, 1, 1, 12),
    ([1, 40, 40, 48], 48, Extent(1, 7), 1, .same, Extent(1, 2), 24),
    ([1, 30, 29, 120], 120, 5, 1, 2, 1, 5),
    ([2, 15, 15, 256], 256, 3, 1, 1, 1, 8),
    ([2, 9, 9, 320], 320, 3, 1, 2, 2, 5),
    // Depthwise convolutions of large windows, some larger than the map, in several strips and bands.
    ([2, 28, 31, 200], 200, 7, 1, 3, 1, 200),
    ([3, 7, 7, 100], 100, 7, 1, 3, 1, 100),
    ([2, 31, 28, 144], 144, 5, 2, 2, 1, 144),
    ([1, 150, 90, 64], 64, 9, 1, .sides(top: 2, bottom: 7, left: 0, right: 11), 1, 64),
    ([1, 14, 14, 48], 48, 31, 1, 15, 1, 48),
    ([1, 40, 33, 36], 36, Extent(5, 6), 1, .same, Extent(3, 2), 36),
    // Dilations so far that most taps lie in the padding.
    ([2, 33, 33, 32], 48, 3, 1, 6, 6, 1),
    ([2, 33, 33, 32], 48, 3, 1, 12, 12, 1),
    ([1, 33, 36, 40], 24, 3, 1, 24, 24, 1),
    ([1, 33, 33, 16], 16, 3, 1, 36, 36, 1),
    ([1, 30, 33, 64], 64, 3, 1, 12, 12, 2),
    ([2, 1, 600, 24], 40, Extent(1, 3), 1, .symmetric(0, 128), Extent(1, 128), 1),
  ]
  return sizes.compactMap { input, filters, window, stride, padding, dilation, groups in
    try? ConvolutionGeometry(
      input: input, filters: filters, window: window, stride: stride, padding: padding, dilation: dilation,
      groups: groups)
  }
}()
