import Testing
import Unfold
import UnfoldNN
import UnfoldReference

@testable import UnfoldCommand

/// The measures, the cases and the tables of `unfold accuracy`.
@Suite struct AccuracyTests {
  private func error(_ result: [Float], _ truth: [Double]) throws -> RelativeError {
    RelativeError(
      try Tensor(result, shape: [result.count]), truth: try Tensor(truth, shape: [truth.count]))
  }

  @Test func errorsAreRelativeToTheTruth() throws {
    // The truth's root mean square is 2.5; the errors are 0, 1/2, 0 and 1/4.
    let found = try error([3, 4.5, 0, -0.25], [3, 4, 0, 0])
    #expect(abs(found.worst - 0.2) < 1e-12 && abs(found.rms - (0.3125 / 25).squareRoot()) < 1e-12, "\(found)")
    #expect(try error([1, 2], [1, 2]) == RelativeError(worst: 0, rms: 0))
    #expect(try error([0, 0], [0, 0]) == RelativeError(worst: 0, rms: 0))
    let wrong = RelativeError(worst: .infinity, rms: .infinity)
    #expect(try error([0, 1e-30], [0, 0]) == wrong)
    #expect(try error([.nan, 1, 2], [0, 1, 2]) == wrong)
    #expect(try error([1, .nan, 2.5], [1, 1, 2]) == wrong)
    #expect(try error([-.infinity, 1], [0, 1]) == wrong)
  }

  @Test func severalAreTakenTogether() {
    let exact = RelativeError(worst: 0, rms: 0)
    let all = RelativeError(of: [RelativeError(worst: 9, rms: 2), exact, RelativeError(worst: 8.5, rms: 8)])
    #expect(all.worst == 9 && abs(all.rms - 4) < 1e-12, "\(all)")
    #expect(RelativeError(of: [exact, exact]) == exact)
    #expect(RelativeError(of: [exact, RelativeError(worst: .infinity, rms: .infinity)]).rms == .infinity)
    #expect(RelativeError(worst: 1.234e-5, rms: 1.5e-7).text == "1.50 (123)")
  }

  @Test func whatAppliesDecidesTheTable() throws {
    func family(_ window: Extent, stride: Extent = 1, groups: Int = 1) throws -> AccuracyFamily {
      AccuracyFamily(
        try ConvolutionGeometry(input: [1, 9, 9, 4], filters: 4, window: window, stride: stride, groups: groups))
    }
    #expect(try [family(3), family(Extent(3, 1)), family(Extent(1, 5))].allSatisfy { $0 == .winograd })
    #expect(try [family(5), family(Extent(7, 1))].allSatisfy { $0 == .winogradOfTwo })
    #expect(try family(3, groups: 4) == .depthwise)
    #expect(
      try [family(3, stride: 2), family(3, groups: 2), family(1), family(7)].allSatisfy { $0 == .other })
  }

  @Test func randomNumbersAreThoseOfNetworks() throws {
    let geometry = try ConvolutionGeometry(input: [1, 64, 64, 16], filters: 64, window: 3, padding: 1)
    let tensors = try ConvolutionTensors(random: geometry)
    func moments(_ tensor: Tensor<Float>) -> (mean: Double, square: Double) {
      let elements = tensor.elements.map(Double.init)
      return (
        elements.reduce(0, +) / Double(elements.count), elements.reduce(0) { $0 + $1 * $1 } / Double(elements.count)
      )
    }
    // Five standard deviations of the means of 65,536, 9,216 and 262,144 numbers at most.
    let (input, filter, gradient) = (moments(tensors.input), moments(tensors.filter), moments(tensors.outputGradient))
    #expect(tensors.input.elements.allSatisfy { $0 >= 0 } && abs(input.square - 0.5) < 0.025, "\(input)")
    #expect(abs(input.mean - 0.39894) < 0.012, "\(input)")
    #expect(abs(filter.square * 144 / 2 - 1) < 0.075 && abs(filter.mean) < 0.0062, "\(filter)")
    #expect(abs(gradient.square - 1) < 0.014 && abs(gradient.mean) < 0.01, "\(gradient)")
    #expect(tensors.input == (try ConvolutionTensors(random: geometry).input))
  }

  /// The errors are those against the lecture's loops.
  @Test(arguments: [1, 6]) func samplesAreWhatTheLoopsSay(groups: Int) throws {
    let geometry = try ConvolutionGeometry(input: [2, 9, 8, 6], filters: 6, window: 3, padding: 1, groups: groups)
    let (context, tensors) = (try ExecutionContext(threads: 2), try ConvolutionTensors(random: geometry))
    let samples = try AccuracyCase(data: "d", name: "n", geometry: geometry) { tensors }.samples(context: context)
    #expect(samples.map(\.direction) == [.forward, .inputGradient, .filterGradient])
    let (reference, exact) = (geometry.reference, try tensors.converted(to: Double.self))
    let truths = try [
      reference.forward(exact.input, filter: exact.filter),
      reference.inputGradient(exact.outputGradient, filter: exact.filter),
      reference.filterGradient(exact.input, outputGradient: exact.outputGradient),
    ]
    for (sample, truth) in zip(samples, truths) {
      let names = groups == 1 ? ["blas", "im2col", "winograd2", "winograd4"] : ["blas", "direct", "im2col"]
      #expect(sample.errors.keys.sorted() == names, "\(sample)")
      for (name, error) in sample.errors {
        let algorithm = try #require(ConvolutionAlgorithm(name))
        let result = try tensors.result(
          of: sample.direction.convolution, geometry.computed(by: algorithm), context: context)
        let expected = RelativeError(result, truth: truth)
        #expect(abs(error.rms / expected.rms - 1) < 1e-6 && abs(error.worst / expected.worst - 1) < 1e-6, "\(sample)")
        #expect(1e-8 < error.rms && error.rms < error.worst && error.worst < 2e-5, "\(name) \(sample)")
      }
    }
  }

  /// The recorded numbers give the gradients that the network itself computes, which recording does not change.
  @Test func whatIsRecordedIsATrainingStep() throws {
    let graph = try Graph(input: [8, 8, 1]) { x in
      var y = try x.convolution(5, window: 3, padding: .same, hasBias: false).batchNorm().relu()
      y = try (y + y.convolution(5, window: 3, padding: .same).relu()).convolution(
        4, window: 3, stride: 2, padding: .same
      ).relu()
      return try y.flatten().dense(3)
    }
    let recorder = ConvolutionRecorder()
    let recording = try RecordedConvolution.graph(graph, recording: ["conv1", "conv2"], by: recorder)
    var generator = SeededGenerator(seed: 4)
    let images = try Tensor<Float>(shape: [6, 8, 8, 1]) { _ in generator.normal() }
    let outputGradient = try Tensor<Float>(shape: [6, 3]) { _ in generator.normal() }
    let networks = try [graph, recording].map { graph in
      var generator = SeededGenerator(seed: 5)
      let network = try Network<Float>(graph, using: &generator)
      _ = try network.forward(images, mode: .training)
      try network.backward(outputGradient)
      return network
    }
    for (own, recorded) in zip(networks[0].parameters, networks[1].parameters) {
      #expect(own.name == recorded.name && own.gradient == recorded.gradient, "\(own.name)")
    }
    #expect(recorder["conv3"] == nil)
    for (name, channels) in [("conv1", 1), ("conv2", 5)] {
      let tensors = try #require(recorder[name])
      let parameter = try #require(networks[0].parameters.first { $0.name == "\(name).weight" })
      let geometry = try ConvolutionGeometry(input: [6, 8, 8, channels], filters: 5, window: 3, padding: .same)
      let gradient = try tensors.result(of: .filterGradient, geometry, context: .shared)
      #expect(tensors.filter == parameter.value && gradient == parameter.gradient, "\(name)")
      #expect(gradient.elements.contains { $0 != 0 })
    }
  }

  private func sample(_ name: String, _ errors: [String: RelativeError]) -> AccuracySample {
    AccuracySample(data: "net|1", name: name, shape: name, family: .winograd, direction: .forward, errors: errors)
  }

  @Test func peersAreComparedOnTheSameShapesOnly() throws {
    let (own, other) = (RelativeError(worst: 3e-7, rms: 1e-7), RelativeError(worst: 5e-7, rms: 2e-7))
    let algorithms = ["im2col": own, "winograd2": own, "winograd4": other]
    var samples = [sample("a", algorithms), sample("b", algorithms)]
    var peer = try peer([("a", other)])
    #expect(peer.add(to: &samples) == 1)
    #expect(samples[0].errors["pytorch"] == other && samples[1].errors == algorithms)
    #expect(AccuracySummary.all(of: samples).map { $0.errors["pytorch"] } == [nil])

    peer = try self.peer([("b", own), ("c", other)])
    #expect(peer.add(to: &samples) == 1)
    let report = AccuracyReport(
      machine: .current, date: "2026-11-24T01:02:03Z", versions: ["pytorch": "2.15.0"], samples: samples)
    #expect(report.summaries.count == 1 && report.summaries[0].shapes == 2)
    #expect(report.summaries[0].errors["pytorch"] == RelativeError(of: [own, other]))
    let lines = report.markdown.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines.prefix(5) == [
        "### 3x3, 1x3 and 1x5 windows of stride 1",
        "",
        "| numbers | shapes | pass    |      im2col |   winograd2 |   winograd4 | PyTorch, NCHW |",
        "| ------- | -----: | ------- | ----------: | ----------: | ----------: | ------------: |",
        "| net\\|1  |      2 | forward | 1.00 (3.00) | 1.00 (3.00) | 2.00 (5.00) |   1.41 (5.00) |",
      ], "\(report.markdown)")
    #expect(report.markdown.contains("PyTorch 2.15.0 · measured on 2026-11-24"), "\(report.markdown)")
    let text = report.lines(width: 100)
    #expect(
      text.contains { $0.hasPrefix("net|1         2  forward  1.00 (3.00)") && $0.hasSuffix("1.41 (5.00)") }, "\(text)")
    // At 80 columns without PyTorch.
    #expect(report.lines(width: 72).allSatisfy { $0.columns <= 72 }, "\(report.lines(width: 72))")
  }

  private func peer(_ cases: [(String, RelativeError)]) throws -> PeerAccuracy {
    let entries = cases.map { name, error in
      """
      {"data": "net|1", "name": "\(name)", "shape": "\(name)", "direction": "FWD_D",
       "errors": {"pytorch": {"worst": \(error.worst), "rms": \(error.rms)}}}
      """
    }
    let json = #"{"versions": {"pytorch": "2.15.0"}, "cases": [\#(entries.joined(separator: ","))]}"#
    return try decodedJSON(Array(json.utf8), path: "peer.json", kind: "PyTorch's errors")
  }
}
