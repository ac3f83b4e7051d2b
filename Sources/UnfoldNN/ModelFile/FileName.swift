/// A name in a file, compared by its bytes. Swift's strings are equal also where they are the same text in different
/// Unicode normalisations, and a file may have both.
struct FileName: Hashable, Comparable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (one: FileName, other: FileName) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

  static func < (one: FileName, other: FileName) -> Bool {
    one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
  }

  func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    // Ends the name, so that a name and the number after it are not hashed as a longer name.
    hasher.combine(UInt8.max)
  }
}
