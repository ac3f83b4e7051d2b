import ArgumentParser
import Unfold
import UnfoldData
import UnfoldNN

/// The options for going on from the weights of another training, and for parameters that learn more slowly or not at
/// all.
struct FineTuningOptions: ParsableArguments {
  @Option(
    name: .customLong("from"),
    help: """
      Start from the weights of this safetensors file, Unfold's or one with PyTorch's names. The classifier is \
      replaced where it is for other classes.
      """)
  var source: String?

  @Option(
    name: .long, help: "Leave the parameters of these names as they are, as in 'layer1.*'. May be given several times.")
  var freeze: [String] = []

  @Option(
    name: .long,
    help:
      "A factor of the learning rate for parameters of these names, as in 'layer2.*=0.5'. May be given several times.")
  var rateFactor: [String] = []

  @Option(
    name: .long,
    help: "The factor for all parameters but a replaced classifier. (default: 0.1 where one was replaced, otherwise 1)")
  var bodyRate: Double?

  /// - Throws: ``CommandError/usage(message:)`` for factors that cannot be and options without effect.
  func check() throws(CommandError) {
    if let bodyRate {
      guard source != nil else { throw .usage("--body-rate", expected: "--from beside it", found: "--body-rate alone") }
      try Self.requireFactor("--body-rate", bodyRate)
    }
    _ = try factors()
  }

  /// The architecture that the file of `--from` names; nil without one.
  ///
  /// - Throws: `ModelFileError`.
  func architecture() throws -> String? {
    try source.flatMap { try SafetensorsFile(path: $0).metadata["unfold.model"] }
  }

  /// Gives a network the weights of the file, and its parameters their factors. Says so on standard error.
  ///
  /// - Parameters:
  ///   - network: With its first weights.
  ///   - classNames: Those of the data.
  /// - Throws: `ModelFileError`, and ``CommandError/usage(message:)`` for patterns that fit no parameter.
  func apply(to network: Network<Float>, classNames: [String]) throws {
    var body = network.parameters
    if let source {
      let file = try SafetensorsFile(path: source)
      let classes = try? ModelCard(metadata: file.metadata).classes
      let transfer: WeightTransfer
      do {
        transfer = try network.takeWeights(of: file, newHead: classes.map { $0 != classNames } ?? false)
      } catch {
        throw CommandError.file(path: source, reason: "\(error)")
      }
      let head = Set(transfer.newHead)
      body.removeAll { head.contains($0.name) }
      let factor = bodyRate ?? (head.isEmpty ? 1 : 0.1)
      for parameter in body { parameter.rateFactor = factor }
      Terminal.error.writeLine("unfold: \(transfer.summary(of: source, classes: classNames.count, bodyRate: factor))")
    }
    for (pattern, factor) in try factors() {
      for parameter in try network.parameters(named: pattern, "--rate-factor") { parameter.rateFactor = factor }
    }
    for pattern in freeze {
      for parameter in try network.parameters(named: pattern, "--freeze") { parameter.isFrozen = true }
    }
    guard network.parameters.contains(where: \.isTrained) else {
      throw CommandError.usage("--freeze", expected: "parameters that are left to train", found: "none")
    }
  }

  /// The options that decide the result; none of them where none is given, so that checkpoints of earlier versions go
  /// on. Those of `--from` are the weights themselves, see ``facts(of:)``.
  var fingerprint: [String: String] {
    var options: [String: String] = [:]
    if !freeze.isEmpty { options["freeze"] = "\(freeze)" }
    if !rateFactor.isEmpty { options["rate-factor"] = "\(rateFactor)" }
    if let bodyRate { options["body-rate"] = "\(bodyRate)" }
    return options
  }

  /// The checksum of the first weights, where they come from a file.
  func facts(of network: Network<Float>) -> [String: String] {
    guard source != nil else { return [:] }
    var checksum = Checksum()
    for parameter in network.parameters {
      parameter.value.withUnsafeBufferPointer { checksum.add(UnsafeRawBufferPointer($0)) }
    }
    return ["first weights": "\(checksum)"]
  }

  private func factors() throws(CommandError) -> [(pattern: String, factor: Double)] {
    var factors: [(String, Double)] = []
    for text in rateFactor {
      let words = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard words.count == 2, let factor = Double(words[1]) else {
        throw .usage("--rate-factor", expected: "PATTERN=FACTOR, as in 'layer2.*=0.5'", found: text)
      }
      try Self.requireFactor("--rate-factor", factor)
      factors.append((String(words[0]), factor))
    }
    return factors
  }

  private static func requireFactor(_ option: String, _ factor: Double) throws(CommandError) {
    guard 0...1000 ~= factor else { throw .usage(option, expected: "0 to 1000", found: "\(factor)") }
  }
}

extension WeightTransfer {
  /// What was taken and what was not, in one line.
  fileprivate func summary(of path: String, classes: Int, bodyRate: Double) -> String {
    var parts = ["\(taken.count) parameters from \(path)"]
    if !newHead.isEmpty {
      parts.append("a new classifier for \(classes) classes (\(newHead.joined(separator: ", ")))")
    }
    if !ignored.isEmpty {
      parts.append(
        "\(ignored.count) tensor\(ignored.count == 1 ? "" : "s") without use (\(ignored[0])\(ignored.count == 1 ? "" : ", ..."))"
      )
    }
    if bodyRate != 1 { parts.append("learning rate of the body: \(bodyRate) times") }
    return parts.joined(separator: "; ")
  }
}

extension Network {
  /// The parameters whose names fit a pattern of the shell.
  ///
  /// - Throws: ``CommandError/usage(message:)`` for none.
  fileprivate func parameters(named pattern: String, _ option: String) throws(CommandError) -> [Parameter<Scalar>] {
    let found = parameters.filter { $0.fits(pattern) }
    guard found.isEmpty else { return found }
    throw .usage(
      option, expected: "a pattern of names such as \(parameters.first?.name ?? "conv1.weight")", found: pattern)
  }
}
