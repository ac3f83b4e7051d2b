import Unfold
import UnfoldData

/// A request to `unfold bench --requests`: one JSON object a line.
struct BenchRequest: Codable, Equatable {
  /// What runs: see ``BenchOperation``; or `machine` (a description and its rates on `threads`), or `describe` (what
  /// the descriptor of a convolution means; `describe-transposed` of a transposed one), or `peak` (what `threads` threads multiply and add at this moment).
  var operation: String
  /// Which pass of it: `FWD_B`, `BWD_D` and so on as the operation has them; `STEP` for a training.
  var direction: String?
  /// A descriptor in benchdnn's syntax; for a training or an inference the model's name.
  var shape: String?
  /// The number of images that a network is given.
  var batch: Int?
  var threads: Int?
  /// The time that the runs take together.
  var seconds: Double?
  /// The least number of runs.
  var fewest: Int?
  /// Whether the peak of resident memory is wanted; use it in the first request of a process, because memory that
  /// earlier ones left counts too.
  var memory: Bool?

  /// Whether two requests can use the same tensors.
  func hasSamePass(as other: BenchRequest) -> Bool {
    (operation, direction, shape, batch) == (other.operation, other.direction, other.shape, other.batch)
  }

  /// A field that the request must have.
  ///
  /// - Throws: ``CommandError/unexpected(_:expected:found:)``.
  func required<Value>(_ value: Value?, _ name: String) throws(CommandError) -> Value {
    guard let value else { throw .unexpected(name, expected: "one for \"\(operation)\"", found: "none") }
    return value
  }
}

/// The answer to a request: one JSON object a line.
struct BenchAnswer: Codable, Equatable {
  /// The seconds of each run.
  var seconds: [Double]?
  /// The multiplications and additions of one run; 0 where they are no measure of the work.
  var operations: Double?
  /// The process's memory, if the request wants it.
  var memory: SpeedSample.Memory?
  /// For `machine`.
  var machine: MachineDescription?
  /// For `machine`.
  var rates: MachineRates?
  /// For `peak`, in GFLOP/s.
  var peak: Double?
  /// For `describe`.
  var convolution: ConvolutionDescription?
  /// The error, if there was one.
  var error: String?
}

/// The meaning of a convolution's descriptor, ordinary or transposed, with all its default values.
struct ConvolutionDescription: Codable, Equatable {
  /// The canonical text.
  var descriptor: String
  var name: String
  var occurrences: Int
  var groups: Int
  /// `[N, H, W, C]`.
  var input: [Int]
  /// `[N, P, Q, K]`.
  var output: [Int]
  /// Rows and columns, as in the properties below.
  var window: [Int]
  var stride: [Int]
  var dilation: [Int]
  /// At the top and at the left.
  var low: [Int]
  /// At the bottom and at the right.
  var high: [Int]
  /// The multiplications and additions of one pass.
  var operations: Double

  /// What a descriptor means for an operator.
  ///
  /// - Throws: `UnfoldError` for one that the engine cannot do.
  init<Descriptor: FilterDescriptor>(_ descriptor: Descriptor) throws where Descriptor.Geometry: FilterOperator {
    let geometry = try descriptor.geometry(batch: nil)
    let axes = [descriptor.vertical ?? .onePosition, descriptor.horizontal]
    self.descriptor = "\(descriptor)"
    name = descriptor.name
    occurrences = descriptor.occurrences
    groups = descriptor.groups
    input = geometry.inputShape.extents
    output = geometry.outputShape.extents
    window = axes.map(\.window)
    stride = axes.map(\.stride)
    dilation = axes.map(\.dilation)
    low = axes.map(\.low)
    high = axes.map(\.high)
    operations = geometry.operations
  }
}
