/// The errors of the engine, which never traps on user data: every case states what was expected and what was found.
public enum UnfoldError: Error, Hashable, Sendable {
  /// A tensor's shape is not the one that the operation's geometry prescribes.
  case shapeMismatch(of: String, expected: Shape, found: Shape)
  /// A number is outside its range: an extent of zero, a negative padding, a probability above one.
  case invalidArgument(_ name: String, expected: String, found: String)
  /// A window, dilated, does not fit in the padded input.
  case windowExceedsInput(axis: String, window: Int, paddedInput: Int)
  /// The channels cannot be split evenly over the groups.
  case groupsDoNotDivide(groups: Int, channels: Int, of: String)
  /// A size does not fit: in an `Int`, in the `Int32` of a BLAS call, or in the address space.
  case tooLarge(_ what: String, size: String, limit: Int)
  /// The system refused memory.
  case outOfMemory(bytes: Int)
  /// A number is infinite or NaN where only finite ones are valid, as in the gradient of a parameter.
  case notFinite(_ what: String, found: String)
  /// A linear-algebra routine failed.
  case linearAlgebra(routine: String, info: Int)
}

extension UnfoldError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shapeMismatch(let what, let expected, let found):
      "\(what): expected shape \(expected), found \(found)"
    case .invalidArgument(let name, let expected, let found):
      "\(name): expected \(expected), found \(found)"
    case .windowExceedsInput(let axis, let window, let paddedInput):
      "\(axis): expected a window of at most the padded input (\(paddedInput)), found \(window) after dilation"
    case .groupsDoNotDivide(let groups, let channels, let what):
      "groups: expected a divisor of the \(channels) \(what), found \(groups)"
    case .tooLarge(let what, let size, let limit):
      "\(what): expected at most \(limit), found \(size)"
    case .outOfMemory(let bytes):
      "memory: the system refused an allocation of \(bytes) bytes"
    case .notFinite(let what, let found):
      "\(what): expected finite numbers, found \(found)"
    case .linearAlgebra(let routine, let info):
      "\(routine): expected info 0, found \(info)"
    }
  }
}

/// Throws unless `value` lies in `range`; the message names the argument.
@inline(__always)
func require<Range: RangeExpression>(
  _ name: @autoclosure () -> String, _ value: Range.Bound, in range: Range, or expected: @autoclosure () -> String
) throws(UnfoldError) {
  guard range.contains(value) else {
    let found = (value as? any BinaryFloatingPoint)?.messageText ?? "\(value)"
    throw .invalidArgument(name(), expected: expected(), found: found)
  }
}
