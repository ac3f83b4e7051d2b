import Foundation
import Testing
import Unfold
import UnfoldData
import UnfoldNN

@testable import UnfoldCommand

/// `unfold show` on models of random weights and tiny images.
@Suite struct ShowCommandTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  /// A model of random weights for the toy images.
  private func model(
    _ architecture: Architecture, input: Shape = [64, 64, 1], classes: [String], mean: [Double] = [0.25]
  ) throws -> TrainedModel<Float> {
    var generator = SeededGenerator(seed: 3)
    let network: Network<Float> = try architecture.network(input: input, classes: classes.count, using: &generator)
    let card = try ModelCard(
      architecture: architecture, inputShape: input, classes: classes, mean: mean,
      standardDeviation: mean.map { _ in 0.25 })
    return TrainedModel(card: card, network: network)
  }

  /// A folder with the toy images in `data`.
  private func withImages(_ body: (URL) throws -> Void) throws {
    try withFolder { folder in
      try ToyImages.write(to: folder.appendingPathComponent("data"), test: 100)
      try body(folder)
    }
  }

  private func names(in folder: URL) throws -> [String] { try contents(of: folder).keys.sorted() }

  @Test func aClassifierIsShown() throws {
    try withImages { folder in
      let model = try model(.lenet, input: [8, 8, 1], classes: ["sky", "ground"])
      try model.write(to: folder.appendingPathComponent("toy.safetensors").path)
      let outcome = try executable.run(["show", "toy.safetensors", "--data", "data", "--image", "5"], in: folder)
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      let pictures = ["toy-filters.png", "toy-maps-act1.png", "toy-maps-act2.png", "toy-mistakes.svg"]
      #expect(try names(in: folder) == (["data", "toy.safetensors"] + pictures).sorted())
      for picture in pictures { #expect(outcome.output.contains(picture), "\(outcome.output)") }

      // 32 filters of 5 x 5 taps in 4 rows of 8, 19 pixels a tap.
      let filters = try DecodedPNG(Data(contentsOf: folder.appendingPathComponent("toy-filters.png")))
      #expect(filters.size == [400, 796, 3])
      let weights = try #require(model.network.parameters.first).value
      let largest = (0..<25).map { abs(weights[$0 / 5, $0 % 5, 0, 9]) }.max() ?? 1
      for tap in 0..<25 {
        let (y, x) = (4 + 99 + tap / 5 * 19 + 9, 4 + 99 + tap % 5 * 19 + 9)
        let colour = Colour.signed(weights[tap / 5, tap % 5, 0, 9] / largest)
        #expect(filters[y, x] == [colour.red, colour.green, colour.blue], "tap \(tap) of filter 9")
      }

      // The image at the left is the fifth of the file; the maps are those of the network.
      let data = try ImageClassificationData(idxFolder: folder.appendingPathComponent("data").path)
      let maps = try DecodedPNG(Data(contentsOf: folder.appendingPathComponent("toy-maps-act1.png")))
      let image = data.test.pixels[5 * 64..<6 * 64]
      let shown = (0..<64).map { maps[4 + $0 / 8 * 35 + 17, 4 + $0 % 8 * 35 + 17][0] }
      #expect(shown == Array(image))
      let samples = try Tensor<Float>(image.map { (Float($0) / 255 - 0.25) / 0.25 }, shape: [1, 8, 8, 1])
      let values = try model.network.part(endingIn: ["act1"]).forward(samples)
      let peak = (0..<64).map { values[0, $0 / 8, $0 % 8, 1] }.max() ?? 0
      #expect(peak > 0)
      for pixel in 0..<64 {
        let (y, x) = (4 + pixel / 8 * 12 + 6, 288 + 16 + 4 + 100 + pixel % 8 * 12 + 6)
        let expected = Int((values[0, pixel / 8, pixel % 8, 1] / peak * 255).rounded())
        #expect(abs(Int(maps[y, x][0]) - expected) <= 1, "pixel \(pixel) of map 1")
      }
    }
  }

  @Test func mistakesAreTheSurestFirst() throws {
    try withImages { folder in
      let model = try model(.lenet, input: [8, 8, 1], classes: ["sky", "ground"])
      try model.write(to: folder.appendingPathComponent("toy.safetensors").path)
      let outcome = try executable.run(
        ["show", "toy.safetensors", "--data", "data", "--only", "mistakes", "--count", "7"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try names(in: folder) == ["data", "toy-mistakes.svg", "toy.safetensors"])

      let test = try ImageClassificationData(idxFolder: folder.appendingPathComponent("data").path).test
      let samples = try Tensor<Float>(test.pixels.map { (Float($0) / 255 - 0.25) / 0.25 }, shape: [100, 8, 8, 1])
      let logits = try model.network.forward(samples)
      // Of two classes the wrong one is the surer the larger its logit is over the other.
      let margins = (0..<100).map { image in
        let truth = Int(test.labels[image])
        return (image: image, margin: logits[image, 1 - truth] - logits[image, truth])
      }
      let wrong = margins.filter { $0.margin > 0 }.sorted { $0.margin > $1.margin }
      #expect(wrong.count > 7, "random weights err")
      let drawing = try Drawing(try #require(contents(of: folder)["toy-mistakes.svg"]))
      #expect(drawing.texts.filter { $0.hasPrefix("image ") } == wrong.prefix(7).map { "image \($0.image)" })
      #expect(drawing.texts.contains("7 of \(wrong.count) mistakes in 100 test images; red: what the network says"))
      let truths = drawing.texts.filter { $0.hasPrefix("is ") }
      #expect(truths == wrong.prefix(7).map { test.labels[$0.image] == 0 ? "is sky" : "is ground" })
      let first = try DecodedPNG(dataURL: try #require(drawing.all("image").first?["href"]))
      #expect(
        (0..<64).map { first[$0 / 8 * 14, $0 % 8 * 14][0] }
          == Array(test.pixels[wrong[0].image * 64..<wrong[0].image * 64 + 64]))
    }
  }

  @Test func segmentedScenesLieUnderTheirClasses() throws {
    try withImages { folder in
      let model = try model(.unet, classes: ["ground", "sky", "earth"])
      try model.write(to: folder.appendingPathComponent("net.safetensors").path)
      let outcome = try executable.run(
        ["show", "net.safetensors", "--data", "data", "--only", "scenes", "--count", "2", "--folder", "new/pictures"],
        in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      let path = folder.appendingPathComponent("new/pictures/net-scenes.svg").path
      let drawing = try Drawing(String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self))
      for text in ["sky", "earth", "scene 0", "scene 1"] { #expect(drawing.texts.contains(text), "\(drawing.texts)") }
      #expect(drawing.texts.count { $0 == "truth" } == 2)
      let pictures = try drawing.all("image").map { try DecodedPNG(dataURL: $0["href"] ?? "") }
      #expect(pictures.count == 6 && pictures.allSatisfy { $0.height == 192 && $0.width == 192 })

      let data = try ImageClassificationData(idxFolder: folder.appendingPathComponent("data").path)
      let scenes = try Scenes(of: data.test, items: 1...4, seed: 0)
      var (samples, classes) = (try Tensor<Float>(zeros: [0]), [Int]())
      try scenes.fill(0..<2, into: &samples, classes: &classes)
      let logits = try model.network.forward(samples)
      for scene in 0..<2 {
        var mismatches = 0
        for pixel in 0..<64 * 64 {
          let (y, x) = (pixel / 64, pixel % 64)
          let found = (0..<3).max { logits[scene, y, x, $0] < logits[scene, y, x, $1] } ?? 0
          let labels = [0, classes[scene * 4096 + pixel], found]
          let grey = pictures[3 * scene][3 * y + 1, 3 * x + 1]
          for (picture, label) in labels.enumerated() {
            let shown = pictures[3 * scene + picture][3 * y + 1, 3 * x + 1]
            let colour = Colour.ofClass(max(0, label - 1))
            let expected = zip(grey, [colour.red, colour.green, colour.blue]).map { grey, tint in
              label == 0 ? Int(grey) : Int((0.35 * Double(grey) + 0.65 * Double(tint)).rounded())
            }
            if zip(shown, expected).contains(where: { abs(Int($0) - $1) > 1 }) { mismatches += 1 }
          }
        }
        #expect(mismatches == 0, "scene \(scene)")
      }
    }
  }

  @Test func boxesLieOnTheirScenes() throws {
    try withImages { folder in
      let model = try model(.detector, classes: ["sky", "ground"])
      try model.write(to: folder.appendingPathComponent("net.safetensors").path)
      let outcome = try executable.run(
        ["show", "net.safetensors", "--data", "data", "--count", "3", "--only", "scenes,filters"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try names(in: folder) == ["data", "net-filters.png", "net-scenes.svg", "net.safetensors"])
      let drawing = try Drawing(try #require(contents(of: folder)["net-scenes.svg"]))
      let rectangles = drawing.all("rect").filter { $0["fill"] == "none" }
      #expect(drawing.all("image").count == 3 && rectangles.count == 6)

      let data = try ImageClassificationData(idxFolder: folder.appendingPathComponent("data").path)
      let scenes = try Scenes(of: data.test, items: 1...1, seed: 0)
      var (samples, labels, truth) = (try Tensor<Float>(zeros: [0]), [Int](), try Tensor<Float>(zeros: [0]))
      try scenes.fill(0..<3, into: &samples, labels: &labels, boxes: &truth)
      let found = try model.network.forward([samples])[1]
      for (index, rectangle) in rectangles.enumerated() {
        let image = drawing.all("image")[index / 2]
        let box = (0..<4).map { Double(index % 2 == 0 ? truth[index / 2, $0] : found[index / 2, $0]) }
        let expected = [
          192 * min(box[0], box[2]), 192 * min(box[1], box[3]), 192 * abs(box[2] - box[0]), 192 * abs(box[3] - box[1]),
        ]
        let origins = [image["x"], image["y"], "0", "0"]
        let drawn = zip(["x", "y", "width", "height"], origins).map { name, origin in
          (Double(rectangle[name] ?? "") ?? .nan) - (Double(origin ?? "") ?? .nan)
        }
        #expect(zip(drawn, expected).allSatisfy { abs($0 - $1) < 0.11 }, "\(drawn), expected \(expected)")
      }
    }
  }

  @Test func networksForSeriesShowTheirFilters() throws {
    try withFolder { folder in
      let model = try model(.tdnn, input: [1, 20, 12], classes: ["a", "b"], mean: [Double](repeating: 0, count: 12))
      try model.write(to: folder.appendingPathComponent("series.safetensors").path)
      let outcome = try executable.run(["show", "series.safetensors"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try names(in: folder) == ["series-filters.png", "series.safetensors"])
      // 64 filters of 12 channels and 5 steps, 8 pixels each: 16 in a row of tiles of 100 x 44.
      let filters = try DecodedPNG(Data(contentsOf: folder.appendingPathComponent("series-filters.png")))
      #expect(filters.size == [404, 708, 3])
    }
  }

  @Test(arguments: Architecture.allCases) func everyModelHasFiltersAndMaps(_ architecture: Architecture) throws {
    let side = architecture == .inceptionV3 ? 107 : 64
    let graph = try architecture.graph(
      input: architecture.task == .seriesClassification ? [1, 20, 12] : [side, side, 3], classes: 3)
    #expect(graph.nodes.indices.contains { graph.nodes[$0].shape.rank == 3 && graph.nodes[$0].layer != nil })
    let nodes = try PictureSelection().nodes(of: graph)
    #expect((2...4).contains(nodes.count), "\(nodes)")
    #expect(try graph.part(endingIn: nodes).outputs.count == nodes.count)
  }

  @Test(arguments: [
    (["--only", "scenes"], ["pictures of lenet", "filters, maps, mistakes", "found scenes"]),
    (["--only", "filters,walls"], ["--only", "filters, maps, mistakes, scenes", "found walls"]),
    (["--only", ""], ["--only"]),
    (["--node", "conv9"], ["--node", "one of input, conv1, act1", "found conv9"]),
    (["--node", "fc1"], ["--node", "found fc1"]),
    (["--image", "100"], ["--image", "0 to 99", "found 100"]),
    (["--image=-1"], ["--image", "found -1"]),
    (["--count", "0"], ["--count", "1 to 1000", "found 0"]),
    (["--threads", "0"], ["threads", "found 0"]),
    (["--folder", "toy.safetensors"], ["toy.safetensors"]),
    (["--folder", "toy.safetensors/deeper"], ["toy.safetensors/deeper", "cannot be made"]),
    (["--data", "nowhere"], ["nowhere"]),
  ]) func mistakesAreToldInOneLine(_ arguments: [String], _ says: [String]) throws {
    try withImages { folder in
      try model(.lenet, input: [8, 8, 1], classes: ["sky", "ground"])
        .write(to: folder.appendingPathComponent("toy.safetensors").path)
      let data = arguments.contains("--data") ? [] : ["--data", "data"]
      let outcome = try executable.run(["show", "toy.safetensors"] + data + arguments, in: folder)
      // Files that are in the way are no mistake of the command line.
      let isFile = arguments[0] == "--folder" || arguments[0] == "--data"
      #expect(outcome.status == (isFile ? 1 : 64), "\(outcome)")
      #expect(outcome.errorLines.count == 1 && outcome.output.isEmpty, "\(outcome)")
      for text in says { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
    }
  }

  @Test func modelsOfOtherImagesAreRefused() throws {
    try withImages { folder in
      try model(.lenet, input: [12, 12, 1], classes: ["sky", "ground"])
        .write(to: folder.appendingPathComponent("toy.safetensors").path)
      let outcome = try executable.run(["show", "toy.safetensors", "--data", "data", "--only", "mistakes"], in: folder)
      #expect(outcome.status == 1 && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains("expected [12, 12, 1], as in the model, found [8, 8, 1]"), "\(outcome.errors)")
      try model(.unet, classes: ["ground", "sky"])
        .write(to: folder.appendingPathComponent("net.safetensors").path)
      let scenes = try executable.run(["show", "net.safetensors", "--data", "data", "--only", "scenes"], in: folder)
      #expect(scenes.status == 1 && scenes.errorLines.count == 1, "\(scenes)")
    }
  }

  @Test func trainingDrawsThemToo() throws {
    try withImages { folder in
      let outcome = try executable.run(
        ["train", "--data", "data", "--epochs", "1", "--output", "toy.safetensors", "--pictures", "drawn"], in: folder)
      #expect(outcome.status == 0, "\(outcome)")
      #expect(
        try names(in: folder.appendingPathComponent("drawn"))
          == ["toy-filters.png", "toy-maps-act1.png", "toy-maps-act2.png", "toy-mistakes.svg"])
    }
  }
}
