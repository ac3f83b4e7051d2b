/// The explicit fields of a descriptor, before defaults are filled in: numbers by field, and the name.
struct DescriptorFields {
  /// The largest number that a field may have: twice this, squared, fits in an `Int`.
  static let largestNumber = 1 << 30

  private(set) var numbers: [String: Int] = [:]
  private(set) var name = ""
  private(set) var occurrences = 1

  /// The number of a field; nil where it is omitted.
  subscript(field: String) -> Int? { numbers[field] }

  /// The number of a field, at least 1.
  func positive(_ field: String, default number: Int? = nil) throws(DescriptorFault) -> Int {
    guard let number = numbers[field] ?? number else {
      throw .malformed(expected: "the field \(field)", found: "none")
    }
    guard number > 0 else { throw .malformed(expected: "\(field) of 1 or more", found: "\(number)") }
    return number
  }

  /// Reads letters and digits in turn until the name, which is the rest. A field that comes twice has its last number,
  /// as in benchdnn.
  ///
  /// - Parameter names: The fields of the driver.
  init(_ text: String, _ names: Set<String>) throws(DescriptorFault) {
    var rest = Substring(text)
    while let first = rest.first {
      if first == "_" {
        rest.removeFirst()
      } else if first == "n" {
        (name, occurrences) = try Self.name(rest.dropFirst())
        return
      } else {
        let letters = rest.prefix { $0.isASCII && $0.isLetter }
        guard names.contains(String(letters)) else {
          let found = letters.isEmpty ? rest.prefix(8) : letters
          throw .malformed(expected: "a field such as ic, ih or oh", found: "\"\(found)\"")
        }
        rest = rest.dropFirst(letters.count)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), number <= Self.largestNumber else {
          let found = digits.isEmpty ? rest.prefix(8) : digits
          throw .malformed(expected: "a number from 0 to \(Self.largestNumber) after \(letters)", found: "\"\(found)\"")
        }
        numbers[String(letters)] = number
        rest = rest.dropFirst(digits.count)
      }
    }
  }

  /// A name, `"text"` or bare, with an asterisk and a number at its end, inside or after the quotes, for how often the
  /// layer occurs.
  private static func name(_ text: Substring) throws(DescriptorFault) -> (String, Int) {
    var name = text
    var ending = Substring()
    if name.first == "\"" {
      name.removeFirst()
      guard let quote = name.lastIndex(of: "\"") else {
        throw .malformed(expected: "a quote after the name", found: "the end")
      }
      ending = name[name.index(after: quote)...]
      name = name[..<quote]
      guard ending.isEmpty || ending.first == "*" else {
        throw .malformed(expected: "the end or * and a number after the name", found: "\"\(ending)\"")
      }
    }
    guard !name.contains("\"") else { throw .malformed(expected: "a name without quotes in it", found: "\(name)") }
    if ending.isEmpty, let asterisk = name.lastIndex(of: "*"), occurrences(name[asterisk...]) != nil {
      ending = name[asterisk...]
      name = name[..<asterisk]
    }
    guard let occurrences = ending.isEmpty ? 1 : occurrences(ending) else {
      throw .malformed(expected: "* and a number from 1 to \(largestNumber)", found: "\"\(ending)\"")
    }
    return (String(name), occurrences)
  }

  private static func occurrences(_ ending: Substring) -> Int? {
    let digits = ending.dropFirst()
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else { return nil }
    return (1...largestNumber).contains(number) ? number : nil
  }
}

extension DescriptorFields {
  /// Makes a descriptor of a text, and an error with file and line of what is wrong with it.
  static func read<Descriptor>(
    _ text: String, path: String, line: Int, _ names: Set<String>,
    as descriptor: (DescriptorFields) throws(DescriptorFault) -> Descriptor
  ) throws(DataError) -> Descriptor {
    do throws(DescriptorFault) {
      return try descriptor(DescriptorFields(text, names))
    } catch {
      switch error {
      case .malformed(let expected, let found):
        throw .malformedShape(path: path, line: line, text: text, expected: expected, found: found)
      case .unsupported(let reason):
        throw .unsupportedShape(path: path, line: line, text: text, reason: reason)
      }
    }
  }
}

/// Why a text is no descriptor, before the file and the line are known.
enum DescriptorFault: Error, Hashable {
  case malformed(expected: String, found: String)
  case unsupported(String)
}
