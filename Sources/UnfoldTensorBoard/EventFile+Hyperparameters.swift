extension EventFile {
  /// Appends the hyperparameters of the run, and the tags of the scalars that its row of the HPARAMS tab shows.
  ///
  /// Call it once, before the first step. A run without `end` is one whose outcome is not known.
  public func hyperparameters(
    _ values: [String: HyperparameterValue], metrics: [String], wallTime: Double? = nil
  ) throws(EventFileError) {
    let sorted = values.sorted { $0.key < $1.key }
    try Self.check(sorted, metrics)
    let experiment = ProtobufMessage { experiment in
      for (name, value) in sorted {
        experiment.message(4) {
          $0.string(1, name)
          $0.integer(4, value.dataType)
        }
      }
      for metric in metrics {
        experiment.message(5) { info in
          info.message(1) { $0.string(2, metric) }
        }
      }
    }
    let start = ProtobufMessage { start in
      for (name, value) in sorted {
        start.message(1) { entry in
          entry.string(1, name)
          entry.message(2) { $0.value(value) }
        }
      }
      start.double(5, wallTime ?? Self.now())
    }
    try appendSession("experiment", field: 2, experiment, wallTime: wallTime)
    try appendSession("session_start_info", field: 3, start, wallTime: wallTime)
  }

  /// Appends that the run has ended, for the HPARAMS tab.
  public func end(_ outcome: RunOutcome, wallTime: Double? = nil) throws(EventFileError) {
    let end = ProtobufMessage {
      $0.integer(1, outcome == .success ? 1 : 2)
      $0.double(2, wallTime ?? Self.now())
    }
    try appendSession("session_end_info", field: 4, end, wallTime: wallTime)
  }

  /// Appends a summary that has nothing but metadata: a message of the plugin, of version 0.
  private func appendSession(
    _ name: String, field: Int, _ content: ProtobufMessage, wallTime: Double?
  ) throws(EventFileError) {
    try append("_hparams_/\(name)", step: 0, wallTime: wallTime) { value in
      // Some readers skip a value without a tensor: an empty one, of type float.
      value.message(8) { tensor in
        tensor.integer(1, 1)
        tensor.message(2) { shape in
          shape.message(2) { $0.integer(1, 0) }
        }
      }
      value.metadata(plugin: "hparams", content: ProtobufMessage { $0.message(field, content) })
    }
  }

  private static func check(
    _ values: [(key: String, value: HyperparameterValue)], _ metrics: [String]
  ) throws(EventFileError) {
    for (name, value) in values {
      guard !name.isEmpty else {
        throw .invalidArgument(name: "hyperparameter", expected: "a name", found: "an empty text")
      }
      // TensorBoard answers with JSON, which has no such numbers, and would show no run at all.
      if case .number(let number) = value, !number.isFinite {
        throw .invalidArgument(name: "hyperparameter \"\(name)\"", expected: "a finite number", found: "\(number)")
      }
    }
    guard !metrics.contains("") else {
      throw .invalidArgument(name: "metric", expected: "a tag", found: "an empty text")
    }
    guard Set(metrics).count == metrics.count else {
      throw .invalidArgument(name: "metrics", expected: "different tags", found: metrics.joined(separator: ", "))
    }
  }
}

extension HyperparameterValue {
  /// The `DataType` of the plugin's `api.proto`.
  fileprivate var dataType: Int {
    switch self {
    case .text: 1
    case .boolean: 2
    case .number: 3
    }
  }
}

extension ProtobufMessage {
  /// Writes a `Value` of Google's `struct.proto`.
  fileprivate mutating func value(_ value: HyperparameterValue) {
    switch value {
    case .number(let number): double(2, number)
    case .text(let text): string(3, text)
    case .boolean(let flag): boolean(4, flag)
    }
  }
}
