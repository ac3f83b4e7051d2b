/// A file of convolutions in benchdnn's syntax: descriptors (see ``ConvolutionDescriptor/init(_:)``), one or more a
/// line; comments from `#` to the end of the line; options that begin with `-`.
///
/// Of the options, `--mb=` is honoured: from its line on it replaces the batch of every descriptor, where it gives
/// several, one after another; `--mb=0` and `--reset` end that. All others speak of things that Unfold does not have,
/// such as data types, and are skipped.
public struct ShapeFile: Hashable, Sendable {
  /// A descriptor and where it is.
  public struct Entry: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The convolution.
    public let descriptor: ConvolutionDescriptor
  }

  /// Something that was not understood as a convolution, and is no mistake either.
  public struct Skipped: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The option or the descriptor.
    public let text: String
    /// Why it was skipped.
    public let reason: String
  }

  /// The most bytes that a shape file may have.
  public static let largestLength = 1 << 24

  /// The file.
  public let path: String
  /// The convolutions, in the order of the file.
  public private(set) var entries: [Entry] = []
  /// What was left out, in the order of the file: options, convolutions with three spatial axes.
  public private(set) var skipped: [Skipped] = []

  /// The convolutions without their lines.
  public var descriptors: [ConvolutionDescriptor] { entries.map(\.descriptor) }

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` for a file that cannot be read or is longer than ``largestLength``, and for a line that is
  ///   no convolution.
  public init(path: String) throws(DataError) {
    let bytes = try ByteSource(path: path).remainingBytes(limit: Self.largestLength)
    try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// Reads a text as if it were the file at `path`.
  ///
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a line that is no convolution.
  public init(text: String, path: String) throws(DataError) {
    self.path = path
    var batches: [Int] = []
    // "\r\n" is one character, and a newline as well.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (line, content) in zip(1..., lines) {
      for word in Self.words(content) {
        if word.hasPrefix("-") {
          try take(option: word, line: line, batches: &batches)
        } else {
          try take(descriptor: word, line: line, batches: batches)
        }
      }
    }
  }

  private mutating func take(option: String, line: Int, batches: inout [Int]) throws(DataError) {
    let prefix = "--mb="
    if option == "--reset" {
      batches = []
    } else if option.hasPrefix(prefix) {
      let numbers = option.dropFirst(prefix.count).split(separator: ",", omittingEmptySubsequences: false)
      batches = try numbers.map { number throws(DataError) in
        guard let batch = Int(number), (0...DescriptorFields.largestNumber).contains(batch) else {
          throw .malformedShape(
            path: path, line: line, text: option,
            expected: "numbers from 0 to \(DescriptorFields.largestNumber), separated by commas",
            found: "\"\(number)\"")
        }
        return batch
      }
    } else {
      skipped.append(Skipped(line: line, text: option, reason: "this option is not known here"))
    }
  }

  private mutating func take(descriptor text: String, line: Int, batches: [Int]) throws(DataError) {
    do throws(DataError) {
      let descriptor = try ConvolutionDescriptor(text, path: path, line: line)
      for batch in batches.isEmpty ? [0] : batches {
        entries.append(Entry(line: line, descriptor: batch == 0 ? descriptor : descriptor.with(batch: batch)))
      }
    } catch {
      guard case .unsupportedShape(_, _, _, let reason) = error else { throw error }
      skipped.append(Skipped(line: line, text: text, reason: reason))
    }
  }

  /// The parts of a line between white space, up to `#`; neither counts within quotes.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in line {
      if !isQuoted, character == "#" { break }
      if !isQuoted, character.isWhitespace {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if character == "\"" { isQuoted.toggle() }
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}

extension ConvolutionDescriptor {
  /// The same convolution of another number of images.
  func with(batch: Int) -> ConvolutionDescriptor {
    ConvolutionDescriptor(
      groups: groups, batch: batch, inputChannels: inputChannels, outputChannels: outputChannels, vertical: vertical,
      horizontal: horizontal, name: name, occurrences: occurrences)
  }
}
