/// A cursor over JSON text, for files whose format allows JSON and nothing else (RFC 8259): UTF-8, each name of an
/// object once, no comma before a closing bracket, and a whole number where one is expected.
///
/// ```
/// var reader = JSONReader(bytes)
/// var extents: [Int] = []
/// try reader.list { (reader) throws(JSONFault) in extents.append(try reader.wholeNumber()) }
/// try reader.end()
/// ```
///
/// Foundation's decoder takes more: UTF-16 and UTF-32, names that come twice, `1.0` for a whole number, a comma too
/// many.
struct JSONReader {
  let bytes: [UInt8]
  /// The position of the next byte.
  var position = 0

  /// The most lists and objects inside each other in a value that is skipped.
  private static let deepest = 128

  /// A reader at the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads an object; `value` is called behind each name and has to read its value.
  mutating func object(
    _ value: (_ reader: inout JSONReader, _ name: FileName) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try expect("{")
    if take("}") { return }
    var names: Set<FileName> = []
    repeat {
      skipSpace()
      let start = position
      let name = FileName(try string())
      guard names.insert(name).inserted else { throw JSONFault(start, "a name that comes once") }
      try expect(":")
      try value(&self, name)
    } while take(",")
    try expect("}")
  }

  /// Reads a list; `element` is called before each element and has to read it.
  mutating func list(_ element: (_ reader: inout JSONReader) throws(JSONFault) -> Void) throws(JSONFault) {
    try expect("[")
    if take("]") { return }
    repeat { try element(&self) } while take(",")
    try expect("]")
  }

  /// Reads a whole number, 0 or more, that an `Int` holds; a sign, a fraction or an exponent makes it another number.
  mutating func wholeNumber() throws(JSONFault) -> Int {
    skipSpace()
    let start = position
    guard let number = Int(try numberText()), bytes[start] != UInt8(ascii: "-") else {
      throw JSONFault(start, "a whole number from 0 to \(Int.max)")
    }
    return number
  }

  /// Reads a number that a `Double` holds.
  mutating func number() throws(JSONFault) -> Double {
    skipSpace()
    let start = position
    guard let number = Double(try numberText()), number.isFinite else { throw JSONFault(start, "a finite number") }
    return number
  }

  /// Skips a value of any kind.
  mutating func skipValue(depth: Int = 0) throws(JSONFault) {
    skipSpace()
    guard depth < Self.deepest else { throw JSONFault(position, "at most \(Self.deepest) lists inside each other") }
    switch next {
    case UInt8(ascii: "{"):
      try object { (reader, _) throws(JSONFault) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try list { (reader) throws(JSONFault) in try reader.skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try skip(word: "true")
    case UInt8(ascii: "f"): try skip(word: "false")
    case UInt8(ascii: "n"): try skip(word: "null")
    default: _ = try numberText()
    }
  }

  /// Throws unless nothing but white space follows.
  mutating func end() throws(JSONFault) {
    skipSpace()
    guard position == bytes.count else { throw JSONFault(position, "the end") }
  }
}

/// An error: what was expected in the JSON text, and at which byte.
struct JSONFault: Error, Hashable {
  let position: Int
  let expected: String

  init(_ position: Int, _ expected: String) {
    self.position = position
    self.expected = expected
  }
}

extension JSONReader {
  /// The next byte, nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { position += 1 }
  }

  /// Moves over white space and, where it follows, a character.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(JSONFault) {
    guard take(character) else { throw JSONFault(position, "\"\(character)\"") }
  }

  private mutating func skip(word: String) throws(JSONFault) {
    guard bytes[position...].starts(with: word.utf8) else { throw JSONFault(position, word) }
    position += word.utf8.count
  }

  /// Moves over a number and returns its text.
  private mutating func numberText() throws(JSONFault) -> String {
    let start = position
    func isDigit(_ byte: UInt8?) -> Bool { byte.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ?? false }
    func digits() -> Bool {
      let first = position
      while isDigit(next) { position += 1 }
      return position > first
    }
    if next == UInt8(ascii: "-") { position += 1 }
    let first = position
    var isNumber = digits() && (position == first + 1 || bytes[first] != UInt8(ascii: "0"))
    if isNumber, next == UInt8(ascii: ".") {
      position += 1
      isNumber = digits()
    }
    if isNumber, next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      isNumber = digits()
    }
    guard isNumber else { throw JSONFault(start, "a number") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }
}
