/// A file in the `.ts` format of sktime and of the archive of time series classification: multivariate series, each of a
/// class.
///
/// ```
/// # a comment
/// @problemName JapaneseVowels
/// @classLabel true 1 2 3
/// @data
/// 1.86,1.89,1.93:0.20,0.19,0.23:2        two dimensions of three values each, class "2"
/// ```
///
/// A value that is missing is `?` or `NaN`. Series may differ in length, the dimensions of one series may not.
///
/// Source: the format's description in the documentation of sktime, "Loading data from files".
public struct SeriesFile: Hashable, Sendable {
  /// One series: `values[step * dimensions + dimension]`, missing ones NaN.
  public struct Series: Hashable, Sendable {
    public let values: [Float]
    /// The number of steps.
    public let length: Int
    /// The number of the class.
    public let label: Int
  }

  /// The most bytes that such a file may have.
  public static var largestLength: Int { 1 << 30 }

  /// The file.
  public let path: String
  /// The names of the classes, in the order of the header.
  public let classNames: [String]
  /// D, the values of each step.
  public let dimensions: Int
  /// In the order of the file.
  public let series: [Series]

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` for a file that cannot be read, and for a line that is not in the format.
  public init(path: String) throws(DataError) {
    let bytes = try ByteSource(path: path).remainingBytes(limit: Self.largestLength)
    try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// The series of a text.
  ///
  /// - Throws: ``DataError/malformedLine(path:line:expected:found:)``.
  public init(text: String, path: String) throws(DataError) {
    var (names, isData) = ([String]?.none, false)
    var series: [Series] = []
    var dimensions: Int?
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let place = Place(path: path, line: index + 1)
      let line = raw.drop { $0 == " " || $0 == "\t" }
      if line.isEmpty || line.first == "#" { continue }
      if isData {
        series.append(try Self.series(line, names ?? [], &dimensions, place))
      } else if line.lowercased().hasPrefix("@data") {
        guard names != nil else { throw place.error("@classLabel true and names before @data", "none") }
        isData = true
      } else if line.first == "@" {
        let words = line.split(separator: " ")
        guard words[0].lowercased() == "@classlabel" else { continue }
        guard words.count >= 3, words[1].lowercased() == "true" else {
          throw place.error("@classLabel true and at least one name", String(line))
        }
        let found = words.dropFirst(2).map(String.init)
        guard Set(found.map { Array($0.utf8) }).count == found.count else {
          throw place.error("every class once", Self.short(line))
        }
        names = found
      } else {
        throw place.error("a line that begins with @ before @data", Self.short(line))
      }
    }
    guard isData, let names, let dimensions, !series.isEmpty else {
      throw Place(path: path, line: 1).error("@data and at least one series", "none")
    }
    self.path = path
    classNames = names
    self.dimensions = dimensions
    self.series = series
  }

  private struct Place {
    let path: String
    let line: Int

    func error(_ expected: String, _ found: String) -> DataError {
      .malformedLine(path: path, line: line, expected: expected, found: found)
    }
  }

  private static func short(_ text: Substring) -> String {
    text.count <= 40 ? "\"\(text)\"" : "\"\(text.prefix(40))...\""
  }

  private static func series(
    _ line: Substring, _ names: [String], _ dimensions: inout Int?, _ place: Place
  ) throws(DataError) -> Series {
    var parts = line.split(separator: ":", omittingEmptySubsequences: false)
    let name = String((parts.popLast() ?? "").filter { !$0.isWhitespace })
    // By their bytes: two names may be the same text in different Unicode normalisations.
    guard let label = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw place.error("a class of \(names.joined(separator: ", ")) at the end", short(Substring(name)))
    }
    guard !parts.isEmpty, parts.count == dimensions ?? parts.count else {
      throw place.error("\(dimensions.map { "\($0)" } ?? "1 or more") dimensions before the class", "\(parts.count)")
    }
    dimensions = parts.count
    var columns: [[Float]] = []
    for (number, part) in parts.enumerated() {
      var column: [Float] = []
      column.reserveCapacity(columns.first?.count ?? 0)
      for word in part.split(separator: ",", omittingEmptySubsequences: false) {
        let text = word.filter { !$0.isWhitespace }
        guard let value = text == "?" || text.lowercased() == "nan" ? Float.nan : Float(text), !value.isInfinite else {
          throw place.error("finite numbers, ? or NaN in dimension \(number + 1)", short(word))
        }
        column.append(value)
      }
      guard column.count == columns.first?.count ?? column.count else {
        throw place.error("\(columns[0].count) values in dimension \(number + 1), as in the first", "\(column.count)")
      }
      columns.append(column)
    }
    let length = columns[0].count
    var values: [Float] = []
    values.reserveCapacity(length * columns.count)
    for step in 0..<length { for column in columns { values.append(column[step]) } }
    return Series(values: values, length: length, label: label)
  }
}
