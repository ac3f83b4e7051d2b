import Foundation
import Testing

@testable import UnfoldCommand

/// The command on folders of images: training, evaluation, prediction, and what can be wrong with a folder.
@Suite struct ImageFolderCommandTests {
  private let executable: Executable

  init() throws { executable = try Executable() }

  /// Images of two classes that differ in their colour, as PPM: `FOLDER/CLASS/*`.
  private func write(_ folder: URL, classes: [String] = ["red", "sky blue"], count: Int = 24) throws {
    for (label, name) in classes.enumerated() {
      let place = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for image in 0..<count {
        let (height, width) = (20 + image % 5, 24 + image % 3)
        var bytes = Array("P6 \(width) \(height) 255\n".utf8)
        for pixel in 0..<height * width {
          let noise = UInt8((pixel &* 37 &+ image &* 101) % 60)
          bytes += label == 0 ? [190 + noise, noise, noise] : [noise, 60 + noise, 190 + noise]
        }
        try Data(bytes).write(to: place.appendingPathComponent("\(image).img"))
      }
    }
  }

  private func refused(_ arguments: [String], in folder: URL, status: Int32 = 1, says texts: String...) throws {
    let outcome = try executable.run(arguments, in: folder)
    #expect(outcome.status == status && outcome.errorLines.count == 1, "\(outcome)")
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test func aFolderTrainsAModelThatPredicts() throws {
    try withFolder { folder in
      try write(folder.appendingPathComponent("photos/train"))
      try write(folder.appendingPathComponent("photos/val"), count: 6)
      let training = [
        "train", "--data", "photos", "--size", "28x28", "--batch", "8", "--epochs", "4", "--output", "m.safetensors",
      ]
      let trained = try executable.run(training, in: folder)
      #expect(trained.status == 0, "\(trained)")
      let evaluated = try executable.run(["evaluate", "m.safetensors", "--data", "photos", "--json"], in: folder)
      #expect(evaluated.status == 0, "\(evaluated)")
      let report = try JSONSerialization.jsonObject(with: Data(evaluated.output.utf8)) as? [String: Any]
      #expect(report?["images"] as? Int == 12)
      #expect((report?["accuracy"] as? Double ?? 0) > 0.9, "\(evaluated.output)")

      let arguments = ["predict", "m.safetensors", "photos/val", "photos/train/red/3.img", "--json", "--top", "2"]
      let predicted = try executable.run(arguments, in: folder)
      #expect(predicted.status == 0, "\(predicted)")
      let answer = try JSONSerialization.jsonObject(with: Data(predicted.output.utf8)) as? [String: Any]
      let predictions = try #require(answer?["predictions"] as? [[String: Any]])
      #expect(predictions.count == 13)
      #expect(predictions.last?["image"] as? String == "photos/train/red/3.img")
      let right = predictions.count { prediction in
        let classes = prediction["classes"] as? [[String: Any]] ?? []
        let sum = classes.reduce(0) { $0 + ($1["probability"] as? Double ?? 0) }
        #expect(classes.count == 2 && abs(sum - 1) < 1e-6, "\(prediction)")
        return (prediction["image"] as? String ?? "").contains("/\(classes.first?["name"] as? String ?? "?")/")
      }
      #expect(right >= 12, "\(predicted.output)")
      let table = try executable.run(["predict", "m.safetensors", "photos/val/red/0.img"], in: folder)
      #expect(table.output.contains("red") && table.output.contains("%"), "\(table)")
      // The same image from standard input has the same row, under another name.
      let piped = try executable.run(
        ["predict", "m.safetensors", "-"], in: folder, input: folder.appendingPathComponent("photos/val/red/0.img"))
      #expect(piped.status == 0, "\(piped)")
      let values = table.output.split(separator: "\n").last?.split(separator: " ").dropFirst()
      #expect(piped.output.split(separator: "\n").last?.split(separator: " ") == ["-"] + (values ?? []), "\(piped)")
      try refused(["predict", "m.safetensors", "-"], in: folder, says: "-: ")
    }
  }

  @Test func theSameTrainingForAnyNumberOfThreads() throws {
    try withFolder { folder in
      try write(folder.appendingPathComponent("photos"))
      let models = try ["1", "3"].map { threads in
        let outcome = try executable.run(
          [
            "train", "--data", "photos", "--validation", "0.2", "--size", "28x28", "--batch", "8", "--epochs", "2",
            "--recipe", "imagenet-wide", "--threads", threads, "--output", "\(threads).safetensors",
          ], in: folder)
        #expect(outcome.status == 0, "\(outcome)")
        return try Data(contentsOf: folder.appendingPathComponent("\(threads).safetensors"))
      }
      #expect(models[0] == models[1])
    }
  }

  @Test func whatIsWrongIsOneLine() throws {
    try withFolder { folder in
      try write(folder.appendingPathComponent("one"), classes: ["red"])
      try write(folder.appendingPathComponent("two"))
      let two = ["train", "--data", "two", "--epochs", "1"]
      try refused(two, in: folder, says: "two: expected validation images, found none")
      try refused(
        ["train", "--data", "one", "--validation", "0.5"], in: folder,
        says: "expected two classes or more, found only red")
      try refused(two + ["--validation", "1.5"], in: folder, status: 64, says: "--validation")
      try refused(
        two + ["--size", "28"], in: folder, status: 64, says: "--size: expected rows and columns such as 64x64")
      try refused(two + ["--recipe", "x"], in: folder, status: 64, says: "--recipe: expected none, flip, imagenet")
      try refused(two + ["--augment", "flip"], in: folder, status: 64, says: "--recipe")
      try refused(["train", "--size", "28x28"], in: folder, status: 64, says: "--size: expected image files")
      let bad = folder.appendingPathComponent("two/red/notes.txt")
      try Data("notes".utf8).write(to: bad)
      try refused(two + ["--validation", "0.2"], in: folder, says: "two/red/notes.txt: expected a JPEG, PNG")
      let skipping = try executable.run(
        two + ["--validation", "0.2", "--size", "28x28", "--on-bad-image", "skip", "--batch", "8"], in: folder)
      #expect(skipping.status == 0 && skipping.errors.contains("left out: two/red/notes.txt"), "\(skipping)")
      try refused(
        ["predict", "lenet.safetensors", "two/red/notes.txt"], in: folder, says: "notes.txt: expected a JPEG")
      try refused(["predict", "lenet.safetensors", "nothing.jpg"], in: folder, says: "nothing.jpg: no such file")
    }
  }
}
