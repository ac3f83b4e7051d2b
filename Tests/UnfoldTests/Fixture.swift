import Foundation
import Unfold

/// PyTorch's results, written by the scripts in `Tests/Fixtures`.
enum Fixture {
  /// The cases of one file, `Tests/UnfoldTests/Fixtures/<name>.json`.
  static func load<Cases: Decodable>(_ name: String, as type: Cases.Type = Cases.self) throws -> Cases {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
    return try JSONDecoder().decode(Cases.self, from: Data(contentsOf: file))
  }

  /// The elements that the scripts feed in, exact in `Float`, so that no file has to hold them.
  static func elements<Scalar: TensorScalar>(_ shape: Shape, salt: Int) throws -> Tensor<Scalar> {
    try Tensor(shape: shape) { Scalar(Double(($0 + salt) * 7919 % 1009) / 64 - 8) }
  }
}
