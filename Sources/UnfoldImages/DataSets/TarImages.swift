/// Images of WebDataset's tar files: `NAME.jpg` (or another format) and `NAME.cls`, the number of its class as text.
///
/// A name ends at its first dot. Only headers and labels are read at first, images when they are needed.
public struct TarImages: ImageDataSet {
  private struct Entry {
    let file: Int
    let offset: Int
    let length: Int
    let label: Int
    let name: String
  }

  public let classNames: [String]
  private let files: [InputFile]
  private let entries: [Entry]

  /// Reads the headers of tar files.
  ///
  /// - Parameters:
  ///   - paths: The files, in order.
  ///   - classes: The number of classes; nil for one above the largest label.
  /// - Throws: ``ImageError`` for files that cannot be read or are no tar files, an image without a label, and a
  ///   label that is not a number from 0 on.
  /// - Complexity: O(members).
  public init(paths: [String], classes: Int? = nil) throws(ImageError) {
    var files: [InputFile] = []
    var entries: [Entry] = []
    for path in paths {
      let file = try InputFile(path: path)
      var images: [(name: String, member: TarMember)] = []
      var labels: [String: Int] = [:]
      var position = 0
      while let member = try TarMember(file, at: position) {
        position = member.next
        let (name, ending) = member.key
        if ending == "cls" {
          let text = String(decoding: try file.bytes(at: member.offset, count: min(member.length, 32)), as: UTF8.self)
          let limit = classes ?? 1 << 20
          guard let label = Int(text.filter { !$0.isWhitespace }), (0..<limit).contains(label) else {
            throw .malformed(
              path: path, field: "\(name).cls", expected: "a number from 0 to \(limit - 1)", found: quoted(text))
          }
          labels[name] = label
        } else if Self.endings.contains(ending) {
          images.append((name, member))
        }
      }
      for (name, member) in images {
        guard let label = labels[name] else {
          throw .malformed(path: path, field: name, expected: "\(name).cls with its class", found: "none")
        }
        entries.append(
          Entry(file: files.count, offset: member.offset, length: member.length, label: label, name: member.path))
      }
      files.append(file)
    }
    classNames = (0..<(classes ?? (entries.map(\.label).max() ?? -1) + 1)).map { "\($0)" }
    self.files = files
    self.entries = entries
  }

  /// The endings of images. Their format is decided by their content.
  private static let endings: Set = ["jpg", "jpeg", "png", "webp", "bmp", "ppm", "pgm", "pbm", "img"]

  public var count: Int { entries.count }
  public func name(of index: Int) -> String { "\(files[entries[index].file].path)/\(entries[index].name)" }
  public func stableName(of index: Int) -> String { entries[index].name }
  public func label(of index: Int) -> Int { entries[index].label }

  public func content(of index: Int) throws(ImageError) -> ImageContent {
    let entry = entries[index]
    return .encoded(try files[entry.file].bytes(at: entry.offset, count: entry.length))
  }
}

/// A regular file in a tar file (POSIX.1-1988 "ustar", with the long names of GNU and of POSIX.1-2001).
private struct TarMember {
  private(set) var path: String
  let offset: Int
  let length: Int
  /// Where the next member begins.
  let next: Int

  /// The next regular file from a place on; nil at the end.
  init?(_ file: InputFile, at start: Int) throws(ImageError) {
    var position = start
    var longName: String?
    while true {
      let header = try file.bytes(at: position, count: 512)
      // The end: blocks of zeros, or that of the file.
      if header.isEmpty || header.allSatisfy({ $0 == 0 }) { return nil }
      func malformed(_ found: String) -> ImageError {
        .malformed(path: file.path, field: "byte \(position)", expected: "a tar header", found: found)
      }
      guard header.count == 512 else { throw malformed("the end of the file") }
      let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
      guard Self.number(header[148..<156]) == sum else { throw malformed("another checksum") }
      guard let length = Self.number(header[124..<136]), length <= file.length - position - 512 else {
        throw malformed("a member that goes on behind the end of the file")
      }
      let content = position + 512
      let next = content + (length + 511) / 512 * 512
      switch header[156] {
      case UInt8(ascii: "L"):
        longName = Self.text(try file.bytes(at: content, count: min(length, 1 << 16)))
      case UInt8(ascii: "x"):
        longName = Self.extendedPath(try file.bytes(at: content, count: min(length, 1 << 16))) ?? longName
      case 0, UInt8(ascii: "0"):
        let prefix = header[257..<262].elementsEqual("ustar".utf8) ? Self.text(header[345..<500]) : ""
        let name = Self.text(header[0..<100])
        path = longName ?? (prefix.isEmpty ? name : "\(prefix)/\(name)")
        offset = content
        self.length = length
        self.next = next
        return
      default: longName = nil
      }
      position = next
    }
  }

  /// The path up to the first dot of the last name, and what follows it in lower case.
  var key: (name: String, ending: String) {
    let start = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
    guard let dot = path[start...].firstIndex(of: ".") else { return (path, "") }
    return (String(path[..<dot]), path[path.index(after: dot)...].lowercased())
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number in octal digits, or in binary where the first bit is set.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      let digits = field.dropFirst().suffix(8)
      guard digits.first.map({ $0 < 0x40 }) ?? false else { return nil }
      return digits.reduce(0) { $0 << 8 | Int($1) }
    }
    return Int(text(field).filter { $0 != " " }, radix: 8)
  }

  /// The path in records such as `27 path=folder/name.jpg\n`.
  private static func extendedPath(_ bytes: [UInt8]) -> String? {
    for line in text(bytes).split(separator: "\n") {
      let record = line.split(separator: " ", maxSplits: 1)
      if record.count == 2, record[1].hasPrefix("path=") { return String(record[1].dropFirst(5)) }
    }
    return nil
  }
}
