/// The part of a Markdown file between two marks, `<!-- name -->` and `<!-- /name -->`, which a command rewrites.
struct MarkedSection {
  let name: String

  var opening: String { "<!-- \(name) -->" }
  var ending: String { "<!-- /\(name) -->" }

  /// The text with `section` in place of what is between the marks; everything else as it is.
  ///
  /// - Parameter path: Where the text comes from, for messages.
  /// - Throws: ``CommandError/file(path:reason:)`` unless each mark is there once, in that order.
  func replaced(in text: String, by section: String, path: String) throws(CommandError) -> String {
    let (openings, endings) = (text.ranges(of: opening), text.ranges(of: ending))
    guard openings.count == 1, endings.count == 1, openings[0].upperBound <= endings[0].lowerBound else {
      throw .file(
        path: path,
        reason: "expected \(opening) and after it \(ending), each once, found \(openings.count) and \(endings.count)")
    }
    return text[..<openings[0].upperBound] + "\n" + section + text[endings[0].lowerBound...]
  }
}
