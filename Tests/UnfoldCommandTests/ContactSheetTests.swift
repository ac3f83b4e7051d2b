import Foundation
import Testing

@testable import UnfoldCommand

@Suite struct ContactSheetTests {
  private let images = (0..<5).map { i in PixelImage(height: 10, width: 20) { _, _ in Float(i) * 0.2 } }

  private func sheet(_ captions: [String] = ["caption"], columns: Int = 2, group: Int = 1) -> ContactSheet {
    ContactSheet(
      title: "a title", detail: "a detail", keys: [.init(name: "key <1>", colour: Colour(0x123456))], columns: columns,
      group: group,
      frames: images.map { image in .init(image: image, captions: captions.map { .init(text: $0) }) })
  }

  @Test func picturesAreInTheDrawing() throws {
    let drawing = try Drawing(try sheet().svg())
    #expect(drawing.root == "svg")
    for text in ["a title", "a detail", "key <1>"] { #expect(drawing.texts.contains(text), "\(drawing.texts)") }
    #expect(drawing.texts.count { $0 == "caption" } == 5)
    #expect(drawing.fills(of: "rect").contains("#123456"))
    let pictures = try drawing.all("image").map { try DecodedPNG(dataURL: $0["href"] ?? "") }
    #expect(pictures.map(\.pixels) == images.map(\.pixels))
    #expect(pictures.allSatisfy { $0.height == 10 && $0.width == 20 })
  }

  @Test(arguments: ["x", "a caption that is much wider than its picture"]) func nothingOverlaps(caption: String) throws
  {
    let drawing = try Drawing(try sheet([caption, "two"], columns: 3, group: 3).svg())
    let root = try #require(drawing.all("svg").first)
    let (width, height) = (try number(root, "width"), try number(root, "height"))
    let places = try drawing.all("image").map { (x: try number($0, "x"), y: try number($0, "y")) }
    #expect(places.count == 5)
    for (index, place) in places.enumerated() {
      // A small letter is more than 5 pixels wide; two lines of text need 24.
      let (right, bottom) = (place.x + max(20, 5 * Double(caption.count)), place.y + 10 + 24)
      #expect(right <= width && bottom <= height, "picture \(index) ends outside")
      for (other, start) in places.enumerated() where other > index {
        #expect(start.x >= right || start.y >= bottom, "pictures \(index) and \(other) overlap")
      }
    }
  }

  @Test func boxesLieWhereTheirPartsSay() throws {
    var sheet = sheet()
    sheet.frames = [sheet.frames[0]]
    sheet.frames[0].boxes = [
      .init(sides: [0.25, 0.1, 0.75, 0.5], colour: Colour(0xFF0000)),
      .init(sides: [0.9, -3, 0.1, .nan], colour: Colour(0x00FF00), isDashed: true),
    ]
    let drawing = try Drawing(try sheet.svg())
    let place = try #require(drawing.all("image").first)
    let boxes = drawing.all("rect").filter { $0["fill"] == "none" }
    #expect(boxes.map { $0["stroke"] } == ["#ff0000", "#00ff00"])
    func sides(_ box: [String: String]) throws -> [Double] {
      [
        try number(box, "x") - number(place, "x"), try number(box, "y") - number(place, "y"), try number(box, "width"),
        try number(box, "height"),
      ]
    }
    #expect(try sides(boxes[0]) == [5, 1, 10, 4])
    // Turned inside out and outside of the picture: it is drawn the right way round, and inside.
    #expect(try sides(boxes[1]) == [2, 0, 16, 0])
  }

  @Test func aSheetMayBeEmpty() throws {
    var sheet = sheet()
    sheet.frames = []
    #expect(try Drawing(try sheet.svg()).all("image").isEmpty)
  }

  private func number(_ attributes: [String: String], _ name: String) throws -> Double {
    try #require(attributes[name].flatMap(Double.init), "\(name) of \(attributes)")
  }
}
