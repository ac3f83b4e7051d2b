import Testing

@testable import UnfoldImages

/// Pixels are compared with torchvision's, whose functions call Pillow.
struct ColourTests {
  @Test("brightness", arguments: Fixtures.cases("brightness-"))
  func brightness(_ expected: Fixtures.Expectation) throws {
    let factor = expected.numbers(after: "brightness-")[0]
    expectPixels(try Fixtures.source(expected).brightened(by: factor), expected)
  }

  @Test("contrast", arguments: Fixtures.cases("contrast-"))
  func contrast(_ expected: Fixtures.Expectation) throws {
    let factor = expected.numbers(after: "contrast-")[0]
    expectPixels(try Fixtures.source(expected).contrasted(by: factor), expected)
  }

  @Test("saturation", arguments: Fixtures.cases("saturation-"))
  func saturation(_ expected: Fixtures.Expectation) throws {
    let factor = expected.numbers(after: "saturation-")[0]
    expectPixels(try Fixtures.source(expected).saturated(by: factor), expected)
  }

  @Test("sharpness", arguments: Fixtures.cases("sharpness-"))
  func sharpness(_ expected: Fixtures.Expectation) throws {
    let factor = expected.numbers(after: "sharpness-")[0]
    expectPixels(try Fixtures.source(expected).sharpened(by: factor), expected)
  }

  @Test("hue", arguments: Fixtures.cases("hue-"))
  func hue(_ expected: Fixtures.Expectation) throws {
    let turn = expected.numbers(after: "hue-")[0]
    expectPixels(try Fixtures.source(expected).hueTurned(by: turn), expected)
  }

  @Test("posterize", arguments: Fixtures.cases("posterize-"))
  func posterize(_ expected: Fixtures.Expectation) throws {
    let bits = Int(expected.numbers(after: "posterize-")[0])
    expectPixels(try Fixtures.source(expected).posterized(bits: bits), expected)
  }

  @Test("solarize", arguments: Fixtures.cases("solarize-"))
  func solarize(_ expected: Fixtures.Expectation) throws {
    let threshold = expected.numbers(after: "solarize-")[0]
    expectPixels(try Fixtures.source(expected).solarized(from: threshold), expected)
  }

  @Test(
    "automatic contrast and equal histograms", arguments: Fixtures.cases("autocontrast") + Fixtures.cases("equalize"))
  func histogram(_ expected: Fixtures.Expectation) throws {
    let image = try Fixtures.source(expected)
    expectPixels(expected.name == "equalize" ? image.equalized : image.autoContrasted, expected)
  }

  @Test("shears", arguments: Fixtures.cases("shear-"))
  func shear(_ expected: Fixtures.Expectation) throws {
    let magnitude = expected.numbers(after: "shear-x-")[0]
    let image = try Fixtures.source(expected)
    expectPixels(
      expected.name.hasPrefix("shear-x") ? image.sheared(x: magnitude) : image.sheared(y: magnitude), expected)
  }

  @Test("moves", arguments: Fixtures.cases("translate-"))
  func move(_ expected: Fixtures.Expectation) throws {
    let distance = Int(expected.numbers(after: "translate-x-")[0])
    let image = try Fixtures.source(expected)
    expectPixels(
      expected.name.hasPrefix("translate-x") ? image.moved(right: distance) : image.moved(down: distance), expected)
  }

  @Test("turns", arguments: Fixtures.cases("rotate-"))
  func turn(_ expected: Fixtures.Expectation) throws {
    let degrees = expected.numbers(after: "rotate-")[0]
    expectPixels(try Fixtures.source(expected).turned(degrees: degrees), expected)
  }
}
