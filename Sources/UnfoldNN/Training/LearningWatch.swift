import Glibc
import Unfold

/// A monitor that tells whether a training learns: whether its loss falls below that of guessing, and whether its units
/// are alive.
///
/// ```
/// guess     H(q) + (K' - 1) / (2 n),   H(q) = -Σ q(k) ln q(k),   q(k) = (1 - s) n(k) / n + s / K
/// ```
///
/// is the loss of the best prediction that does not look at the samples, the frequencies of the classes: n(k) of the n
/// labels are of class k, K' of the K classes occur, s is the label smoothing. The second term is Miller's correction
/// (1955): the entropy of n counted labels is too low by about that amount.
///
/// A unit is a channel of a layer with a bias or a shift, outputs of the network excepted. It is dead where the
/// gradient of its bias is exactly zero in every step: no sample lets anything through (Lu et al. 2019, "Dying ReLU and
/// initialization"). Steps whose loss is nearly zero do not count: they leave units of a good network without a
/// gradient, too.
///
/// Steps are judged in windows of ``window``.
/// - Complexity: One pass over the labels, and over the biases that had no gradient yet, a step. Allocates nothing.
public final class LearningWatch<Scalar: TensorScalar> {
  /// What is wrong with a training.
  public enum Finding: Hashable, Sendable {
    /// The mean loss of the classes does not fall, and is not below that of guessing.
    case lossStands(loss: Double, guess: Double, steps: Int)
    /// Nine of ten units of a layer, or more, are dead: of several layers the one nearest to the output. Networks that
    /// learn well lose up to half.
    case deadUnits(layer: String, dead: Int, units: Int, steps: Int)
  }

  /// The steps that are judged together.
  public static var window: Int { 50 }
  /// The fewest that are judged by their loss.
  public static var fewest: Int { 20 }
  /// The fewest that are judged by their units: a unit that is rarely active is not dead.
  static var fewestOfUnits: Int { 40 }

  private let smoothing: Double
  private var layers: [WatchedLayer<Scalar>]
  private var labels: [Int]
  /// The losses of the window so far.
  private var losses: [Double] = []
  /// The steps of it whose gradients count.
  private var gradientSteps = 0
  private var lastFindings: [Finding] = []

  /// A monitor of a network that has not been trained yet.
  ///
  /// - Parameters:
  ///   - network: The network.
  ///   - smoothing: How much of each label is spread over all classes.
  public init(_ network: Network<Scalar>, smoothing: Double = 0) {
    self.smoothing = smoothing
    let outputs = network.graph.outputLayers
    layers = network.trainedParameters.compactMap { parameter in
      guard parameter.name.hasSuffix(".bias") else { return nil }
      let layer = String(parameter.name.dropLast(".bias".count))
      return outputs.contains(layer) ? nil : WatchedLayer(name: layer, bias: parameter)
    }
    labels = [Int](repeating: 0, count: max(0, network.outputShape.extents.last ?? 0))
    losses.reserveCapacity(Self.window)
  }

  /// The problems found in the last window: in the current one, if that has ``fewest`` steps, or in the one before.
  /// Empty where there are none.
  public var findings: [Finding] { losses.count >= Self.fewest ? judged() : lastFindings }

  /// Records a step, after its backward pass.
  ///
  /// - Parameters:
  ///   - loss: The mean cross-entropy of the batch.
  ///   - labels: Those of the batch; labels that are no class are not counted.
  public func record(loss: Double, labels: [Int]) {
    if losses.count == Self.window { beginWindow() }
    losses.append(loss)
    for label in labels where label >= 0 && label < self.labels.count { self.labels[label] += 1 }
    if loss > 0.1 * log(Double(max(2, self.labels.count))) {
      gradientSteps += 1
      for index in layers.indices { layers[index].record() }
    }
    if losses.count == Self.window { lastFindings = judged() }
  }

  private func beginWindow() {
    losses.removeAll(keepingCapacity: true)
    gradientSteps = 0
    for index in labels.indices { labels[index] = 0 }
    for index in layers.indices { layers[index].begin() }
  }

  private func judged() -> [Finding] {
    var findings: [Finding] = []
    let (early, late) = (mean(losses.prefix(losses.count / 2)), mean(losses.suffix(losses.count - losses.count / 2)))
    let guess = lossOfGuessing(labels: labels, smoothing: smoothing)
    if guess > 0, late >= 0.99 * guess, late >= 0.995 * early {
      findings.append(.lossStands(loss: late, guess: guess, steps: losses.count))
    }
    if gradientSteps >= Self.fewestOfUnits, let layer = layers.last(where: { $0.isDead }) {
      findings.append(
        .deadUnits(layer: layer.name, dead: layer.silentCount, units: layer.units, steps: losses.count))
    }
    return findings
  }
}

extension LearningWatch.Finding: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .lossStands(let loss, let guess, let steps):
      "the loss does not fall: \(loss.rounded4) over the last \(steps) steps, and \(guess.rounded4) by guessing from the"
        + " frequencies of the classes"
    case .deadUnits(let layer, let dead, let units, let steps):
      "\(dead) of the \(units) units of \(layer) are dead: no sample of the last \(steps) steps gave them a gradient"
    }
  }
}

/// The loss of the best prediction that does not look at the samples; see ``LearningWatch``.
func lossOfGuessing(labels: [Int], smoothing: Double) -> Double {
  let (total, classes) = (Double(labels.reduce(0, +)), Double(labels.count))
  guard total > 0 else { return 0 }
  var (entropy, occurring) = (0.0, 0.0)
  for count in labels {
    let part = (1 - smoothing) * Double(count) / total + smoothing / classes
    if part > 0 { entropy -= part * log(part) }
    if count > 0 { occurring += 1 }
  }
  return entropy + (occurring - 1) / (2 * total)
}

/// The units of a layer that have had no gradient yet.
private struct WatchedLayer<Scalar: TensorScalar> {
  let name: String
  let bias: Parameter<Scalar>
  private var isSilent: [Bool]
  private(set) var silentCount: Int

  init(name: String, bias: Parameter<Scalar>) {
    self.name = name
    self.bias = bias
    isSilent = [Bool](repeating: true, count: bias.value.count)
    silentCount = isSilent.count
  }

  var units: Int { isSilent.count }
  /// Whether nine of ten units are.
  var isDead: Bool { units > 0 && silentCount >= units - units / 10 }

  mutating func begin() {
    for unit in isSilent.indices { isSilent[unit] = true }
    silentCount = isSilent.count
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func record() {
    // A parameter without a gradient is not trained.
    if bias.gradient.count != isSilent.count { silentCount = 0 }
    guard silentCount > 0 else { return }
    bias.gradient.withUnsafeBufferPointer { gradient in
      for unit in isSilent.indices where isSilent[unit] && gradient[unit] != 0 {
        isSilent[unit] = false
        silentCount -= 1
      }
    }
  }
}

extension Graph {
  /// The nodes that write the outputs, activations left aside.
  fileprivate var outputLayers: Set<String> {
    var names: Set<String> = []
    for output in outputs {
      var index = output
      while case .activation? = nodes[index].layer?.epilogue, let source = nodes[index].inputs.first { index = source }
      names.insert(nodes[index].name)
    }
    return names
  }
}

private func mean(_ numbers: ArraySlice<Double>) -> Double {
  numbers.isEmpty ? .infinity : numbers.reduce(0, +) / Double(numbers.count)
}

extension Double {
  fileprivate var rounded4: String { "\((self * 10_000).rounded() / 10_000)" }
}
