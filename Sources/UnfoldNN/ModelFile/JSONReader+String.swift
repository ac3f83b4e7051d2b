extension JSONReader {
  /// Reads a string: valid UTF-8 without control characters, escapes resolved.
  mutating func string() throws(JSONFault) -> String {
    try expect("\"")
    let start = position
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw JSONFault(position, "a character that is no control character") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        text.append(contentsOf: UTF8.encode(try escape()) ?? .init())
      } else {
        text.append(byte)
      }
    }
    guard next != nil else { throw JSONFault(position, "the end of a string") }
    guard let string = String(validating: text, as: UTF8.self) else { throw JSONFault(start, "text in UTF-8") }
    position += 1
    return string
  }

  /// Reads what follows a backslash.
  private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
    let start = position - 1
    defer { position += 1 }
    switch next {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint(from: start)
    default: throw JSONFault(start, "an escape of JSON")
    }
  }

  /// Reads the four digits behind `\u`, and those of the second half where they are the first half of a pair; ends at
  /// the last digit.
  private mutating func codePoint(from start: Int) throws(JSONFault) -> Unicode.Scalar {
    let unit = try fourDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard unit < 0xdc00, bytes.count - position > 6, bytes[position + 1] == UInt8(ascii: "\\"),
      bytes[position + 2] == UInt8(ascii: "u")
    else { throw JSONFault(start, "two surrogates that belong together") }
    position += 2
    let second = try fourDigits()
    guard 0xdc00..<0xe000 ~= second, let scalar = Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (second - 0xdc00))
    else { throw JSONFault(start, "two surrogates that belong together") }
    return scalar
  }

  private mutating func fourDigits() throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      position += 1
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw JSONFault(position, "a hexadecimal digit")
      }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
