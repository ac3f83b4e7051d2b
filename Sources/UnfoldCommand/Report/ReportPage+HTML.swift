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
    let filled = sections.compactMap { $0 }
    let links = filled.enumerated().map { index, section in
      Markup.element("a", ["href": "#s\(index)"], text: section.title)
    }
    let title = "Unfold beside others"
    let head = [
      #"<meta charset="utf-8"/>"#, #"<meta name="viewport" content="width=device-width"/>"#,
      Markup.element("title", text: title),
      ReportStyle.sheet(
        ReportStyle.drawing + ReportStyle.page, dark: ReportStyle.darkDrawing + ReportStyle.darkPage),
    ]
    let body =
      [
        Markup.element("h1", text: title),
        paragraph(
          "Unfold is a library for convolutional neural networks in Swift on the processor. Here it runs side by side "
            + "with others on the same shapes, in single precision."),
        comparison.circumstances.map(paragraph).joined(),
        Markup.element("nav", [:], links.joined(separator: "\n")),
      ]
      + filled.enumerated().map { index, section in
        Markup.element(
          "section", ["id": "s\(index)"],
          Markup.element("h2", text: section.title) + "\n" + section.content.joined(separator: "\n"))
      }
    return "<!DOCTYPE html>\n"
      + Markup.element(
        "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"],
        Markup.element("head", [:], head.joined(separator: "\n")) + "\n"
          + Markup.element("body", [:], body.joined(separator: "\n"))) + "\n"
  }

  struct Section {
    var title: String
    /// Elements of HTML.
    var content: [String]
  }

  func paragraph(_ text: String) -> String { Markup.element("p", text: text) }

  /// A drawing of its own inside the page.
  func drawing(_ elements: [String], width: Double, height: Double) -> String {
    Markup.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": width, "height": height,
        "viewBox": "0 0 \(Int(width)) \(Int(height))", "role": "img",
      ], elements.joined(separator: "\n"))
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
