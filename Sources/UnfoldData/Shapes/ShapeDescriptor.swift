import Unfold

/// One line of a shape file: the shapes of an operator in the words of one of benchdnn's drivers.
///
/// Conforming types differ in the fields that their driver has; how fields are written, what a name is and which
/// defaults fill an axis is the same for all, see ``ConvolutionDescriptor/init(_:algorithm:path:line:)``.
public protocol ShapeDescriptor: Hashable, Sendable, CustomStringConvertible {
  /// What the option `--alg=` chooses between; `Never` where an operator has one algorithm only.
  associatedtype Algorithm: Hashable, Sendable
  /// The engine's validated shapes.
  associatedtype Geometry: Hashable, Sendable

  /// The driver whose lines it reads; nil for any driver's, where the fields tell which it is.
  static var driver: ShapeDriver? { get }

  /// The algorithms by their names in benchdnn, in lower case; empty where there is no choice.
  static var algorithms: [String: Algorithm] { get }

  /// `mb`: the number of images.
  var batch: Int { get set }
  /// `n`: what follows it, without quotes and without the number of occurrences.
  var name: String { get }
  /// How often the network has this layer: the number after an asterisk at the end of the name, 1 without.
  var occurrences: Int { get }

  /// Reads a descriptor.
  ///
  /// - Parameters:
  ///   - text: The descriptor.
  ///   - algorithm: What `--alg=` chose before it; nil for benchdnn's default.
  ///   - path: The file that errors name.
  ///   - line: The line that errors name.
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a text that is no descriptor, and
  ///   ``DataError/unsupportedShape(path:line:text:reason:)`` for one that the engine has no shapes for.
  init(_ text: String, algorithm: Algorithm?, path: String, line: Int) throws(DataError)

  /// The engine's shapes.
  ///
  /// - Parameter batch: The number of images; nil for the descriptor's.
  /// - Throws: `UnfoldError` with the numbers where the engine cannot do it.
  func geometry(batch: Int?) throws(UnfoldError) -> Geometry
}

/// A driver of benchdnn whose lines another driver could read too, with another meaning: a shape file names it.
public enum ShapeDriver: String, CaseIterable, Hashable, Sendable {
  /// Convolutions: what a file begins with.
  case convolution = "--conv"
  /// Transposed convolutions.
  case transposedConvolution = "--deconv"
}

extension ShapeDescriptor {
  /// Any: the fields tell.
  public static var driver: ShapeDriver? { nil }

  /// The field `n` with what stands before it, empty where there is nothing to say.
  var nameField: String {
    let ending = occurrences > 1 ? "*\(occurrences)" : ""
    return name.isEmpty && ending.isEmpty ? "" : "_n\"\(name)\(ending)\""
  }
}
