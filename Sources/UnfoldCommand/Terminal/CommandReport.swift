/// The whole output of a command, for programs or for people.
protocol CommandReport: Encodable {
  /// The text for people, for a screen of a given width.
  func lines(width: Int) -> [String]
}

extension ResultStream {
  /// Writes a report as one JSON object or as text.
  ///
  /// - Throws: As ``writeJSON(_:pretty:)`` and ``writeLines(_:)``.
  func write(_ report: some CommandReport, asJSON: Bool) throws(CommandError) {
    if asJSON {
      try writeJSON(report)
    } else {
      try writeLines(report.lines(width: width))
    }
  }
}
