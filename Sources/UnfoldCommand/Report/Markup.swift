/// Escapes text for SVG, HTML and Markdown, because names come from files.
enum Markup {
  /// The text in XML: reserved characters are escaped, forbidden ones are left out.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += " "
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// The text in Markdown: characters that would end a cell or begin markup are escaped.
  static func markdown(_ text: String) -> String {
    escaped(text).map { "|*_`[]\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
  }

  /// An element with its attributes, whose values are escaped, around `content`, which is markup already.
  ///
  /// Fractions are written to a tenth of a pixel: nothing finer is visible.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, any CustomStringConvertible> = [:], _ content: String? = nil
  ) -> String {
    let attributes = attributes.map { key, value in
      let text = (value as? Double)?.text(places: 1) ?? value.description
      return " \(key)=\"\(escaped(text))\""
    }
    let opening = name + attributes.joined()
    return content.map { "<\(opening)>\($0)</\(name)>" } ?? "<\(opening)/>"
  }

  /// An element around text.
  static func element(
    _ name: String, _ attributes: KeyValuePairs<String, any CustomStringConvertible> = [:], text: String
  ) -> String {
    element(name, attributes, escaped(text))
  }
}
