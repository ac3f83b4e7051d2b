import Unfold

/// A change of the maps' size in the words of benchdnn's resampling driver: `--alg=linear mb8ic256ih28oh56n"unet:up3"`.
public struct ResamplingDescriptor: ShapeDescriptor {
  /// How an output pixel follows from the input.
  public enum Algorithm: Hashable, Sendable, CaseIterable {
    /// `nearest`: it copies a pixel of the input. The engine and oneDNN copy the same one where the output's extent is
    /// a multiple of the input's; elsewhere the engine rounds the position down and oneDNN to the nearest centre.
    case nearest
    /// `linear`: it lies between the centres of the surrounding pixels.
    case linear
  }

  /// One spatial axis.
  public struct Axis: Hashable, Sendable {
    /// `ih`, `iw`: the input's extent.
    public let input: Int
    /// `oh`, `ow`: the output's extent.
    public let output: Int
  }

  /// How an output pixel follows from the input.
  public let algorithm: Algorithm
  /// `mb`: the number of images.
  public var batch: Int
  /// `ic`: the channels of input and output.
  public let channels: Int
  /// The rows; nil for a resampling along one axis.
  public let vertical: Axis?
  /// The columns.
  public let horizontal: Axis
  /// `n`: what follows it, without quotes and without the number of occurrences.
  public let name: String
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  public let occurrences: Int
}

extension ResamplingDescriptor {
  /// The resampling with these shapes: NHWC, with one row for a resampling along one axis.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: `UnfoldError` with the numbers where the engine cannot do it: sizes beyond `Int32`.
  public func geometry(batch: Int? = nil) throws(UnfoldError) -> Resampling {
    let size = Extent(vertical?.output ?? 1, horizontal.output)
    let kind: Resampling.Kind =
      switch algorithm {
      case .nearest: .nearest(to: size)
      case .linear: .bilinear(to: size, alignsCorners: false)
      }
    return try Resampling(
      input: [batch ?? self.batch, vertical?.input ?? 1, horizontal.input, channels], kind: kind)
  }
}

extension ResamplingDescriptor: CustomStringConvertible {
  /// The canonical descriptor, every field written out; ``init(_:algorithm:path:line:)`` gives an equal value for it
  /// and the same algorithm, which is an option and no field.
  public var description: String {
    let rows = (input: vertical.map { "ih\($0.input)" } ?? "", output: vertical.map { "oh\($0.output)" } ?? "")
    return "mb\(batch)ic\(channels)_\(rows.input)iw\(horizontal.input)_\(rows.output)ow\(horizontal.output)"
      + nameField
  }
}
