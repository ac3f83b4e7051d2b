/// A page of sections with links to each. It is well-formed XML as well as HTML, and needs no other file.
struct HTMLPage {
  struct Section {
    var title: String
    /// Elements of HTML.
    var content: [String]
  }

  var title: String
  /// Paragraphs of text.
  var introduction: [String]
  var sections: [Section]

  var html: String {
    let links = sections.enumerated().map { index, section in
      Markup.element("a", ["href": "#s\(index)"], text: section.title)
    }
    let head = [
      #"<meta charset="utf-8"/>"#, #"<meta name="viewport" content="width=device-width"/>"#,
      Markup.element("title", text: title),
      ReportStyle.sheet(
        ReportStyle.drawing + ReportStyle.page, dark: ReportStyle.darkDrawing + ReportStyle.darkPage),
    ]
    let body =
      [
        Markup.element("h1", text: title), introduction.map { Markup.element("p", text: $0) }.joined(),
        Markup.element("nav", [:], links.joined(separator: "\n")),
      ]
      + sections.enumerated().map { index, section in
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
}
