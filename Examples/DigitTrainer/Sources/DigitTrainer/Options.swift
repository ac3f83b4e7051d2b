/// The three options of the example.
struct Options {
  var images = 60_000
  var epochs = 3
  var folder: String?

  enum Failure: Error, CustomStringConvertible {
    case unknown(String)
    case wrong(String, String)

    var description: String {
      switch self {
      case .unknown(let word): "expected --images, --epochs or --data, found \(word)"
      case .wrong(let option, let value): "\(option): expected a number of 1 or more, found \(value)"
      }
    }
  }

  init(_ arguments: some Sequence<String>) throws(Failure) {
    var words = arguments.makeIterator()
    while let option = words.next() {
      let value = words.next() ?? "nothing"
      switch option {
      case "--images": images = try Self.number(option, value)
      case "--epochs": epochs = try Self.number(option, value)
      case "--data": folder = value
      default: throw .unknown(option)
      }
    }
  }

  private static func number(_ option: String, _ value: String) throws(Failure) -> Int {
    guard let number = Int(value), number >= 1 else { throw .wrong(option, value) }
    return number
  }
}
