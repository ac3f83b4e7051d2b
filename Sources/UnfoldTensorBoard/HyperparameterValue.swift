/// The value of a hyperparameter, as a column of TensorBoard's table of runs has it.
public enum HyperparameterValue: Hashable, Sendable {
  case number(Double)
  case text(String)
  case boolean(Bool)
}

extension HyperparameterValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
}

extension HyperparameterValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// How a run ended.
public enum RunOutcome: Hashable, Sendable {
  case success
  case failure
}
