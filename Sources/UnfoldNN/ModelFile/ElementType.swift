import Unfold

/// A type of numbers in a safetensors file that the engine can compute with, by the format's name.
enum ElementType: String, CaseIterable {
  case double = "F64"
  case float = "F32"
  /// IEEE 754's 16 bits: 5 of the exponent, 10 of the fraction.
  case half = "F16"
  /// The upper half of a `Float`: 8 bits of the exponent, 7 of the fraction.
  case brainFloat = "BF16"

  /// Whether every number of the type is one of `Scalar`.
  func fits<Scalar: TensorScalar>(_ type: Scalar.Type) -> Bool { self != .double || type == Double.self }

  /// The names of all types that fit, for a message.
  static func names<Scalar: TensorScalar>(fitting type: Scalar.Type) -> String {
    allCases.filter { $0.fits(type) }.map(\.rawValue).joined(separator: " or ")
  }

  /// Reads numbers of this type. Both supported architectures are little-endian, as the format is.
  ///
  /// - Parameters:
  ///   - source: The bytes, at any address.
  ///   - target: As many numbers as the bytes hold, of a type that this one fits.
  func read<Scalar: TensorScalar>(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<Scalar>
  ) {
    switch self {
    case .double: widen(source, as: Double.self, into: target) { Scalar($0) }
    case .float where Scalar.self == Float.self: UnsafeMutableRawBufferPointer(target).copyMemory(from: source)
    case .float: widen(source, as: Float.self, into: target) { Scalar($0) }
    case .half: widen(source, as: UInt16.self, into: target) { Scalar(Float(Float16(bitPattern: $0))) }
    case .brainFloat: widen(source, as: UInt16.self, into: target) { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    }
  }

  @inline(__always)
  private func widen<Stored: BitwiseCopyable, Scalar>(
    _ source: UnsafeRawBufferPointer, as type: Stored.Type, into target: UnsafeMutableBufferPointer<Scalar>,
    _ value: (Stored) -> Scalar
  ) {
    for index in target.indices {
      target[index] = value(
        source.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.stride, as: Stored.self))
    }
  }
}
