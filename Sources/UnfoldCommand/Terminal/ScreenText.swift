// Text on a screen: names come from files and arguments, and may hold control characters, and letters that take two
// columns or none.

extension String {
  /// The text as a screen may show it: characters that move the cursor, change colours, end the line or turn the
  /// direction of writing are written out, `\n`, `\u{1B}`. A text that is printable stays as it is.
  var printable: String {
    guard unicodeScalars.contains(where: \.isUnprintable) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.isUnprintable: text += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The columns that a printable text takes on a screen.
  var columns: Int { reduce(0) { $0 + $1.columns } }

  /// Spaces before the text up to `width` columns.
  func right(_ width: Int) -> String { String(repeating: " ", count: Swift.max(width - columns, 0)) + self }

  /// Spaces after the text up to `width` columns.
  func left(_ width: Int) -> String { self + String(repeating: " ", count: Swift.max(width - columns, 0)) }

  /// The text, or as much of it as `width` columns hold with `…` in it: a little of the beginning, more of the end, in
  /// which names of layers differ.
  func shortened(to width: Int) -> String {
    guard columns > width else { return self }
    guard width > 0 else { return "" }
    let beginning = prefix(columns: (width - 1) / 3)
    let end = String(reversed()).prefix(columns: width - 1 - beginning.columns)
    return beginning + "…" + String(end.reversed())
  }

  /// As many characters as `width` columns hold.
  func prefix(columns width: Int) -> String {
    var (text, used) = ("", 0)
    for character in self {
      used += character.columns
      guard used <= width else { break }
      text.append(character)
    }
    return text
  }

  /// The lines of a text that is broken at spaces; a word that is longer than a line has one of its own.
  ///
  /// - Parameters:
  ///   - width: The columns of a line.
  ///   - indent: Spaces before each line but the first.
  func wrapped(to width: Int, indent: Int = 0) -> [String] {
    var lines: [String] = []
    var line = ""
    var isEmpty = true
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      if !isEmpty, line.columns + 1 + String(word).columns > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += isEmpty ? String(word) : " \(word)"
      }
      isEmpty = false
    }
    return lines + [line]
  }
}

extension Character {
  /// 2 for the letters of East Asia and for pictures, 0 for marks without a letter to stand on, else 1.
  ///
  /// By Unicode's East Asian Width (UAX #11): what is wide or full-width. A character is as wide as its first code
  /// point: those that follow are marks on it, or join it to others in one picture.
  var columns: Int {
    guard let first = unicodeScalars.first else { return 0 }
    // U+FE0F selects the picture of a character that also has a letter's form.
    if first.isWide || unicodeScalars.dropFirst().contains("\u{FE0F}") { return 2 }
    return first.isZeroWidth ? 0 : 1
  }
}

extension Unicode.Scalar {
  fileprivate var isUnprintable: Bool {
    // Most text is ASCII: no look at the tables.
    if 0x20..<0x7F ~= value { return false }
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isBidiControl
    }
  }

  fileprivate var isZeroWidth: Bool {
    switch properties.generalCategory {
    // The soft hyphen is shown.
    case .nonspacingMark, .enclosingMark, .format: self != "\u{AD}"
    default: 0x1160...0x11FF ~= value
    }
  }

  fileprivate var isWide: Bool {
    guard value >= 0x1100 else { return false }
    return properties.isEmojiPresentation || Self.wide.contains { $0 ~= value }
  }

  /// Wide and full-width beside those that are pictures by default.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2630...0x2637, 0x268A...0x268F, 0x2E80...0x303E, 0x3041...0x33FF,
    0x3400...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6B,
    0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB, 0x1D300...0x1D376, 0x1F200...0x1F265,
    0x20000...0x3FFFD,
  ]
}
