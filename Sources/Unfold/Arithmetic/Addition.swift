/// The sum of two tensors of one shape, element by element: what joins a residual branch to its shortcut.
///
/// ```swift
/// let output = try Addition.relu.forward(branch, shortcut)
/// let gradient = try Addition.relu.inputGradient(outputGradient, output: output)   // of branch and shortcut alike
/// try Addition.identity.apply(to: &sum, adding: gradient)                         // where a value was used twice
/// ```
///
/// The activation that follows the sum in a residual network is applied in the same pass, so that the sum is not
/// written to memory and read again:
///
/// ```
/// identity   y = a + b                          da = db = dy
/// relu       y = max(a + b, 0)                  da = db = dy where y > 0, else 0
/// ```
///
/// Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2016), figure 2.
public enum Addition: String, Hashable, Sendable, Codable {
  /// The sum as it is.
  case identity
  /// The sum, and zero where it is negative.
  case relu
}
