/// The errors of one pass of one convolution.
struct AccuracySample: Codable, Equatable {
  /// Where the numbers come from: a shape file, or a model.
  var data: String
  /// The convolution's name, and its geometry in words.
  var name, shape: String
  var family: AccuracyFamily
  var direction: PassDirection
  /// By the names of the algorithms, and of PyTorch's layouts where it was measured.
  var errors: [String: RelativeError]
}

/// The samples of one shape file or model in one direction, taken together: a row of a table.
struct AccuracySummary: Codable, Equatable {
  var data: String
  var family: AccuracyFamily
  var direction: PassDirection
  /// The number of convolutions.
  var shapes: Int
  /// Only the columns that all of the samples have: means over different shapes could not be compared.
  var errors: [String: RelativeError]

  /// A row for each family, data and direction, in the order in which they first come.
  static func all(of samples: [AccuracySample]) -> [AccuracySummary] {
    AccuracyFamily.allCases.flatMap { family in
      let members = samples.filter { $0.family == family }
      return unique(members.map(\.data)).flatMap { data in
        AccuracyCase.directions.compactMap { direction in
          AccuracySummary(members.filter { $0.data == data && $0.direction == direction })
        }
      }
    }
  }

  private init?(_ samples: [AccuracySample]) {
    guard let first = samples.first else { return nil }
    (data, family, direction, shapes) = (first.data, first.family, first.direction, samples.count)
    errors = [:]
    for name in first.errors.keys {
      let each = samples.compactMap { $0.errors[name] }
      if each.count == samples.count { errors[name] = RelativeError(of: each) }
    }
  }
}
