/// The product of every channel of every image with a number of its own: the gate of a squeeze-and-excitation block.
/// Shapes validated once and shared by the forward pass and both gradients.
///
/// ```swift
/// let scaling = try ChannelScaling(input: [8, 56, 56, 64])
/// let output = try scaling.forward(input, gate: gate)                                // gate: [8, 64]
/// let (ofInput, ofGate) = try scaling.gradients(outputGradient, input: input, gate: gate)
/// ```
///
/// ```
/// output[n, h, w, c] = input[n, h, w, c] gate[n, c]
/// ```
///
/// With a shared gate, `[C]`, all images have the same: the layer scale of ConvNeXt.
///
/// Sources: Hu, Shen and Sun, "Squeeze-and-Excitation Networks" (2018), equation 4; Touvron et al., "Going deeper with
/// image transformers" (2021), equation 4, for the shared gate.
public struct ChannelScaling: Hashable, Sendable {
  /// `[N, ..., C]`, as given.
  public let inputShape: Shape
  /// `[N, C]`; `[C]` if it is shared.
  public let gateShape: Shape

  let channels: Int
  let pieces: RowPieces

  /// A validated scaling.
  ///
  /// - Parameters:
  ///   - input: `[N, H, W, C]`, or any shape of two axes or more: the first is the images, the last the channels.
  ///   - sharesGate: Whether all images have the same gate.
  /// - Throws: ``UnfoldError`` for fewer axes, an extent below 1, and sizes that leave `Int32` for an axis or `Int` in
  ///   bytes.
  public init(input: Shape, sharesGate: Bool = false) throws(UnfoldError) {
    guard input.rank >= 2 else {
      throw .invalidArgument("scaling input", expected: "[N, ..., C]", found: "\(input)")
    }
    let count = try input.requireExtents("scaling input")
    inputShape = input
    channels = input[input.rank - 1]
    gateShape = sharesGate ? Shape(channels) : [input[0], channels]
    // A shared gate is that of one image of all pixels.
    let images = sharesGate ? 1 : input[0]
    // At most so many partial sums of an image: enough for the threads to share even one.
    pieces = RowPieces(rows: images, length: count / (images * channels), scalars: channels, mostPieces: 32)
  }

  /// The pixels of a run, which one inner loop handles: several where a pixel has few channels, because a loop over a
  /// few elements costs more than the elements.
  var pixelsPerRun: Int { max(1, 128 / channels) }
  /// The elements of a run.
  var runLength: Int { pixelsPerRun * channels }
}
