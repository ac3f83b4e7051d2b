/// PyTorch's errors on the same numbers, from the file that `Benchmarks/peers/accuracy.py` writes.
struct PeerAccuracy: Decodable {
  struct Case: Decodable {
    var data: String
    var name: String
    var shape: String
    var direction: PassDirection
    var errors: [String: RelativeError]
  }

  /// The versions of PyTorch and of its libraries.
  var versions: [String: String]
  var cases: [Case]

  /// The layouts, in the order of the tables' columns, and their titles.
  static let titles = [("pytorch", "PyTorch, NCHW"), ("pytorch-channels-last", "PyTorch, channels last")]

  /// Reads a file.
  ///
  /// - Throws: ``CommandError`` for a file that cannot be read or is no such JSON, saying where it is not.
  init(path: String) throws(CommandError) {
    self = try decodedJSON(try InputFile(path).bytes(), path: path, kind: "PyTorch's errors")
  }

  /// Adds the errors to the samples of the same numbers.
  ///
  /// - Returns: The number of samples that were found.
  func add(to samples: inout [AccuracySample]) -> Int {
    struct Key: Hashable {
      var words: [String]
      var direction: PassDirection
    }
    var known: [Key: [String: RelativeError]] = [:]
    for entry in cases {
      known[Key(words: [entry.data, entry.name, entry.shape], direction: entry.direction)] = entry.errors
    }
    var count = 0
    for index in samples.indices {
      let sample = samples[index]
      let key = Key(words: [sample.data, sample.name, sample.shape], direction: sample.direction)
      guard let errors = known[key] else { continue }
      samples[index].errors.merge(errors) { own, _ in own }
      count += 1
    }
    return count
  }
}
