/// Images of a list: a CSV file whose lines are a path and a class (RFC 4180). Paths are relative to the list's folder.
///
/// A first line `path,class` (or `file`, `filename`, `image`) is a heading. Classes are sorted by their bytes.
public struct ListedImages: ImageDataSet {
  /// The list.
  public let path: String
  public let classNames: [String]
  private let folder: String
  private let files: [String]
  private let labels: [Int32]

  /// Reads a list. The images are read when they are needed.
  ///
  /// - Parameter path: The CSV file.
  /// - Throws: ``ImageError`` for a file that cannot be read, and a line without a path and a class.
  public init(path: String) throws(ImageError) {
    let bytes = try InputFile(path: path).bytes()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .malformed(path: path, field: "text", expected: "UTF-8", found: firstBytesText(bytes))
    }
    var records = try Self.records(text, path)
    if let first = records.first, ["path", "file", "filename", "image"].contains(first.fields[0].lowercased()) {
      records.removeFirst()
    }
    let classNames = Set(records.map { $0.fields[1] }).sorted(by: precedes)
    let numbers = Dictionary(uniqueKeysWithValues: zip(classNames, 0...))
    self.path = path
    self.classNames = classNames
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    files = records.map { $0.fields[0] }
    labels = records.map { Int32(numbers[$0.fields[1]] ?? 0) }
  }

  public var count: Int { files.count }
  public func name(of index: Int) -> String { files[index].hasPrefix("/") ? files[index] : folder + files[index] }
  public func stableName(of index: Int) -> String { files[index] }
  public func label(of index: Int) -> Int { Int(labels[index]) }

  public func content(of index: Int) throws(ImageError) -> ImageContent {
    .encoded(try InputFile(path: name(of: index)).bytes())
  }

  /// The records of two fields or more, with the lines on which they begin.
  private static func records(_ text: String, _ path: String) throws(ImageError) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var fields: [String] = []
    var field = ""
    var isQuoted = false
    var (line, start) = (1, 1)
    func finish() throws(ImageError) {
      fields.append(field)
      defer { (fields, field, start) = ([], "", line) }
      if fields == [""] { return }
      guard fields.count >= 2, !fields[0].isEmpty, !fields[1].isEmpty else {
        throw .malformedLine(
          path: path, line: start, expected: "a path and a class, separated by a comma",
          found: quoted(fields.joined(separator: ",")))
      }
      records.append((start, fields))
    }
    var rest = text.unicodeScalars[...]
    // A mark of the order of bytes, as spreadsheets write it.
    if rest.first == "\u{feff}" { rest.removeFirst() }
    while let character = rest.popFirst() {
      if character == "\n" { line += 1 }
      if isQuoted {
        if character != "\"" {
          field.unicodeScalars.append(character)
        } else if rest.first == "\"" {
          rest.removeFirst()
          field.append("\"")
        } else {
          isQuoted = false
        }
        continue
      }
      switch character {
      case "\"" where field.isEmpty: isQuoted = true
      case ",":
        fields.append(field)
        field = ""
      case "\r": continue
      case "\n": try finish()
      default: field.unicodeScalars.append(character)
      }
    }
    guard !isQuoted else {
      throw .malformedLine(path: path, line: start, expected: "a closing quotation mark", found: "the end of the file")
    }
    if !field.isEmpty || !fields.isEmpty { try finish() }
    return records
  }
}
