import Testing

@testable import UnfoldImages

/// Pixels are compared with Pillow's and torchvision's.
struct ResizingTests {
  @Test("resizing equals Pillow's", arguments: Fixtures.cases("resize-"))
  func resize(_ expected: Fixtures.Expectation) throws {
    let parts = expected.name.split(separator: "-")
    let filter = try #require(ResizeFilter(rawValue: String(parts[1])))
    let image = try Fixtures.source(expected)
    expectPixels(try image.resized(height: expected.height, width: expected.width, filter: filter), expected)
  }

  @Test("the short side and the centre are torchvision's", arguments: Fixtures.cases("short-side-"))
  func shortSide(_ expected: Fixtures.Expectation) throws {
    let side = Int(expected.numbers(after: "short-side-")[0])
    expectPixels(try Fixtures.source(expected).resized(shortSide: side, filter: .bilinear), expected)
  }

  @Test("the centre is torchvision's", arguments: Fixtures.cases("centre-"))
  func centre(_ expected: Fixtures.Expectation) throws {
    let size = expected.numbers(after: "centre-").map { Int($0) }
    expectPixels(try Fixtures.source(expected).centreCropped(height: size[0], width: size[1]), expected)
  }

  @Test("resizing a rectangle is cropping and resizing")
  func rectangle() throws {
    let image = try Fixtures.image("png-rgb.png")
    for (top, left, height, width) in [(0, 0, 37, 53), (3, 5, 20, 31), (30, 40, 7, 13), (36, 52, 1, 1), (0, 50, 37, 3)]
    {
      let part = Rectangle(top: top, left: left, height: height, width: width)
      let cropped = try image.cropped(top: top, left: left, height: height, width: width)
      for filter in ResizeFilter.allCases {
        for size in [
          ImageSize(height: 16, width: 24), ImageSize(height: height, width: 9), ImageSize(height: 50, width: width),
        ] {
          let expected = try cropped.resized(height: size.height, width: size.width, filter: filter)
          #expect(image.resize(part, to: size, filter) == expected, "\(part) \(size) \(filter)")
          #expect(image.grey.resize(part, to: size, filter).channels == 1)
        }
      }
    }
  }

  @Test("impossible sizes are errors")
  func errors() throws {
    let image = try Fixtures.image("png-rgb.png")
    for (height, width) in [(0, 5), (5, -1), (65_536, 1)] {
      #expect(
        throws: ImageError.invalidArgument(name: "size", expected: "1x1 to 65535x65535", found: "\(height)x\(width)")
      ) { try image.resized(height: height, width: width, filter: .bilinear) }
    }
    #expect(throws: ImageError.self) { try image.cropped(top: 0, left: 0, height: 0, width: 1) }
    #expect(throws: ImageError.self) { try image.cropped(top: .max, left: 0, height: 1, width: 1) }
    #expect(throws: ImageError.self) { try image.resized(shortSide: 0, filter: .bilinear) }
    #expect(throws: ImageError.self) { try image.centreCropped(height: 0, width: 1) }
  }
}
