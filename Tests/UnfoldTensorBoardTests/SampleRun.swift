import Foundation
import Testing

@testable import UnfoldTensorBoard

/// A run with an event of every kind, which `Scripts/check-tensorboard` reads with TensorBoard.
struct SampleRun {
  /// An image of 3 x 2 pixels: red, green, blue; black, white, grey. Made by Pillow 13.
  static let png: [UInt8] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0x12, 0x16, 0xf1, 0x4d, 0x00, 0x00, 0x00,
    0x18, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x05, 0xc1, 0x01, 0x01, 0x00, 0x00, 0x08, 0xc3, 0x20, 0x8c, 0xfe,
    0xe4, 0x13, 0x84, 0xd0, 0xa1, 0xda, 0xf6, 0x3e, 0xe8, 0x07, 0x7f, 0xb1, 0x64, 0x00, 0xc2, 0x00, 0x00, 0x00,
    0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
  ]

  @Test("a run with an event of every kind is written")
  func write() throws {
    let temporary = try TemporaryFolder()
    let folder = ProcessInfo.processInfo.environment["UNFOLD_TENSORBOARD_SAMPLE"] ?? temporary.path
    let events = try EventFile(folder: folder, wallTime: 1_700_000_000)
    for step in 0..<100 {
      let time = 1_700_000_000 + Double(step) / 4
      try events.scalar("loss/train", 1 / Double(step + 1), step: step, wallTime: time)
    }
    try events.scalar("notFinite", .nan, step: 0, wallTime: 1)
    try events.scalar("notFinite", -.infinity, step: 1, wallTime: 2)
    try events.scalar("Größe/日本", 3, step: 1 << 40, wallTime: 3)
    let ramp = (0..<1000).map { Float($0 - 300) / 64 }
    #expect(try events.histogram("ramp", ramp, step: 1, wallTime: 4).leftOut == 0)
    try events.histogram("constant", [Float](repeating: 0.5, count: 7), step: 2, wallTime: 5)
    try events.histogram("empty", [] as [Float], step: 3, wallTime: 6)
    #expect(try events.histogram("holes", [Double.nan, 1, .infinity, -8], step: 4, wallTime: 7).leftOut == 2)
    try events.image("pixels", png: Self.png, step: 5, wallTime: 8)
    try events.text("notes", "# Title\n\n| a | b |\n|---|---|\n| 1 | **2** |", step: 6, wallTime: 9)
    try events.graph(
      [
        GraphNode(name: "input", operation: "Input", attributes: ["_output_shapes": .shapes([[nil, 28, 28, 1]])]),
        GraphNode(
          name: "block/conv", operation: "Convolution", inputs: ["input"],
          attributes: [
            "_output_shapes": .shapes([[nil, 24, 24, 6]]), "window": .text("5x5"), "filters": .integer(6),
            "padded": .boolean(false), "slope": .number(0.25), "shape": .shape([5, 5, 1, 6]),
          ]),
        GraphNode(name: "block/add", operation: "Add", inputs: ["block/conv", "block/conv:1"]),
      ], wallTime: 10)
    try events.hyperparameters(
      ["rate": 0.125, "batch": 64, "optimizer": "adam", "augment": true], metrics: ["loss/train"], wallTime: 11)
    try events.end(.success, wallTime: 12)
    try events.close()
    #expect(try bytes(events.path).count > 4000)
  }
}
