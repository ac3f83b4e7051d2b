import FoundationEssentials

/// A file that `unfold bench --output` wrote.
enum BenchFile: Equatable {
  case shapes(SpeedReport)
  case network(NetworkReport)

  /// The version of the format. It rises when a field goes away or changes its meaning; new fields leave it.
  static let schema = 1

  /// What was measured.
  enum Kind: String, Codable {
    case shapes, network
  }

  /// The fields that say how to read the others.
  private struct Header: Decodable {
    var schema: Int
    var kind: Kind
  }

  /// Only the version: the kinds of another one are not known here.
  private struct Version: Decodable {
    var schema: Int?
  }

  /// Reads a file.
  ///
  /// - Throws: ``CommandError/file(path:reason:)``, also for another version of the format.
  init(path: String) throws(CommandError) { try self.init(json: try InputFile(path).bytes(), path: path) }

  /// - Parameter path: Where the bytes come from, for messages.
  /// - Throws: ``CommandError/file(path:reason:)``, also for another version of the format.
  init(json: [UInt8], path: String) throws(CommandError) {
    let name = "a run of bench"
    let version: Version = try decodedJSON(json, path: path, kind: name)
    guard version.schema == Self.schema else {
      let found = version.schema.map { "schema \($0)" } ?? "none, as older versions wrote"
      throw .file(path: path, reason: "expected \(name) with schema \(Self.schema), found \(found)")
    }
    let header: Header = try decodedJSON(json, path: path, kind: name)
    switch header.kind {
    case .shapes: self = .shapes(try decodedJSON(json, path: path, kind: name))
    case .network: self = .network(try decodedJSON(json, path: path, kind: name))
    }
  }

  /// Whether a JSON says that it has a version: comparisons have none.
  static func isOne(_ json: [UInt8]) -> Bool {
    (try? JSONDecoder().decode(Version.self, from: Data(json)))?.schema != nil
  }
}
