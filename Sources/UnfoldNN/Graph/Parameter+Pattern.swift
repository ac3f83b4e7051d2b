import Glibc

extension Parameter {
  /// Whether the name fits a pattern of the shell: `*` stands for any text, `?` for one character, `[ab]` for one of
  /// them.
  ///
  /// ```swift
  /// for parameter in network.parameters where parameter.fits("layer1.*") { parameter.isFrozen = true }
  /// ```
  ///
  /// Source: POSIX.1, `fnmatch`.
  public func fits(_ pattern: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
