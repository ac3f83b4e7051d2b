import Glibc
import Unfold

/// A record of the time that each step of a network's passes takes, summed over all passes; see ``Network/profile``.
///
/// The clock is read after each step, so that the times of all steps together are the time of the pass.
package final class PassProfile {
  /// The part of a training step that a time belongs to.
  package enum Part: Int, CaseIterable, Sendable {
    case forward
    /// The gradients of filter and bias, and that of the activation before them.
    case filterGradient
    case inputGradient
    /// All gradients, of a layer that computes them together.
    case backward
  }

  /// One part of one step.
  package struct Row: Sendable {
    /// The nodes that the step computes, several where they were fused.
    package let nodes: [String]
    /// What it computes, as `Layer.label` says it.
    package let label: String
    package let part: Part
    /// The multiplications and additions of one pass; 0 where they are no measure of the work.
    package let operations: Double
    /// The bytes of the tensors that the part reads and writes in one pass, the parameters among them.
    package let bytes: Int
    /// Of all passes.
    package fileprivate(set) var seconds = 0.0
  }

  /// What an execution says about a step.
  struct Step {
    var nodes: [String]
    var label: String
    /// Of a forward pass.
    var operations: Double
    /// The bytes of each part.
    var bytes: [Part: Int]
  }

  /// The forward passes that were recorded.
  package private(set) var passes = 0

  private var rows: [Row] = []
  /// The place of a part of a step among the rows.
  private var places: [Int?] = []
  /// The time of what is outside of the network, by name, in the order in which it first came.
  private var outside: [(name: String, seconds: Double)] = []
  private var last = 0.0
  /// The part of the current step's backward pass that ended last.
  private var lastPart: Part?
  private var step = 0

  package init() {}

  /// The parts that took any time: those of the network in the order in which they first ran, then what is outside.
  package var measured: [Row] {
    rows.filter { $0.seconds > 0 }
      + outside.map {
        Row(nodes: [$0.name], label: "", part: .forward, operations: 0, bytes: 0, seconds: $0.seconds)
      }
  }

  /// Begins a forward pass of an execution with these steps.
  func beginForward(_ steps: () -> [Step]) {
    passes += 1
    if places.isEmpty { prepare(steps()) }
    last = Self.now
  }

  private func prepare(_ steps: [Step]) {
    places = [Int?](repeating: nil, count: steps.count * Part.allCases.count)
    func add(_ index: Int, _ part: Part) {
      let step = steps[index]
      places[index * Part.allCases.count + part.rawValue] = rows.count
      rows.append(
        Row(
          nodes: step.nodes, label: step.label, part: part, operations: part == .backward ? 0 : step.operations,
          bytes: step.bytes[part] ?? 0))
    }
    for index in steps.indices { add(index, .forward) }
    for index in steps.indices.reversed() { for part in Part.allCases.dropFirst() { add(index, part) } }
  }

  /// Begins a backward pass.
  func beginBackward() { last = Self.now }

  /// The forward pass of a step has ended.
  func endForward(_ step: Int) { add(step, .forward) }

  /// The backward pass of a step begins.
  func enterBackward(_ step: Int) { (self.step, lastPart) = (step, nil) }

  /// A part of the current step's backward pass has ended.
  func end(_ part: Part) {
    add(step, part)
    lastPart = part
  }

  /// The backward pass of the current step has ended: what came after its last part belongs to that.
  func endBackward() { add(step, lastPart ?? .backward) }

  /// Something outside of the network, such as the loss, has ended: it began where the last part ended.
  package func endOutside(_ name: String) {
    let now = Self.now
    if let place = outside.firstIndex(where: { $0.name == name }) {
      outside[place].seconds += now - last
    } else {
      outside.append((name, now - last))
    }
    last = now
  }

  private func add(_ step: Int, _ part: Part) {
    let now = Self.now
    if let place = places[step * Part.allCases.count + part.rawValue] { rows[place].seconds += now - last }
    last = now
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension ExecutionStep {
  /// What a profile says about the step.
  func profiled(_ graph: Graph, batch: Int, elementBytes: Int) -> PassProfile.Step {
    func bytes(_ node: Int) -> Int { elementBytes * batch * graph.nodes[node].shape.elements }
    let values = inputs.reduce(bytes(output)) { $0 + bytes($1) }
    var (operations, parameters) = (0.0, 0)
    for node in owners {
      operations += Double(batch) * (graph.nodes[node].layer?.operationCount(graph.inputShapes(of: node)) ?? 0)
      parameters += graph.parameters(of: node).reduce(0) { $0 + elementBytes * $1.shape.elements }
    }
    // Forward, and in either gradient of a filter, each value or its gradient once; otherwise both.
    return PassProfile.Step(
      nodes: owners.map { graph.nodes[$0].name }, label: layer.label, operations: operations,
      bytes: [
        .forward: values + parameters, .filterGradient: values + parameters, .inputGradient: values + parameters,
        .backward: 2 * (values + parameters),
      ])
  }
}
