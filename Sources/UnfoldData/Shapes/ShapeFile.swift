/// A file of shapes in benchdnn's syntax: descriptors (see ``ConvolutionDescriptor/init(_:algorithm:path:line:)``), one
/// or more a line; comments from `#` to the end of the line; options that begin with `-`.
///
/// ```swift
/// let file = try ShapeFile<ConvolutionDescriptor>(path: "Benchmarks/Shapes/resnet-50.txt")
/// ```
///
/// Two options are honoured, from their line on until they come again or `--reset` comes; where they give several
/// values separated by commas, every descriptor stands for as many shapes.
/// - `--mb=` replaces the batch; 0 stands for the descriptor's own.
/// - `--alg=` chooses the algorithm (``ShapeDescriptor/algorithms``, in lower or upper case), where there is a choice.
///
/// The descriptor of a transposed convolution is that of an ordinary one too. `--deconv` says that those after it are
/// transposed, `--conv` that they are ordinary again; `--reset` changes neither. A file of one kind leaves the lines of
/// the other out.
///
/// All others concern things that Unfold does not have, such as data types, and are skipped.
public struct ShapeFile<Descriptor: ShapeDescriptor>: Hashable, Sendable {
  /// A descriptor and where it is.
  public struct Entry: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The shapes.
    public let descriptor: Descriptor
  }

  /// A part of the file that is skipped: not a shape, and not a mistake either.
  public struct Skipped: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The option or the descriptor.
    public let text: String
    /// Why it was skipped.
    public let reason: String
  }

  /// The most bytes that a shape file may have.
  public static var largestLength: Int { 1 << 24 }

  /// The most shapes that a file may stand for: options with many values multiply them.
  public static var largestCount: Int { 1 << 20 }

  /// The file.
  public let path: String
  /// The shapes, in the order of the file.
  public private(set) var entries: [Entry] = []
  /// What was skipped, in the order of the file: options, shapes with three spatial axes.
  public private(set) var skipped: [Skipped] = []

  /// The shapes without their lines.
  public var descriptors: [Descriptor] { entries.map(\.descriptor) }

  /// Reads a file.
  ///
  /// - Throws: ``DataError`` for a file that cannot be read or is longer than ``largestLength``, and for a line that is
  ///   no descriptor.
  public init(path: String) throws(DataError) {
    let bytes = try ByteSource(path: path).remainingBytes(limit: Self.largestLength)
    try self.init(text: String(decoding: bytes, as: UTF8.self), path: path)
  }

  /// Reads a text as if it were the file at `path`.
  ///
  /// - Throws: ``DataError/malformedShape(path:line:text:expected:found:)`` for a line that is no descriptor.
  public init(text: String, path: String) throws(DataError) {
    self.path = path
    var options = Options()
    // "\r\n" is one character, and a newline as well.
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (line, content) in zip(1..., lines) {
      for word in Self.words(content) {
        if word.hasPrefix("-") {
          try take(option: word, line: line, &options)
        } else {
          try take(descriptor: word, line: line, options)
        }
      }
    }
  }

  /// The values of the options before a descriptor; nil for its own or its default.
  private struct Options {
    var batches: [Int?] = [nil]
    var algorithms: [Descriptor.Algorithm?] = [nil]
    var driver = ShapeDriver.convolution
  }

  private mutating func take(option: String, line: Int, _ options: inout Options) throws(DataError) {
    if option == "--reset" {
      options = Options(driver: options.driver)
    } else if let driver = ShapeDriver(rawValue: option) {
      options.driver = driver
    } else if let numbers = Self.values(of: option, "--mb=") {
      options.batches = try numbers.map { number throws(DataError) in
        guard let batch = Int(number), (0...DescriptorFields.largestNumber).contains(batch) else {
          throw .malformedShape(
            path: path, line: line, text: option,
            expected: "numbers from 0 to \(DescriptorFields.largestNumber), separated by commas",
            found: "\"\(number)\"")
        }
        return batch == 0 ? nil : batch
      }
    } else if let names = Self.values(of: option, "--alg="), !Descriptor.algorithms.isEmpty {
      options.algorithms = try names.map { name throws(DataError) in
        guard let algorithm = Descriptor.algorithms[name.lowercased()] else {
          let known = Descriptor.algorithms.keys.sorted().joined(separator: ", ")
          throw .malformedShape(
            path: path, line: line, text: option, expected: "some of \(known)", found: "\"\(name)\"")
        }
        return algorithm
      }
    } else {
      skipped.append(Skipped(line: line, text: option, reason: "this option is not known here"))
    }
  }

  /// What follows the name of an option, at its commas; nil for another option.
  private static func values(of option: String, _ name: String) -> [Substring]? {
    guard option.hasPrefix(name) else { return nil }
    return option.dropFirst(name.count).split(separator: ",", omittingEmptySubsequences: false)
  }

  private mutating func take(descriptor text: String, line: Int, _ options: Options) throws(DataError) {
    if let driver = Descriptor.driver, driver != options.driver { return }
    do throws(DataError) {
      for algorithm in options.algorithms {
        var descriptor = try Descriptor(text, algorithm: algorithm, path: path, line: line)
        let ownBatch = descriptor.batch
        for batch in options.batches {
          guard entries.count < Self.largestCount else {
            throw .malformedShape(
              path: path, line: line, text: text, expected: "at most \(Self.largestCount) shapes in a file",
              found: "more")
          }
          descriptor.batch = batch ?? ownBatch
          entries.append(Entry(line: line, descriptor: descriptor))
        }
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
