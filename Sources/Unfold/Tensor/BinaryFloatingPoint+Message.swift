extension BinaryFloatingPoint {
  /// The number as messages show it: as Swift writes it, but `nan` for every NaN. The processor sets the sign bit of those
  /// that it makes of 0/0, for which Swift writes `-nan`; it means nothing.
  package var messageText: String { isNaN ? "nan" : "\(self)" }
}
