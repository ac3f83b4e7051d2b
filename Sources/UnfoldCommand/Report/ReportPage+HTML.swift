/// A page with everything that a comparison holds. It is well-formed XML as well as HTML.
struct ReportPage {
  let comparison: Comparison
  let peer: Contender

  init(_ comparison: Comparison) {
    self.comparison = comparison
    peer = comparison.peer
  }

  var html: String {
    let sections =
      [summarySection] + suiteSections + otherSections + [memorySection, batchSection, threadSection, methodSection]
    let introduction = [
      "Unfold is a library for convolutional neural networks in Swift on the processor. Here it runs side by side "
        + "with others on the same shapes, in single precision."
    ]
    return HTMLPage(
      title: "Unfold beside others", introduction: introduction + comparison.circumstances,
      sections: sections.compactMap { $0 }
    ).html
  }

  func paragraph(_ text: String) -> String { Markup.element("p", text: text) }

  /// A drawing of its own inside the page.
  func drawing(_ elements: [String], width: Double, height: Double) -> String {
    // On a narrow screen it is not made smaller, and can be moved to the side.
    Markup.element(
      "div", ["class": "scroll"],
      Markup.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
          "viewBox": "0 0 \(Int(width)) \(Int(height))", "role": "img",
        ], elements.joined(separator: "\n")))
  }

  func legend(_ contenders: [Contender], limit: Bool = false) -> String {
    let keys = contenders.map { contender in
      let mark = Markup.element("rect", ["width": 11, "height": 11, "class": "bar \(contender.rawValue)"])
      return Markup.element(
        "span", ["class": "key"], Markup.element("svg", ["width": 11, "height": 11], mark))
        + Markup.escaped(contender.explanation)
    }
    let words =
      limit ? "; dashed line: the most that the processor's multipliers can do. \(ReportPicture.winogradNote)" : ""
    return Markup.element("p", [:], keys.joined(separator: "\n") + Markup.escaped(words))
  }
}
