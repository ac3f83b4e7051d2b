import Unfold

/// The buffers of a pass, the time that each is alive, and the buffer of each tensor: computed before any memory is
/// allocated.
///
/// Time runs over the steps forward, the loss, and the steps backward:
/// ```
///   0 ... F-1        F       F+1 ... 2F
///   forward          loss    backward, last step first
/// ```
struct ExecutionLayout {
  /// A kernel's properties that the layout depends on.
  struct KernelTraits {
    let needs: BackwardNeeds
    let worksInPlace: Bool
    let differentiatesInPlace: Bool
    let addsInputGradient: Bool
    let isView: Bool
  }

  /// The gradients of one input of one step.
  struct Contribution {
    /// The tensor that the kernel writes; nil where no gradient is needed.
    let tensor: Int?
    /// The tensor that it is then added to, where it is not the first.
    var addedTo: Int?
    /// Whether the kernel itself adds to what the tensor holds.
    var isSum = false
  }

  /// The samples' shapes of all tensors: those of the nodes' values first, then gradients.
  private(set) var shapes: [Shape]
  /// The samples of each tensor: fewer than the batch if it lives within a micro-batch.
  private(set) var batches: [Int]
  /// The buffer of each tensor; nil for the inputs of the graph and what is a view of one.
  private(set) var buffers: [Int?]
  /// The gradient tensor of each node's value.
  private(set) var gradients: [Int?]
  /// The gradients of each step's inputs.
  private(set) var contributions: [[Contribution]]
  /// The lifetime and the size of each buffer, in bytes a sample.
  private(set) var lives: [MemoryPlan.Buffer] = []

  private let steps: [ExecutionStep]
  private let traits: [KernelTraits]
  private let elementBytes: Int
  private let batch: Int

  /// - Parameter isTrained: For each node, whether its value depends on anything whose gradient is wanted.
  init(
    _ graph: Graph, _ steps: [ExecutionStep], _ traits: [KernelTraits], mode: ForwardMode, isTrained: [Bool],
    batch: Int, microBatches: MicroBatches?, elementBytes: Int
  ) {
    self.steps = steps
    self.traits = traits
    self.batch = batch
    self.elementBytes = elementBytes
    shapes = graph.nodes.map(\.shape)
    batches = [Int](repeating: batch, count: graph.nodes.count)
    if let microBatches {
      for step in steps[..<microBatches.steps] where step.output != microBatches.kept {
        batches[step.output] = microBatches.size
      }
    }
    buffers = [Int?](repeating: nil, count: graph.nodes.count)
    gradients = [Int?](repeating: nil, count: graph.nodes.count)
    contributions = steps.map { $0.inputs.map { _ in Contribution(tensor: nil) } }
    placeValues(graph, mode, kept: microBatches?.kept)
    if mode == .training { placeGradients(graph, isTrained) }
  }

  private func forwardTime(_ step: Int) -> Int { step }
  private var lossTime: Int { steps.count }
  private func backwardTime(_ step: Int) -> Int { 2 * steps.count - step }

  private mutating func makeBuffer(_ shape: Shape, of samples: Int? = nil, at time: Int) -> Int {
    let count = (samples ?? batch) * shape.elements
    lives.append(MemoryPlan.Buffer(bytes: count * elementBytes, life: time...time))
    return lives.count - 1
  }

  private mutating func extend(_ buffer: Int?, to time: Int) {
    guard let buffer else { return }
    let life = lives[buffer].life
    lives[buffer].life = min(life.lowerBound, time)...max(life.upperBound, time)
  }

  private mutating func makeTensor(_ shape: Shape, in buffer: Int?) -> Int {
    shapes.append(shape)
    batches.append(batch)
    buffers.append(buffer)
    return shapes.count - 1
  }

  /// - Parameter kept: The node whose value for all samples is written while micro-batches follow one another.
  private mutating func placeValues(_ graph: Graph, _ mode: ForwardMode, kept: Int?) {
    // When each node's value is read for the last time.
    var lastRead = [Int](repeating: -1, count: graph.nodes.count)
    for (index, step) in steps.enumerated() {
      let backward = mode == .training ? backwardTime(index) : -1
      for input in step.inputs {
        lastRead[input] = max(
          lastRead[input], forwardTime(index), traits[index].needs.contains(.inputs) ? backward : -1)
      }
      if traits[index].needs.contains(.output) { lastRead[step.output] = max(lastRead[step.output], backward) }
    }
    for output in graph.outputs { lastRead[output] = max(lastRead[output], lossTime) }

    // A buffer may be overwritten by the last step that reads a value in it.
    var bufferReads: [Int] = []
    for (index, step) in steps.enumerated() {
      let source = step.inputs.first.flatMap { buffers[$0] }
      let time = forwardTime(index)
      if traits[index].isView {
        buffers[step.output] = source
      } else if traits[index].worksInPlace, let source, bufferReads[source] <= time,
        !step.inputs.dropFirst().contains(where: { buffers[$0] == source }),
        step.inputs.first.map({ shapes[$0] }) == shapes[step.output],
        step.inputs.first.map({ batches[$0] }) == batches[step.output]
      {
        buffers[step.output] = source
      } else {
        buffers[step.output] = makeBuffer(
          shapes[step.output], of: batches[step.output], at: step.output == kept ? 0 : time)
        bufferReads.append(-1)
      }
      guard let buffer = buffers[step.output] else { continue }
      // Views count as readers of the value that they show. Their own readers are known here, because the graph is in
      // topological order.
      let reads = lastReadThroughViews(of: step.output, lastRead)
      bufferReads[buffer] = max(bufferReads[buffer], reads)
      extend(buffer, to: time)
      extend(buffer, to: max(time, reads))
    }
  }

  /// The last reading of a value or of a view of it.
  private func lastReadThroughViews(of node: Int, _ lastRead: [Int]) -> Int {
    var last = lastRead[node]
    for (index, step) in steps.enumerated() where traits[index].isView && step.inputs.first == node {
      last = max(last, lastReadThroughViews(of: step.output, lastRead))
    }
    return last
  }

  private mutating func placeGradients(_ graph: Graph, _ isTrained: [Bool]) {
    for output in graph.outputs where gradients[output] == nil {
      gradients[output] = makeTensor(shapes[output], in: makeBuffer(shapes[output], at: lossTime))
    }
    for (index, step) in steps.enumerated().reversed() {
      guard let outputGradient = gradients[step.output] else { continue }
      let time = backwardTime(index)
      extend(buffers[outputGradient], to: time)
      contributions[index] = step.inputs.enumerated().map { position, input in
        guard isTrained[input] else { return Contribution(tensor: nil) }
        let inPlace = position == 0 && (traits[index].isView || traits[index].differentiatesInPlace)
        if let sum = gradients[input], position == 0, traits[index].addsInputGradient {
          extend(buffers[sum], to: time)
          return Contribution(tensor: sum, isSum: true)
        }
        if let sum = gradients[input] {
          // The gradient of a view lies where the view's own gradient lies: it is added as it is.
          let buffer = inPlace ? buffers[outputGradient] : makeBuffer(shapes[input], at: time)
          extend(buffers[sum], to: time)
          return Contribution(tensor: makeTensor(shapes[input], in: buffer), addedTo: sum)
        }
        let buffer = inPlace ? buffers[outputGradient] : makeBuffer(shapes[input], at: time)
        let tensor = makeTensor(shapes[input], in: buffer)
        gradients[input] = tensor
        return Contribution(tensor: tensor)
      }
    }
    // Alive until after the last step, because the gradients of inputs are read then; the steps before the first reader
    // of the input have buffers of their own.
    for input in graph.inputs {
      if let gradient = gradients[input] { extend(buffers[gradient], to: backwardTime(0)) }
    }
  }
}
