import Testing

@testable import UnfoldCommand

/// Requests in, answers out.
@Suite struct BenchServerTests {
  private static let convolution = "mb2ic3ih9oc4oh9kh3ph1"

  private func request(
    _ operation: String, _ direction: String, _ shape: String, threads: Int = 2, more: String = ""
  ) -> String {
    """
    {"operation": "\(operation)", "direction": "\(direction)", "shape": "\(shape)", "threads": \(threads), \
    "seconds": 0, "fewest": 3\(more)}
    """
  }

  struct Operation: CustomTestStringConvertible, Sendable {
    let name: String
    let shape: String
    let directions: [String]
    let operations: Double
    var testDescription: String { name }
  }

  private static let twoNPQKRSC = 2.0 * 2 * 9 * 9 * 4 * 3 * 3 * 3

  static let operations = [
    Operation(
      name: "convolution", shape: convolution, directions: ["FWD_D", "FWD_B", "BWD_D", "BWD_W", "BWD_WB"],
      operations: twoNPQKRSC),
    Operation(
      name: "reference", shape: convolution, directions: ["FWD_D", "FWD_B", "BWD_D", "BWD_W", "BWD_WB"],
      operations: twoNPQKRSC),
    // 2 N H W C R S K of the smaller map.
    Operation(
      name: "transposed-convolution", shape: "mb2ic3ih4oc5oh8kh4sh2ph1",
      directions: ["FWD_D", "FWD_B", "BWD_D", "BWD_W", "BWD_WB"], operations: 2 * 2 * 4 * 4 * 3 * 16 * 5),
    Operation(
      name: "transposed-reference", shape: "mb2ic3ih4oc5oh8kh4sh2ph1",
      directions: ["FWD_D", "FWD_B", "BWD_D", "BWD_W", "BWD_WB"], operations: 2 * 2 * 4 * 4 * 3 * 16 * 5),
    Operation(name: "maximum-pooling", shape: "mb2ic5ih9kh3sh2ph1", directions: ["FWD_D", "BWD_D"], operations: 0),
    Operation(name: "mean-pooling", shape: "mb2ic5iw9kw3sw2pw1", directions: ["FWD_D", "BWD_D"], operations: 0),
    Operation(name: "nearest", shape: "mb2ic5ih4oh8", directions: ["FWD_D", "BWD_D"], operations: 0),
    Operation(name: "linear", shape: "mb2ic5ih4oh7", directions: ["FWD_D", "BWD_D"], operations: 0),
    Operation(
      name: "dense", shape: "mb4ic20ih1oc10kh1", directions: ["FWD_D", "FWD_B", "BWD_D", "BWD_W"],
      operations: 2 * 4 * 20 * 10),
  ]

  @Test(arguments: operations) func everyDirectionIsMeasured(_ operation: Operation) throws {
    var server = BenchServer()
    for direction in operation.directions {
      // One after the other on the tensors at hand, with other threads on the same, and anew.
      for threads in [1, 2, 2] {
        let answer = server.answer(request(operation.name, direction, operation.shape, threads: threads))
        #expect(answer.error == nil)
        #expect(answer.seconds?.count == 3 && answer.seconds?.allSatisfy { $0 > 0 } == true, "\(direction) \(answer)")
        #expect(answer.operations == operation.operations, "\(direction)")
        #expect(answer.memory == nil && answer.machine == nil)
      }
    }
    for direction in ["STEP", "fwd_b", "FWD", ""] + (operation.directions.contains("BWD_W") ? [] : ["BWD_W"]) {
      let answer = server.answer(request(operation.name, direction, operation.shape))
      #expect(answer.error?.contains("direction: expected one of FWD_D, ") == true, "\(answer)")
      #expect(answer.seconds == nil)
    }
  }

  @Test func aTrainingIsMeasuredStepByStep() throws {
    var server = BenchServer()
    for model in ["lenet", "vgg", "unet"] {
      let answer = server.answer(request("training", "STEP", model, more: ", \"batch\": 2"))
      #expect(answer.error == nil && answer.seconds?.count == 3 && answer.operations == 0, "\(answer)")
    }
    for (more, says) in [
      ("", "batch: expected one for \"training\", found none"),
      (", \"batch\": 0", "batch: expected 1 or more, found 0"),
    ] {
      #expect(server.answer(request("training", "STEP", "lenet", more: more)).error == says)
    }
    #expect(
      server.answer(request("training", "FWD_B", "lenet", more: ", \"batch\": 2")).error?.contains("STEP") == true)
    let unknown = server.answer(request("training", "STEP", "alexnet", more: ", \"batch\": 2"))
    #expect(unknown.error?.contains("alexnet") == true, "\(unknown)")
    #expect(
      server.answer(request("training", "STEP", "detector", more: ", \"batch\": 2")).error
        == "model: expected one that gives a class for each image or pixel, found \"detector\"")
  }

  struct Model: CustomTestStringConvertible, Sendable {
    let name: String
    /// The numbers of one sample, and those of all parameters and running averages.
    let input: Int
    let parameters: Int
    let operations: Double
    var testDescription: String { name }
  }

  // By hand: of LeNet 832 + 51264 + 401536 + 1290 weights, and 2 PQ RSC K of each layer. Of ResNet-50 the 25,557,032
  // weights that torchvision states, and two running averages for each of the 26,560 channels that are normalised; 4.09
  // billion multiply-adds (3.8 in the paper, whose stride is on the first 1x1).
  static let models = [
    Model(
      name: "lenet", input: 28 * 28, parameters: 454_922,
      operations: 2 * (25 * 32 * 784 + 25 * 32 * 64 * 196 + 3136 * 128 + 1280)),
    Model(
      name: "resnet50", input: 224 * 224 * 3, parameters: 25_557_032 + 2 * 26_560, operations: 2 * 4_089_184_256),
  ]

  @Test(arguments: models) func anInferenceIsOfTheModelAsItIsKnown(_ model: Model) {
    var server = BenchServer()
    for batch in [1, 2] {
      let answer = server.answer(
        "{\"operation\": \"inference\", \"direction\": \"FWD_D\", \"shape\": \"\(model.name)\", \"threads\": 2, "
          + "\"batch\": \(batch), \"seconds\": 0, \"memory\": true}")
      #expect(answer.error == nil && answer.seconds?.count == 1, "\(answer)")
      #expect(answer.operations == Double(batch) * model.operations)
      #expect(answer.memory?.tensors == 4 * (batch * model.input + model.parameters))
    }
  }

  static let inferenceMistakes = [
    ("STEP", "lenet", ", \"batch\": 2", "direction: expected one of FWD_D, found \"STEP\""),
    ("FWD_D", "lenet", "", "batch: expected one for \"inference\", found none"),
    ("FWD_D", "lenet", ", \"batch\": -1", "batch: expected 1 or more, found -1"),
    ("FWD_D", "tdnn", ", \"batch\": 1", "model: expected one that gives a class for each image or pixel"),
  ]

  @Test(arguments: inferenceMistakes) func aMistakenInferenceIsAnswered(
    _ direction: String, _ model: String, _ more: String, _ says: String
  ) {
    var server = BenchServer()
    let answer = server.answer(request("inference", direction, model, more: more))
    #expect(answer.error?.hasPrefix(says) == true && answer.seconds == nil, "\(answer)")
  }

  @Test func memoryIsMeasuredWhereItIsAskedFor() throws {
    var server = BenchServer()
    let shape = "mb4ic64ih56oc64oh56kh3ph1"
    let answer = server.answer(request("convolution", "FWD_B", shape, more: ", \"memory\": true"))
    let memory = try #require(answer.memory)
    let tensors = 4 * (2 * 4 * 56 * 56 * 64 + 9 * 64 * 64 + 64)
    #expect(memory.tensors == tensors)
    #expect(memory.peak >= memory.before)
  }

  @Test func theMachineIsDescribed() throws {
    var server = BenchServer()
    let answer = server.answer("{\"operation\": \"machine\", \"threads\": 1}")
    #expect(answer.machine == .current)
    let rates = try #require(answer.rates)
    #expect(rates.threads == 1 && rates.matrixProducts > 0 && rates.fusedMultiplyAdds > 0)
  }

  @Test func aDescriptorIsExplained() throws {
    var server = BenchServer()
    let answer = server.answer(
      "{\"operation\": \"describe\", \"shape\": \"g2mb3ic4ih8iw9oc6oh5kh3kw2sh2sw3ph2pw1dh1n\\\"it*7\\\"\"}")
    let convolution = try #require(answer.convolution, "\(answer)")
    #expect(convolution.name == "it" && convolution.occurrences == 7 && convolution.groups == 2)
    #expect(convolution.input == [3, 8, 9, 4] && convolution.output == [3, 5, 4, 6])
    #expect(convolution.window == [3, 2] && convolution.stride == [2, 3] && convolution.dilation == [2, 1])
    // 4 strides of 2 and a window of 5 span 13 rows: 8 and 2 before leave 3; 3 of 3 and 2 span 11 columns: 9 and 1.
    #expect(convolution.low == [2, 1] && convolution.high == [3, 1])
    #expect(convolution.operations == 2 * 3 * 5 * 4 * 6 * 3 * 2 * 2)
    #expect(convolution.descriptor == "g2mb3_ic4ih8iw9_oc6oh5ow4_kh3kw2_sh2sw3_ph2pw1_dh1dw0_n\"it*7\"")
  }

  @Test func aTransposedDescriptorIsExplained() throws {
    var server = BenchServer()
    let answer = server.answer("{\"operation\": \"describe-transposed\", \"shape\": \"mb8ic56ih64oc1oh192kh9sh3ph4\"}")
    let found = try #require(answer.convolution, "\(answer)")
    #expect(found.input == [8, 64, 64, 56] && found.output == [8, 192, 192, 1])
    // 63 strides of 3 and a window of 9 span 198: 192 and 4 before leave 2.
    #expect(found.low == [4, 4] && found.high == [2, 2] && found.stride == [3, 3] && found.window == [9, 9])
    let operations: Double = 2 * 8 * 64 * 64 * 56 * 81
    #expect(found.operations == operations)
  }

  static let mistakes = [
    ("", "request: expected a JSON object"),
    ("{", "request: expected a JSON object"),
    ("[]", "request: expected a JSON object"),
    ("{}", "request: expected a JSON object"),
    ("{\"operation\": 3}", "request: expected a JSON object"),
    ("{\"operation\": \"machine\"}", "threads: expected one for \"machine\", found none"),
    ("{\"operation\": \"machine\", \"threads\": 0}", "threads"),
    ("{\"operation\": \"fly\", \"threads\": 1}", "operation: expected one of convolution, reference, "),
    ("{\"operation\": \"describe\"}", "shape: expected one for \"describe\", found none"),
    ("{\"operation\": \"describe\", \"shape\": \"mb\"}", "mb"),
    (
      "{\"operation\": \"convolution\", \"direction\": \"FWD_B\", \"threads\": 1, \"seconds\": 0}",
      "shape: expected one for \"convolution\", found none"
    ),
    (
      "{\"operation\": \"convolution\", \"shape\": \"ic1ih1oc1kh1\", \"threads\": 1, \"seconds\": 0}",
      "direction: expected one for \"convolution\", found none"
    ),
    ("{\"operation\": \"convolution\", \"threads\": 1, \"seconds\": -1}", "seconds: expected 0 to 3600"),
    ("{\"operation\": \"convolution\", \"threads\": 1, \"seconds\": 0, \"fewest\": 0}", "fewest: expected 1 to 10000"),
  ]

  @Test(arguments: mistakes) func aMistakeIsAnswered(_ line: String, _ says: String) {
    var server = BenchServer()
    let answer = server.answer(line)
    #expect(answer.error?.contains(says) == true, "\(answer)")
  }

  static let shapes = [
    ("convolution", "mb2ic3", "found none"), ("convolution", "mb2ic3ih9oc4oh9kq3", "kq"),
    ("convolution", "g2mb2ic3ih9oc4kh3ph1", "groups"), ("reference", "ic3id3ih3oc3od3oh3kd1kh1", "three spatial axes"),
    ("maximum-pooling", "mb2ic5ih2oh4kh1ph1", "padding"), ("mean-pooling", "mb2ic5ih2oc4oh2kh1", "oc"),
    ("transposed-convolution", "mb2ic3ih4oc5kh3ph3", "less than half"),
    ("nearest", "mb2ic5ih4", "oh"), ("linear", "mb2ic5ih4oh4kh1", "kh"),
    ("dense", "mb4ic20ih2oc10kh1", "one pixel"), ("dense", "g2mb4ic20ih1oc10kh1", "one group"),
  ]

  @Test(arguments: shapes) func aBadShapeIsAnsweredAndTheNextRequestServed(
    _ operation: String, _ shape: String, _ says: String
  ) {
    var server = BenchServer()
    let direction = ["maximum-pooling", "mean-pooling", "nearest", "linear"].contains(operation) ? "FWD_D" : "FWD_B"
    for _ in 0..<2 {
      let answer = server.answer(request(operation, direction, shape))
      #expect(answer.error?.contains(says) == true && answer.seconds == nil, "\(answer)")
    }
    #expect(server.answer(request("convolution", "FWD_B", Self.convolution)).seconds?.count == 3)
  }
}
